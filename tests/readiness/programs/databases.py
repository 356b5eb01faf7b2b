"""Clients of databases."""

from __future__ import annotations

from readiness.programs.entry import COMPUTING, ERROR, FLOOD, NETWORK, QUICK, Entry, asked_of_sh

DATABASES = {
    "sqlite3": Entry(
        ("sqlite3",),
        lines=asked_of_sh(".shell")
        | {
            QUICK: "select {a}+{b}, writefile('{file}', '');",
            FLOOD: "with recursive c(x) as (select 1 union all select x+1 from c limit 60000)"
            " select x from c union all select {a}+{b}+0*writefile('{file}', '');",
            COMPUTING: "with recursive c(x) as (select 1 union all select x+1 from c limit 3000000)"
            " select max(x)*0+{a}+{b}, writefile('{file}', '') from c;",
            ERROR: "select nosuchcolumn;",
        },
        tell={ERROR: "no such column"},
    ),
    "psql": Entry(
        ("psql", "-X", "-P", "pager=off", "-h", "{server}", "-U", "postgres"),
        lines=asked_of_sh("\\!")
        | {
            QUICK: "select {a}+{b}; \\! : > {file}",
            FLOOD: "select generate_series(1, 60000); select {a}+{b}; \\! : > {file}",
            COMPUTING: "select max(n)*0+{a}+{b} from generate_series(1, 3000000) n; \\! : > {file}",
            NETWORK: "do $$ begin perform pg_sleep(0.7); end $$; select {a}+{b}; \\! : > {file}",
            ERROR: "select cast('x' || ({a}+{b}) as int);",
        },
        server="postgresql",
    ),
    "redis-cli": Entry(
        ("redis-cli", "-s", "{server}"),
        lines={
            QUICK: "eval 'return {a}+{b}' 0",
            FLOOD: "eval 'local t = {} for i = 1, 60000 do t[i] = i end t[60001] = {a}+{b} return t' 0",
            COMPUTING: "eval 'local i = 0 while i < 20000000 do i = i+1 end return {a}+{b}' 0",
            NETWORK: "blpop nosuchkey 1",
            ERROR: "eval 'return redis.error_reply(tostring({a}+{b}))' 0",
        },
        tell={NETWORK: "(nil)"},
        takes_lines_ahead=False,  # it throws it away (TCSAFLUSH)
        server="redis",
    ),
}
