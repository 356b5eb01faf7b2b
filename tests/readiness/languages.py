"""How each program is told to do each kind of work.

In every line {a} and {b} are numbers, and the program says their sum when the work is done. The sum stands in no
line, so where it shows, the work has been done: that is the ground truth. {port} is a server's that answers late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

QUICK, SILENT, TICKING, FLOOD, COMPUTING = "quick", "silent", "ticking", "60,000 lines", "computing"
NETWORK, CHILD, QUESTION, ERROR = "network", "child", "question", "error"


@dataclass(frozen=True)
class Language:
    """A program and its lines by kind of work."""

    argv: tuple[str, ...]
    lines: Mapping[str, str]
    first: tuple[str, ...] = ()
    """Lines that prepare."""
    needs: tuple[str, ...] = ()
    """Programs beside argv[0]."""
    tell: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is said at the end of work that cannot say the sum."""
    server: str = ""
    """The server whose address {server} is in argv."""
    patience_ms: int = 30_000
    asks: str = "Go? "
    eats_what_is_typed_ahead: bool = True


def _posix(network: str = "bash -c 'cat < /dev/tcp/127.0.0.1/{port}'") -> dict[str, str]:
    return {
        QUICK: "echo $(({a}+{b}))",
        SILENT: "sleep 1.5; echo $(({a}+{b}))",
        TICKING: "for i in 1 2 3 4 5 6 7 8; do echo tick; sleep 0.1; done; echo $(({a}+{b}))",
        FLOOD: "seq 60000; echo $(({a}+{b}))",
        COMPUTING: "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo $(({a}+{b}))",
        NETWORK: f"{network}; echo $(({{a}}+{{b}}))",
        CHILD: "sh -c 'sleep 0.7; true'; echo $(({a}+{b}))",
        QUESTION: "printf 'Go? '; read x; echo $(({a}+{b}))",
        ERROR: "ls /nonexistent/$(({a}+{b}))",
    }


_PYTHON = {
    QUICK: "print({a}+{b})",
    SILENT: "time.sleep(1.5); print({a}+{b})",
    TICKING: "[(print('tick', flush=True), time.sleep(0.1))[1] for i in range(8)].clear(); print({a}+{b})",
    FLOOD: "print(*range(60000), sep='\\n'); print({a}+{b})",
    COMPUTING: "_ = sum(range(20_000_000)); print({a}+{b})",
    NETWORK: "_ = socket.create_connection(('127.0.0.1', {port})).recv(1); print({a}+{b})",
    CHILD: "_ = subprocess.run(['sleep', '0.7']); print({a}+{b})",
    QUESTION: "_ = input('Go? '); print({a}+{b})",
    ERROR: "raise ValueError({a}+{b})",
}
_PYTHON_FIRST = ("import time, socket, subprocess",)

LANGUAGES = {
    "bash": Language(("bash", "--norc"), _posix("exec 3< /dev/tcp/127.0.0.1/{port}; cat <&3")),
    "dash": Language(("dash",), _posix()),
    "zsh": Language(("zsh", "-f"), _posix()),
    "fish": Language(
        ("fish",),
        {
            QUICK: "math {a} + {b}",
            SILENT: "sleep 1.5; math {a} + {b}",
            TICKING: "for i in (seq 8); echo tick; sleep 0.1; end; math {a} + {b}",
            FLOOD: "seq 60000; math {a} + {b}",
            COMPUTING: "for i in (seq 30000); set x (math $i); end; math {a} + {b}",
            NETWORK: "bash -c 'cat < /dev/tcp/127.0.0.1/{port}'; math {a} + {b}",
            CHILD: "sh -c 'sleep 0.7; true'; math {a} + {b}",
            QUESTION: "read -P 'Go? ' x; math {a} + {b}",
            ERROR: "ls /nonexistent/(math {a} + {b})",
        },
    ),
    "python": Language(("python3", "-q"), _PYTHON, _PYTHON_FIRST),
    "ipython": Language(("ipython", "--no-banner", "--colors=NoColor"), _PYTHON, _PYTHON_FIRST),
    "ipython --simple-prompt": Language(("ipython", "--no-banner", "--simple-prompt"), _PYTHON, _PYTHON_FIRST),
    "node": Language(
        ("node",),
        {
            QUICK: "{a}+{b}",
            SILENT: "await new Promise(r => setTimeout(r, 1500)); {a}+{b}",
            TICKING: "for (let i = 0; i < 8; i++) {{ console.log('tick');"
            " await new Promise(r => setTimeout(r, 100)); }} {a}+{b}",
            FLOOD: "for (let i = 0; i < 60000; i++) console.log(i); {a}+{b}",
            COMPUTING: "{{ const t = Date.now(); while (Date.now() - t < 700); }} {a}+{b}",
            NETWORK: "await new Promise(r => net.connect({port}, '127.0.0.1').on('close', r).resume()); {a}+{b}",
            CHILD: "child_process.execSync('sleep 0.7'); {a}+{b}",
            ERROR: "throw new Error({a}+{b})",
        },
    ),
    "sqlite3": Language(
        ("sqlite3",),
        {
            QUICK: "select {a}+{b};",
            SILENT: ".shell sleep 1.5; echo $(({a}+{b}))",
            TICKING: ".shell for i in 1 2 3 4 5 6 7 8; do echo tick; sleep 0.1; done; echo $(({a}+{b}))",
            FLOOD: "with recursive c(x) as (select 1 union all select x+1 from c limit 60000)"
            " select x from c union all select {a}+{b};",
            COMPUTING: "with recursive c(x) as (select 1 union all select x+1 from c limit 3000000)"
            " select max(x)*0+{a}+{b} from c;",
            NETWORK: ".shell bash -c 'cat < /dev/tcp/127.0.0.1/{port}'; echo $(({a}+{b}))",
            CHILD: ".shell sh -c 'sleep 0.7; true'; echo $(({a}+{b}))",
            QUESTION: ".shell printf 'Go? '; read x; echo $(({a}+{b}))",
            ERROR: "select nosuchcolumn;",
        },
        tell={ERROR: "no such column"},
    ),
    "lua": Language(
        ("lua5.4",),
        {
            QUICK: "print({a}+{b})",
            SILENT: "os.execute('sleep 1.5') print({a}+{b})",
            TICKING: "for i = 1, 8 do print('tick') os.execute('sleep 0.1') end print({a}+{b})",
            FLOOD: "for i = 1, 60000 do print(i) end print({a}+{b})",
            COMPUTING: "local t = os.clock() while os.clock() - t < 0.7 do end print({a}+{b})",
            NETWORK: "os.execute([[bash -c 'cat < /dev/tcp/127.0.0.1/{port}']]) print({a}+{b})",
            CHILD: "os.execute('sleep 0.7') print({a}+{b})",
            QUESTION: "io.write('Go? ') io.flush() io.read() print({a}+{b})",
            ERROR: "error({a}+{b})",
        },
    ),
    "R": Language(
        ("R", "--no-save", "-q"),
        {
            QUICK: "cat({a}+{b}, '\\n')",
            SILENT: "Sys.sleep(1.5); cat({a}+{b}, '\\n')",
            TICKING: "for (i in 1:8) {{ cat('tick\\n'); Sys.sleep(0.1) }}; cat({a}+{b}, '\\n')",
            FLOOD: "cat(1:60000, sep='\\n'); cat('\\n'); cat({a}+{b}, '\\n')",
            COMPUTING: "t <- Sys.time(); while (Sys.time() - t < 0.7) {{}}; cat({a}+{b}, '\\n')",
            NETWORK: "x <- readLines(socketConnection(port={port}, blocking=TRUE)); cat({a}+{b}, '\\n')",
            CHILD: "system('sleep 0.7'); cat({a}+{b}, '\\n')",
            QUESTION: "x <- readline('Go? '); cat({a}+{b}, '\\n')",
            ERROR: "stop({a}+{b})",
        },
    ),
    "irb": Language(
        ("irb",),
        {
            QUICK: "{a}+{b}",
            SILENT: "sleep 1.5; {a}+{b}",
            TICKING: "8.times {{ puts 'tick'; sleep 0.1 }}; {a}+{b}",
            FLOOD: "60000.times {{ |i| puts i }}; {a}+{b}",
            COMPUTING: "t = Time.now; 0 while Time.now - t < 0.7; {a}+{b}",
            NETWORK: "TCPSocket.new('127.0.0.1', {port}).read; {a}+{b}",
            CHILD: "system('sleep 0.7'); {a}+{b}",
            QUESTION: "print 'Go? '; gets; {a}+{b}",
            ERROR: "raise ({a}+{b}).to_s",
        },
        ("require 'socket'",),
    ),
    "bc": Language(
        ("bc", "-q"),
        {
            QUICK: "{a}+{b}",
            FLOOD: "for (i = 0; i < 60000; i++) i; {a}+{b}",
            COMPUTING: "x = 3^200000; {a}+{b}",
            QUESTION: "x = read(); {a}+{b}",
            ERROR: "sqrt(-1)",
        },
        tell={ERROR: "Square root of a negative"},
        eats_what_is_typed_ahead=False,  # it cannot wait for a server
        asks="",
    ),
    "gdb": Language(
        ("gdb", "-q", "-nx"),
        {
            QUICK: "print {a}+{b}",
            SILENT: "shell sleep 1.5; echo $(({a}+{b}))",
            TICKING: "shell for i in 1 2 3 4 5 6 7 8; do echo tick; sleep 0.1; done; echo $(({a}+{b}))",
            FLOOD: "shell seq 60000; echo $(({a}+{b}))",
            COMPUTING: "python sum(range(20_000_000)); print({a}+{b})",
            NETWORK: "python import socket; socket.create_connection(('127.0.0.1', {port})).recv(1); print({a}+{b})",
            CHILD: "shell sh -c 'sleep 0.7; true'; echo $(({a}+{b}))",
            QUESTION: "shell printf 'Go? '; read x; echo $(({a}+{b}))",
            ERROR: "python raise ValueError({a}+{b})",
        },
    ),
    "erl": Language(
        ("erl",),
        {
            QUICK: "{a}+{b}.",
            SILENT: "timer:sleep(1500), {a}+{b}.",
            TICKING: '[begin io:format("tick~n"), timer:sleep(100) end || _ <- lists:seq(1,8)], {a}+{b}.',
            FLOOD: '[io:format("~p~n", [I]) || I <- lists:seq(1,60000)], {a}+{b}.',
            COMPUTING: "lists:sum(lists:seq(1,5000000)), {a}+{b}.",
            NETWORK: 'gen_tcp:recv(element(2, gen_tcp:connect("127.0.0.1", {port}, [{{active,false}}])), 1), {a}+{b}.',
            CHILD: 'os:cmd("sleep 0.7"), {a}+{b}.',
            ERROR: "error({a}+{b}).",
        },
    ),
    "jshell": Language(
        ("jshell",),
        {
            QUICK: "{a}+{b}",
            SILENT: "Thread.sleep(1500); System.out.println({a}+{b})",
            TICKING: 'for (int i = 0; i < 8; i++) {{ System.out.println("tick"); Thread.sleep(100); }}'
            " System.out.println({a}+{b})",
            FLOOD: "for (int i = 0; i < 60000; i++) System.out.println(i); System.out.println({a}+{b})",
            COMPUTING: "for (long t = System.currentTimeMillis(); System.currentTimeMillis() - t < 700;);"
            " System.out.println({a}+{b})",
            NETWORK: 'new java.net.Socket("127.0.0.1", {port}).getInputStream().read(); System.out.println({a}+{b})',
            CHILD: 'new ProcessBuilder("sleep", "0.7").start().waitFor(); System.out.println({a}+{b})',
            ERROR: "throw new RuntimeException(String.valueOf({a}+{b}))",
        },
        patience_ms=60_000,
    ),
    "psql": Language(
        ("psql", "-X", "-P", "pager=off", "-h", "{server}", "-U", "postgres"),
        {
            QUICK: "select {a}+{b};",
            SILENT: "select pg_sleep(1.5); select {a}+{b};",
            TICKING: "\\! for i in 1 2 3 4 5 6 7 8; do echo tick; sleep 0.1; done; echo $(({a}+{b}))",
            FLOOD: "select generate_series(1, 60000); select {a}+{b};",
            COMPUTING: "select max(n)*0+{a}+{b} from generate_series(1, 3000000) n;",
            NETWORK: "do $$ begin perform pg_sleep(0.7); end $$; select {a}+{b};",
            CHILD: "\\! sh -c 'sleep 0.7; true'; echo $(({a}+{b}))",
            QUESTION: "\\! printf 'Go? '; read x; echo $(({a}+{b}))",
            ERROR: "select cast('x' || ({a}+{b}) as int);",
        },
        server="postgresql",
    ),
    "redis-cli": Language(
        ("redis-cli", "-s", "{server}"),
        {
            QUICK: "eval 'return {a}+{b}' 0",
            FLOOD: "eval 'local t = {{}} for i = 1, 60000 do t[i] = i end t[60001] = {a}+{b} return t' 0",
            COMPUTING: "eval 'local i = 0 while i < 20000000 do i = i+1 end return {a}+{b}' 0",
            NETWORK: "blpop nosuchkey 1",
            ERROR: "eval 'return redis.error_reply(tostring({a}+{b}))' 0",
        },
        tell={NETWORK: "(nil)"},
        eats_what_is_typed_ahead=False,  # it throws it away (TCSAFLUSH)
        server="redis",
    ),
    "script": Language(("script", "-qc", "bash --norc", "/dev/null"), _posix(), needs=("bash",)),
    "sudo": Language(("sudo", "-n", "bash", "--norc"), _posix()),
    "ssh": Language(
        ("ssh", "-F", "{server}", "here", "bash --norc -i"),
        # A question by a program over there is one of the things that cannot be known.
        {kind: line for kind, line in _posix().items() if kind != QUESTION},
        server="sshd",
    ),
    "tclsh": Language(
        ("tclsh",),
        {
            QUICK: "expr {a}+{b}",
            SILENT: "after 1500; expr {a}+{b}",
            TICKING: "for {{set i 0}} {{$i < 8}} {{incr i}} {{puts tick; after 100}}; expr {a}+{b}",
            FLOOD: "for {{set i 0}} {{$i < 60000}} {{incr i}} {{puts $i}}; expr {a}+{b}",
            COMPUTING: "for {{set i 0}} {{$i < 1000000}} {{incr i}} {{}}; expr {a}+{b}",
            NETWORK: "read [socket 127.0.0.1 {port}]; expr {a}+{b}",
            CHILD: "exec sleep 0.7; expr {a}+{b}",
            QUESTION: "puts -nonewline {{Go? }}; flush stdout; gets stdin; expr {a}+{b}",
            ERROR: "error [expr {a}+{b}]",
        },
    ),
    "perl -de": Language(
        ("perl", "-de", "0"),
        {
            QUICK: "print {a}+{b}, qq(\\n)",
            SILENT: "sleep 1; select undef, undef, undef, 0.5; print {a}+{b}, qq(\\n)",
            TICKING: "for (1..8) {{ print qq(tick\\n); select undef, undef, undef, 0.1 }} print {a}+{b}, qq(\\n)",
            FLOOD: "print qq($_\\n) for 1..60000; print {a}+{b}, qq(\\n)",
            COMPUTING: "for (my $i = 0; $i < 5000000; $i++) {{}} print {a}+{b}, qq(\\n)",
            NETWORK: "system q(bash -c 'cat < /dev/tcp/127.0.0.1/{port}'); print {a}+{b}, qq(\\n)",
            CHILD: "system q(sleep 0.7); print {a}+{b}, qq(\\n)",
            QUESTION: "$| = 1; print 'Go? '; $x = <STDIN>; print {a}+{b}, qq(\\n)",
            ERROR: "die {a}+{b}",
        },
    ),
}
