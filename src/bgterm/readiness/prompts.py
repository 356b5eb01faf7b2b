"""Prompts by which a program is known to wait, where the kernel cannot tell.

An event loop listens while it works. But where the cursor's row holds the very prompt of that program, it waits.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_DIGITS = re.compile(r"\d+")
ENDS = tuple(">$#%:?])\u276f\u203a\u00bb\u03bb\u279c")  # and the arrows of fancy prompts
_ENDS_OF_ALL = tuple(">$#%~")
_SIGNS = frozenset({"So", "Sm", "Sk", "Co", "Pf", "Pe"})  # arrows, Powerline's own, closing quotes
_BARS = re.compile("[\u2500-\u259f\u2800-\u28ff]")  # and spinners
_PERCENTAGE = re.compile(r"\d ?%$")
_COUNTER = re.compile(r"N ?%$|N/N\W?$")
_SIGHTINGS = 2

# The prompts that these programs show unless they are told otherwise. Digits stand as N.
_PYTHON = frozenset({"In [N]:", "...:", ">>>", "(Pdb)", "ipdb>"})
_BUILT_IN: dict[str, frozenset[str]] = {
    "beam.smp": frozenset({"N>", "iex(N)>", "...(N)>"}),
    "bpython": _PYTHON,
    "ghc": frozenset({"ghci>", "ghci|", "Prelude>", "Prelude|"}),
    "gnuchess": frozenset({"White (N) :", "Black (N) :"}),
    "java": frozenset({"jshell>", "...>", "user=>", "bsh %", "scala>"}),
    # Behind these irb waits for the rest of a statement, a string, a pattern, a list of words.
    "irb": frozenset(f"irb(main):N{more}{end}" for more in ("", ":N") for end in ">*\"'`/]"),
    "ipython": frozenset({"In [N]:", "...:", "ipdb>"}),
    "lldb": frozenset({"(lldb)"}),
    "octave": frozenset({"octave:N>"}),
    "octave-cli": frozenset({"octave:N>"}),
    "ptpython": _PYTHON,
    "python": _PYTHON,
    "raku": frozenset({"[N] >"}),
    "sftp": frozenset({"sftp>"}),
    "slsh": frozenset({"slsh>"}),
}
_BEHIND_OUTPUT_MIN = 3
"""So long is a prompt that is known also where output without a newline stands before it in its row."""
_VERSION = re.compile(r"[\d.]+$")


MOST = 64
"""As many as are counted of what does not rest."""


class AtWork(NamedTuple):
    """Who may be at work where a program shows its prompt, as `Kernel.at_work` counts."""

    most: int = 0
    timed: bool = False
    """It may wake for a time of its own, beside."""
    woken: bool = False
    """But it must have done so once since somebody else was at work."""


NOBODY = AtWork()
ITS_TIME = AtWork(0, timed=True, woken=True)
ANYBODY = AtWork(MOST)
_PYTHONS_OWN = ">>>"
_PYTHON_ITSELF = re.compile(r"\S*python[\d.]*(?: -[A-Za-z]+)*?(?: -m (?:asyncio|code)\b.*| -[A-Za-z]*i\b.*)?")
"""How Python is started to show its prompt, and not to run a program that could print the same."""
_RESTLESS = frozenset({"beam.smp", "java"})
"""Threads of theirs wake on timers all the time."""
_RENAMED = {"jshell": "java"}


def looks_like_prompt(row: str) -> bool:
    """Whether a row ends in a sign, as prompts do that are ready for whatever comes; a percentage and a bar do not."""
    text = row.rstrip()
    last = text[-1:]
    if last.isascii():
        return text.endswith(_ENDS_OF_ALL) and not _PERCENTAGE.search(text)
    return (last == "\u03bb" or unicodedata.category(last) in _SIGNS) and not _BARS.match(last)


def in_general(text: str) -> str:
    """A prompt with its digits made wildcards: most count something."""
    return _DIGITS.sub("N", text.strip())


def _program(name: str) -> str:
    """`python3.12` and `ipython3` by the name that they share with their sisters."""
    return _RENAMED.get(name) or _VERSION.sub("", name)


def restless(name: str) -> bool:
    """Whether a program is known to have timers that bring no output."""
    return _program(name) in _RESTLESS


class Prompts:
    """The prompts known for each program in a session."""

    def __init__(self) -> None:
        self._sighted: dict[tuple[str, str, str], tuple[int, int]] = {}
        self._learned: dict[tuple[str, str], dict[str, int]] = {}

    def known(self, name: str, command: str, row: str) -> AtWork | None:
        """Who may be at work where this row, left of the cursor, is a prompt of this program; None if it is none.

        `command` is what the program was started with.
        """
        text = in_general(row)
        learned = self._learned.get((name, command), {}).get(text)
        if learned is not None:
            return AtWork(learned, woken=True)
        built_in = _BUILT_IN.get(_program(name), frozenset[str]())
        if text in built_in or text.endswith(
            tuple(each for each in built_in if len(each) >= _BEHIND_OUTPUT_MIN and each[0] != ".")
        ):
            doubtful = _program(name) == "python" and text.endswith(_PYTHONS_OWN)
            return NOBODY if doubtful and not _PYTHON_ITSELF.fullmatch(command) else ANYBODY
        return None

    def learn(self, name: str, command: str, row: str, at_work: int) -> None:
        """The program stood still at this row until somebody typed there; the second time it is known for a prompt.

        It is one where no more are at work than `at_work`, as they were at the quieter of the two times. What looks
        like no prompt, or counts something, is not kept.
        """
        text = in_general(row)
        if not text.endswith(ENDS) or _COUNTER.search(text) or at_work > MOST:
            return
        sighting = (name, command, text)
        times, least = self._sighted.get(sighting, (0, MOST))
        self._sighted[sighting] = times, least = times + 1, min(least, at_work)
        if times >= _SIGHTINGS:
            self._learned.setdefault((name, command), {})[text] = least
