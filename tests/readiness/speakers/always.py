"""The programs that every run of the tests asks."""

from __future__ import annotations

from readiness.speakers.speaker import Speaker
from readiness.speakers.spelling import by_print, by_print_n, by_printf, code_points, decimal, octal

BASH, ZSH, FISH = ("bash", "--norc"), ("zsh", "-f"), ("fish", "--no-config")
PYTHON = ("python3", "-q")
IPYTHON = ("ipython", "--no-banner")

SPEAKERS: dict[str, Speaker] = {
    "dash": Speaker(("dash",), by_printf),
    "bash": Speaker(BASH, by_printf),
    "bash --noediting": Speaker((*BASH, "--noediting"), by_printf),
    "bash, integrated": Speaker(("bash",), by_printf, integration=True),
    "zsh": Speaker(ZSH, by_printf),
    "zsh, integrated": Speaker(("zsh",), by_printf, integration=True),
    "fish": Speaker(FISH, by_printf),
    "fish, integrated": Speaker(("fish",), by_printf, integration=True),
    "ksh": Speaker(("ksh93",), by_printf),
    "mksh": Speaker(("mksh",), by_print_n),
    "tcsh": Speaker(("tcsh", "-f"), by_printf),
    "busybox": Speaker(("busybox", "ash"), by_printf, longest=1000),
    "python": Speaker(PYTHON, by_print),
    "python, integrated": Speaker(PYTHON, by_print, integration=True),
    "ipython": Speaker((*IPYTHON, "--colors=NoColor"), by_print),
    "ipython --simple-prompt": Speaker((*IPYTHON, "--simple-prompt"), by_print),
    "node": Speaker(
        ("node",), lambda text: f'process.stdout.write("{code_points(text)}") && undefined', adds="undefined"
    ),
    "lua": Speaker(("lua5.4",), lambda text: f'local _ = io.write("{decimal(text)}")'),
    "tclsh": Speaker(("tclsh",), lambda text: f'puts -nonewline "{code_points(text)}"'),
    "R": Speaker(("R", "--no-save", "-q"), lambda text: f'cat("{code_points(text)}")'),
    "irb": Speaker(("irb", "-f"), lambda text: f'print "{code_points(text)}"', adds="=> nil", longest=1900),
    "gdb": Speaker(("gdb", "-q", "-nx", "-ex", "set pagination off"), lambda text: f"echo {octal(text)}"),
    "sqlite3": Speaker(("sqlite3",), lambda text: f'.print "{octal(text)}"', ends_lines=True),
    "guile": Speaker(("guile", "--no-auto-compile"), lambda text: f'(display "{code_points(text)}")'),
    "bash in bash in zsh": Speaker(ZSH, by_printf, after=("bash --norc", "bash --norc")),
    "script": Speaker(("script", "-q", "/dev/null", "-c", "bash --norc"), by_printf),
}
