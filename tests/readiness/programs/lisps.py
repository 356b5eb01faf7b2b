"""Lisp and Scheme."""

from __future__ import annotations

from dataclasses import replace

from readiness.programs.entry import (
    CHILD,
    COMPUTING,
    ERROR,
    FLOOD,
    NETWORK,
    NETWORK_IN_SH,
    PROGRESS,
    PROMPTLIKE,
    QUESTION,
    SILENT,
    TICKING,
    Entry,
)


def _loop(times: int, body: str) -> str:
    return f"(let loop ((i 0)) (cond ((< i {times}) {body} (loop (+ i 1)))))"


def _scheme(
    *argv: str, sleep: str, system: str = "", flush: str = "", first: tuple[str, ...] = (), **lines: str
) -> Entry:
    """A Scheme; `sleep` takes {} seconds, `system` has {} done by a shell."""
    work = {
        SILENT: sleep.replace("{}", "1.5"),
        TICKING: _loop(8, f'(display "tick") (newline) {flush} {sleep.replace("{}", "0.1")}'),
        FLOOD: _loop(60000, "(display i) (newline)"),
        COMPUTING: _loop(3_000_000, ""),
        QUESTION: f'(display "Go? ") {flush} (read)',
        PROGRESS: _loop(
            8,
            f'(display #\\return) (display "Downloading ") (display i) (display "0%") {flush}'
            f" {sleep.replace('{}', '0.1')}",
        ),
        PROMPTLIKE: f'(display "ready> ") {flush} {sleep.replace("{}", "1.0")} (newline)',
    }
    if system:
        work |= {CHILD: system.replace("{}", "sleep 0.7"), NETWORK: system.replace("{}", NETWORK_IN_SH)}
    return Entry(
        argv,
        "(display (+ {a} {b})) (newline)",
        '(close-output-port (open-output-file "{file}"))',
        work,
        {ERROR: '(begin (close-output-port (open-output-file "{file}")) (error (number->string (+ {a} {b}))))'} | lines,
        join=" ",
        frame="(begin {})",
        first=first,
        more=True,
    )


def _lisp(*argv: str, system: str, first: tuple[str, ...] = ()) -> Entry:
    """A Common Lisp; `system` has {} done by a shell."""
    return Entry(
        argv,
        "(print (+ {a} {b}))",
        '(close (open "{file}" :direction :output))',
        {
            SILENT: "(sleep 1.5)",
            TICKING: '(dotimes (i 8) (format t "tick~%") (finish-output) (sleep 0.1))',
            FLOOD: "(dotimes (i 60000) (print i))",
            COMPUTING: "(let ((s 0)) (dotimes (i 200000) (incf s)))",
            CHILD: system.replace("{}", "sleep 0.7"),
            NETWORK: system.replace("{}", NETWORK_IN_SH),
            QUESTION: '(progn (format t "Go? ") (finish-output) (read))',
            PROGRESS: '(dotimes (i 8) (format t "~CDownloading ~D0%" #\\return i) (finish-output) (sleep 0.1))',
            PROMPTLIKE: '(progn (format t "ready> ") (finish-output) (sleep 1) (terpri))',
        },
        {ERROR: '(progn (close (open "{file}" :direction :output)) (error "~D" (+ {a} {b})))'},
        join=" ",
        frame="(progn {})",
        first=first,
        more=True,
    )


LISPS = {
    "guile": _scheme(
        "guile", sleep="(usleep (inexact->exact (* 1000000 {})))", system='(system "{}")', flush="(force-output)"
    ),
    "racket": replace(
        _scheme(
            "racket",
            sleep="(sleep {})",
            system='(system "{}")',
            flush="(flush-output)",
            first=("(require racket/system)",),
        ),
        asks="",
    ),
    "csi": _scheme(
        "csi",
        "-n",
        "-q",
        sleep='(system "sleep {}")',
        system='(system "{}")',
        flush="(flush-output)",
        first=("(import (chicken process))",),
    ),
    "scheme48": _scheme(
        "scheme48",
        sleep=_loop(1_000_000, ""),
        error='(begin (close-output-port (open-output-file "{file}")) (car (+ {a} {b})))',
    ),
    "mit-scheme": _scheme(
        "mit-scheme",
        "--quiet",
        sleep='(run-shell-command "sleep {}")',
        system='(run-shell-command "{}")',
        flush="(flush-output)",
        first=("(load-option 'synchronous-subprocess)",),
    ),
    "chezscheme": _scheme(
        "chezscheme",
        "-q",
        sleep='(system "sleep {}")',
        system='(system "{}")',
        flush="(flush-output-port)",
        error='(begin (close-output-port (open-output-file "{file}")) (error #f (number->string (+ {a} {b}))))',
    ),
    "sbcl": _lisp("sbcl", "--noinform", system='(run-program "/bin/sh" (list "-c" "{}"))'),
    "clisp": _lisp("clisp", "-q", "-norc", system='(ext:shell "{}")'),
    "ecl": _lisp("ecl", "-norc", system='(ext:system "{}")'),
    "picolisp": Entry(
        ("pil",),
        "(prinl (+ {a} {b}))",
        '(out "{file}")',
        {
            SILENT: "(wait 1500)",
            TICKING: '(do 8 (prinl "tick") (wait 100))',
            FLOOD: "(for I 60000 (println I))",
            COMPUTING: "(do 5000000)",
            CHILD: '(call "sleep" "0.7")',
            QUESTION: '(prin "Go? ") (flush) (line)',
            PROGRESS: '(for I 8 (prin "^MDownloading " I "0%") (flush) (wait 100))',
            PROMPTLIKE: '(prin "ready> ") (flush) (wait 1000) (prinl)',
        },
        {ERROR: '(prog (out "{file}") (quit (+ {a} {b})))'},
        join=" ",
        frame="(prog {})",
        more=True,
    ),
    # It handles SIGALRM: its question may be that of a loop that a timer wakes, and is only guessed.
    "newlisp": Entry(
        ("newlisp",),
        "(println (+ {a} {b}))",
        '(write-file "{file}" "")',
        {
            SILENT: "(sleep 1500)",
            TICKING: '(dotimes (i 8) (println "tick") (sleep 100))',
            FLOOD: "(dotimes (i 60000) (println i))",
            COMPUTING: "(dotimes (i 10000000))",
            CHILD: '(! "sleep 0.7")',
            NETWORK: f'(! "{NETWORK_IN_SH}")',
            PROGRESS: '(dotimes (i 8) (print "\\rDownloading " i "0%") (sleep 100))',
            PROMPTLIKE: '(print "ready> ") (sleep 1000) (println)',
        },
        {ERROR: '(begin (write-file "{file}" "") (throw-error (+ {a} {b})))'},
        join=" ",
        frame="(begin {})",
        more=True,
    ),
}
