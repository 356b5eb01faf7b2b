"""A program of the table, and how it is told to do each kind of work.

In every line {a} and {b} are numbers; the program says their sum when the work is done, and then writes the file
{file}. The sum stands in no line and nobody else writes the file: that is the ground truth. {port} is a server's that
answers late.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

QUICK, SILENT, TICKING, FLOOD, COMPUTING = "quick", "silent", "ticking", "60,000 lines", "computing"
NETWORK, CHILD, QUESTION, ERROR = "network", "child", "question", "error"
PROGRESS, PROMPTLIKE = "progress", "output like a prompt"
"""`\\rDownloading 20%` and so on without a newline; `ready> ` without one, and then more work."""

KINDS = (QUICK, SILENT, TICKING, FLOOD, COMPUTING, NETWORK, CHILD, QUESTION, ERROR, PROGRESS, PROMPTLIKE)
ASKS = "Go? "

TICKS_IN_SH = "for i in 1 2 3 4 5 6 7 8; do echo tick; sleep 0.1; done"
PROGRESS_IN_SH = r'for i in 1 2 3 4 5 6 7 8; do printf "\rDownloading %s0%%" $i; sleep 0.1; done; echo'
PROMPTLIKE_IN_SH = 'printf "ready> "; sleep 1; echo'
QUESTION_IN_SH = 'printf "Go? "; read x'
COMPUTING_IN_SH = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"
NETWORK_IN_SH = "bash -c 'cat < /dev/tcp/127.0.0.1/{port}'"
CHILD_IN_SH = "sh -c 'sleep 0.7; true'"


@dataclass(frozen=True)
class Entry:
    """A program and its lines by kind of work."""

    argv: tuple[str, ...]
    say: str = ""
    """Says the sum."""
    done: str = ""
    """Writes the file. Where a program cannot, the sum alone is the truth."""
    work: Mapping[str, str] = field(default_factory=dict[str, str])
    """What comes before those in a line, by kind. Quick work is none."""
    lines: Mapping[str, str] = field(default_factory=dict[str, str])
    """Whole lines of kinds that are not made so."""
    join: str = "; "
    frame: str = "{}"
    first: tuple[str, ...] = ()
    """Lines that prepare."""
    needs: tuple[str, ...] = ()
    """Programs beside argv[0]."""
    tell: Mapping[str, str] = field(default_factory=dict[str, str])
    """What is said at the end of work that cannot say the sum. It writes no file."""
    server: str = ""
    """The server whose address {server} is in argv."""
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    patience_ms: int = 30_000
    asks: str = ASKS
    answer: str = "5"
    takes_lines_ahead: bool = True
    """Whether what is typed while it works is done after that."""
    more: bool = False
    """Whether it is run only by `make readiness`: its package is one of MORE_PACKAGES."""
    rare: bool = False
    """Whether no package has it: it is run where it happens to be."""
    root: bool = False
    """Whether only root is let in without a password."""
    guess: str = ""
    """Why its readiness can only be guessed, from quiet; "" for programs where it is known."""

    def kinds(self) -> tuple[str, ...]:
        """Those that this program can do."""
        return tuple(kind for kind in KINDS if kind in self.lines or kind in self.work or (kind == QUICK and self.say))

    def line(self, kind: str, **values: object) -> str:
        """The line for this kind of work: with the values of a, b, file and port."""
        parts = (self.work.get(kind, ""), self.say, self.done)
        line = self.lines.get(kind) or self.frame.replace("{}", self.join.join(filter(None, parts)))
        for name, value in values.items():
            line = line.replace(f"{{{name}}}", str(value))
        return line

    def writes(self, kind: str) -> bool:
        """Whether the line for this kind writes the file."""
        return "{file}" in self.line(kind)


def asked_of_sh(word: str, **other: str) -> dict[str, str]:
    """Work that a program has done by a shell, which `word` begins: `shell`, `.shell`, `\\!`."""
    works = {
        SILENT: "sleep 1.5",
        TICKING: TICKS_IN_SH,
        FLOOD: "seq 60000",
        NETWORK: NETWORK_IN_SH,
        CHILD: CHILD_IN_SH,
        QUESTION: QUESTION_IN_SH,
        PROGRESS: PROGRESS_IN_SH,
        PROMPTLIKE: PROMPTLIKE_IN_SH,
    }
    return {kind: f"{word} {work}; echo $(({{a}}+{{b}})); : > {{file}}" for kind, work in works.items()} | other
