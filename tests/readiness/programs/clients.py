"""Clients of servers, some with toolbars and menus below their line, and programs that speak a protocol for lines."""

from __future__ import annotations

from readiness.programs.entry import (
    CHILD,
    COMPUTING,
    ERROR,
    FLOOD,
    NETWORK,
    PROMPTLIKE,
    QUESTION,
    QUICK,
    SILENT,
    Entry,
    asked_of_sh,
)

_PYTHON_AFAR = {
    QUICK: "print({a}+{b}); open('{file}', 'w').close()",
    SILENT: "time.sleep(1.5); print({a}+{b}); open('{file}', 'w').close()",
    FLOOD: "print(*range(60000), sep='\\n'); print({a}+{b}); open('{file}', 'w').close()",
    COMPUTING: "_ = sum(range(20_000_000)); print({a}+{b}); open('{file}', 'w').close()",
    CHILD: "_ = subprocess.run(['sleep', '0.7']); print({a}+{b}); open('{file}', 'w').close()",
    ERROR: "raise ValueError({a}+{b})",
}

CLIENTS = {
    "mariadb": Entry(
        ("mariadb", "--no-defaults", "-u", "root", "-h", "127.0.0.1", "-P", "{server}"),
        # A semicolon ends what goes to the shell.
        lines={
            QUICK: "select {a}+{b};",
            SILENT: "\\! sleep 1.5 && echo $(({a}+{b})) && : > {file}",
            CHILD: "\\! sh -c 'sleep 0.7' && echo $(({a}+{b})) && : > {file}",
            QUESTION: "\\! printf 'Go? ' && read x && echo $(({a}+{b})) && : > {file}",
            PROMPTLIKE: "\\! printf 'ready> ' && sleep 1 && echo && echo $(({a}+{b})) && : > {file}",
            COMPUTING: "select max(seq)*0+{a}+{b} from mysql.seq_1_to_3000000;",
            FLOOD: "select seq from mysql.seq_1_to_60000 union all select {a}+{b};",
            NETWORK: "select sleep(0.7)+{a}+{b};",
            ERROR: "select nosuchcolumn;",
        },
        tell={ERROR: "Unknown column"},
        server="mariadb",
    ),
    "mycli": Entry(
        ("mycli", "--no-warn", "-u", "root", "-h", "127.0.0.1", "-P", "{server}"),
        lines={
            QUICK: "select {a}+{b};",
            NETWORK: "select sleep(0.7)+{a}+{b};",
            COMPUTING: "select max(seq)*0+{a}+{b} from mysql.seq_1_to_3000000;",
            ERROR: "select nosuchcolumn;",
        },
        tell={ERROR: "Unknown column"},
        env={"PAGER": "cat"},
        server="mariadb",
        more=True,
    ),
    "pgcli": Entry(
        ("pgcli", "-h", "{server}", "-U", "postgres"),
        lines={
            QUICK: "select {a}+{b};",
            SILENT: "select pg_sleep(1.5), {a}+{b};",
            COMPUTING: "select max(n)*0+{a}+{b} from generate_series(1, 3000000) n;",
            CHILD: "\\! sh -c 'sleep 0.7; echo $(({a}+{b})); : > {file}'",
            QUESTION: "\\! bash -c 'read -p \"Go? \" x; echo $(({a}+{b})); : > {file}'",
            ERROR: "select cast('x' || ({a}+{b}) as int);",
        },
        env={"PAGER": "cat"},
        server="postgresql",
        more=True,
    ),
    "litecli": Entry(
        ("litecli", ":memory:"),
        lines={
            QUICK: "select {a}+{b};",
            COMPUTING: "with recursive c(x) as (select 1 union all select x+1 from c limit 3000000)"
            " select max(x)*0+{a}+{b} from c;",
            ERROR: "select nosuchcolumn;",
        },
        tell={ERROR: "no such column"},
        env={"PAGER": "cat"},
        more=True,
    ),
    "sftp": Entry(
        ("sftp", "-F", "{server}", "here"),
        # Its ssh listens to the network beside whoever asks: a question is known by its look alone.
        lines={kind: line for kind, line in asked_of_sh("!").items() if kind != QUESTION}
        | {QUICK: "!echo $(({a}+{b})); : > {file}", NETWORK: "ls -1 /etc/ssh/ssh_config", ERROR: "get nosuchfile"},
        tell={NETWORK: "/etc/ssh/ssh_config", ERROR: "not found"},
        server="sshd",
    ),
    "ftp": Entry(
        ("ftp", "127.0.0.1", "{server}"),
        lines=asked_of_sh("!")
        | {QUICK: "!echo $(({a}+{b})); : > {file}", NETWORK: "size nosuchfile", ERROR: "nosuchcommand"},
        first=("me", "secret"),
        tell={NETWORK: "550", ERROR: "?Invalid command"},
        server="ftpd",
        more=True,
    ),
    "lftp": Entry(
        ("lftp", "-u", "me,secret", "-p", "{server}", "127.0.0.1"),
        lines=asked_of_sh("!")
        | {QUICK: "!echo $(({a}+{b})); : > {file}", NETWORK: "cat nosuchfile", ERROR: "nosuchcommand"},
        tell={NETWORK: "550", ERROR: "Unknown command"},
        server="ftpd",
        more=True,
    ),
    "ssh to python": Entry(
        ("ssh", "-F", "{server}", "here", "python3 -q"),
        lines=_PYTHON_AFAR,
        first=("import time, subprocess",),
        needs=("python3",),
        server="sshd",
    ),
    "stockfish": Entry(
        ("/usr/games/stockfish",),
        lines={QUICK: "isready", COMPUTING: "go movetime 700", ERROR: "nosuchcommand"},
        tell={QUICK: "readyok", COMPUTING: "bestmove", ERROR: "Unknown command"},
        takes_lines_ahead=False,  # it says no sums
        more=True,
    ),
    "gnuchess": Entry(
        ("/usr/games/gnuchess",),
        lines={QUICK: "show board", ERROR: "nosuchmove"},
        tell={QUICK: "R N B Q K B N R", ERROR: "Invalid move"},
        takes_lines_ahead=False,
        more=True,
    ),
}
