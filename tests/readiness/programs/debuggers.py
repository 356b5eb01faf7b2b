"""Debuggers and line editors of text."""

from __future__ import annotations

from readiness.programs.entry import (
    CHILD,
    COMPUTING,
    ERROR,
    FLOOD,
    NETWORK,
    PROGRESS,
    PROMPTLIKE,
    QUESTION,
    QUICK,
    SILENT,
    TICKING,
    Entry,
    asked_of_sh,
)

_PERL = {
    SILENT: "sleep 1; select undef, undef, undef, 0.5",
    TICKING: "for (1..8) { print qq(tick\\n); select undef, undef, undef, 0.1 }",
    FLOOD: "print qq($_\\n) for 1..60000",
    COMPUTING: "for (my $i = 0; $i < 5000000; $i++) {}",
    NETWORK: "system q(bash -c 'cat < /dev/tcp/127.0.0.1/{port}')",
    CHILD: "system q(sleep 0.7)",
    QUESTION: "$| = 1; print 'Go? '; $x = <STDIN>",
    PROGRESS: "$| = 1; for (1..8) { print qq(\\rDownloading ${_}0%); select undef, undef, undef, 0.1 } print qq(\\n)",
    PROMPTLIKE: "$| = 1; print 'ready> '; sleep 1; print qq(\\n)",
}

DEBUGGERS = {
    "gdb": Entry(
        ("gdb", "-q", "-nx"),
        lines=asked_of_sh("shell")
        | {
            QUICK: "python print({a}+{b}); open('{file}', 'w').close()",
            COMPUTING: "python sum(range(20_000_000)); print({a}+{b}); open('{file}', 'w').close()",
            NETWORK: "python import socket; socket.create_connection(('127.0.0.1', {port})).recv(1);"
            " print({a}+{b}); open('{file}', 'w').close()",
            ERROR: "python open('{file}', 'w').close(); raise ValueError({a}+{b})",
        },
    ),
    "perl -de": Entry(
        ("perl", "-de", "0"),
        "print {a}+{b}, qq(\\n)",
        "open F, '>', '{file}'; close F",
        _PERL,
        {ERROR: "open F, '>', '{file}'; close F; die {a}+{b}"},
    ),
    "lldb": Entry(
        ("lldb", "-X"),
        lines={QUICK: "expression -- {a}+{b}", ERROR: "nosuchcommand"},
        tell={ERROR: "is not a valid command"},
        more=True,
    ),
    "ed": Entry(
        ("ed", "-p", "* "),
        lines={kind: line for kind, line in asked_of_sh("!").items() if "%" not in line}  # which is a file's name there
        | {QUICK: "!echo $(({a}+{b})); : > {file}", ERROR: "!: > {file}; ls /nonexistent/$(({a}+{b}))"},
    ),
}
