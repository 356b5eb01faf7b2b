"""Shells, and shells behind what carries a terminal."""

from __future__ import annotations

from readiness.programs.entry import (
    CHILD,
    CHILD_IN_SH,
    COMPUTING,
    COMPUTING_IN_SH,
    ERROR,
    FLOOD,
    NETWORK,
    NETWORK_IN_SH,
    PROGRESS,
    PROGRESS_IN_SH,
    PROMPTLIKE,
    PROMPTLIKE_IN_SH,
    QUESTION,
    QUESTION_IN_SH,
    SILENT,
    TICKING,
    TICKS_IN_SH,
    Entry,
)

_WORK = {
    SILENT: "sleep 1.5",
    TICKING: TICKS_IN_SH,
    FLOOD: "seq 60000",
    COMPUTING: COMPUTING_IN_SH,
    NETWORK: NETWORK_IN_SH,
    CHILD: CHILD_IN_SH,
    QUESTION: QUESTION_IN_SH,
    PROGRESS: PROGRESS_IN_SH,
    PROMPTLIKE: PROMPTLIKE_IN_SH,
}
_SAY = "echo $(({a}+{b}))"
_DONE = ": > {file}"
_FAILS = {ERROR: ": > {file}; ls /nonexistent/$(({a}+{b}))"}
_BASH = _WORK | {NETWORK: "exec 3< /dev/tcp/127.0.0.1/{port}; cat <&3"}
_SLOWER = _WORK | {COMPUTING: "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); done"}

# What shells with a language of their own have done by sh.
_BY_SH = {
    SILENT: "sleep 1.5",
    TICKING: f"sh -c '{TICKS_IN_SH}'",
    FLOOD: "seq 60000",
    COMPUTING: f"sh -c '{COMPUTING_IN_SH}'",
    NETWORK: NETWORK_IN_SH,
    CHILD: CHILD_IN_SH,
    PROGRESS: f"sh -c '{PROGRESS_IN_SH}'",
    PROMPTLIKE: f"sh -c '{PROMPTLIKE_IN_SH}'",
}

SHELLS = {
    "bash": Entry(("bash", "--norc"), _SAY, _DONE, _BASH, _FAILS),
    "dash": Entry(("dash",), _SAY, _DONE, _WORK, _FAILS),
    "zsh": Entry(("zsh", "-f"), _SAY, _DONE, _WORK, _FAILS),
    "ksh93": Entry(("ksh93",), _SAY, _DONE, _WORK, _FAILS),
    "mksh": Entry(("mksh",), _SAY, _DONE, _SLOWER, _FAILS),
    "busybox ash": Entry(("busybox", "ash"), _SAY, _DONE, _WORK, _FAILS),
    "yash": Entry(("yash", "--norcfile"), _SAY, _DONE, _WORK, _FAILS, more=True),
    "fish": Entry(
        ("fish",),
        "math {a} + {b}",
        ": > {file}",
        {
            SILENT: "sleep 1.5",
            TICKING: "for i in (seq 8); echo tick; sleep 0.1; end",
            FLOOD: "seq 60000",
            COMPUTING: "for i in (seq 30000); set x (math $i); end",
            NETWORK: NETWORK_IN_SH,
            CHILD: CHILD_IN_SH,
            QUESTION: "read -P 'Go? ' x",
            PROGRESS: r"for i in (seq 8); printf '\rDownloading %s0%%' $i; sleep 0.1; end; echo",
            PROMPTLIKE: PROMPTLIKE_IN_SH,
        },
        {ERROR: ": > {file}; ls /nonexistent/(math {a} + {b})"},
    ),
    "tcsh": Entry(
        ("tcsh", "-f"),
        "@ s = {a} + {b}; echo $s",
        ": > {file}",
        _BY_SH | {QUESTION: 'printf "Go? "; set x = $<'},
        {ERROR: "@ s = {a} + {b}; : > {file}; ls /nonexistent/$s"},
    ),
    "rc": Entry(
        ("rc",), "expr {a} + {b}", "> {file}", _BY_SH, {ERROR: "> {file}; ls /nonexistent/`{expr {a} + {b}}"}, more=True
    ),
    "elvish": Entry(
        ("elvish", "-norc"),
        "echo (+ {a} {b})",
        "touch {file}",
        _BY_SH,
        {ERROR: "touch {file}; fail (+ {a} {b})"},
        more=True,
    ),
}
