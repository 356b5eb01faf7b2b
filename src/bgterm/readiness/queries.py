"""Answers to the questions that programs ask their terminal, for where no real screen is there to answer.

A program that asks and gets no answer hangs, or waits for its time-out: and while it waits for the answer it looks as
if it waited for you. So they are answered, honestly: as a terminal of few abilities, whose cursor stands where the
output's tail puts it, or where a real screen says, if one is kept. What such a terminal would not answer is not
answered here either (`ESC[?u`: the device attributes, which are always asked after it, tell that no answer will come).

Source: xterm's "Control Sequences" (ctlseqs), and the VT510 manual for the reports.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bgterm.readiness.row import column_of_cursor

if TYPE_CHECKING:
    from collections.abc import Callable

    from bgterm.engine.terminal import Terminal

_QUERY = re.compile(
    rb"\x1b(?:"
    rb"\[(?:(\??)([56])n"  # device status, cursor position
    rb"|([>=]?)0?c"  # device attributes: primary, secondary, tertiary
    rb"|(>)0?q"  # name and version
    rb"|(\??[0-9]+)\$p"  # is this mode set?
    rb"|(1[89])t)"  # size in characters
    rb"|\](1[0-2]);\?(\x07|\x1b\\)"  # colour of text, background, cursor
    rb"|P(\$q|\+q)[^\x1b]*\x1b\\)"  # a setting, a capability
)
_BEGUN = re.compile(rb"\x1b(?:\[[0-9;?>=$]*|\][0-9;?]*\x1b?|P[^\x1b]*\x1b?)?\Z")
_BEGUN_MAX = 256
_JUMP = re.compile(rb"\x1b(?:\[([0-9]{0,4})(?:;([0-9]{0,4}))?[Hf]|c)")

_ATTRIBUTES = {b"": b"\x1b[?62;22c", b">": b"\x1b[>1;10;0c", b"=": b"\x1bP!|00000000\x1b\\"}
"""A VT220 with colours, version 1.0, no serial number."""
_COLOURS = {b"10": b"ffff/ffff/ffff", b"11": b"0000/0000/0000", b"12": b"ffff/ffff/ffff"}


class Queries:
    """An observer of one terminal's output that types the answers."""

    def __init__(self, terminal: Terminal, on_screen: Callable[[], tuple[int, int] | None] = lambda: None) -> None:
        """Answer what is asked from now on, and what was asked already. Called with the terminal's lock held.

        `on_screen` gives the cursor's row and column, from 1, where there is a real screen that knows them.
        """
        self._terminal = terminal
        self._on_screen = on_screen
        self._begun = b""
        self._seen = 0
        terminal.observe(self)
        if end := terminal.output.end:
            self(0, terminal.output.read(0, end))

    def __call__(self, offset: int, data: bytes) -> bool:
        """Look for queries in `data`, which begins at `offset`. Called with the terminal's lock held."""
        if b"\x1b" not in data and not self._begun:
            return False
        end = offset + len(data)
        if end <= self._seen:  # told again after an interruption
            return bool(self._begun)
        self._seen = end
        data = self._begun + data
        taken = 0
        for query in _QUERY.finditer(data):
            taken = query.end()
            self._terminal.reply(self._answer(query, end - len(data) + query.start()))
        last = data.rfind(b"\x1b", max(taken, len(data) - _BEGUN_MAX))
        self._begun = data[last:] if last >= 0 and _BEGUN.match(data, last) else b""
        return bool(self._begun)

    def _answer(self, query: re.Match[bytes], asked_at: int) -> bytes:
        private, report, attributes, version, mode, size, colour, end, string = query.groups()
        if report == b"5":
            return b"\x1b[0n"
        if report:
            return b"\x1b[%s%d;%dR" % (private, *self._cursor(asked_at))
        if attributes is not None:
            return _ATTRIBUTES[attributes]
        if version:
            return b"\x1bP>|bgterm\x1b\\"
        if mode:
            return b"\x1b[%s;0$y" % mode  # not a mode that we know
        if size:
            rows, columns = self._terminal.size()
            return b"\x1b[%d;%d;%dt" % (int(size) - 10, rows, columns)
        if colour:
            return b"\x1b]%s;rgb:%s%s" % (colour, _COLOURS[colour], end)
        return b"\x1bP0%sr\x1b\\" % string[:1]  # not a setting, or a capability, that we know

    def _cursor(self, asked_at: int) -> tuple[int, int]:
        """Row and column of the cursor, from 1. The row is counted by lines since the last jump to a place."""
        if (known := self._on_screen()) is not None:
            return known
        output = self._terminal.output
        rows, columns = self._terminal.size()
        shown = output.read(output.start, asked_at)
        row, column, jump = 1, b"1", 0
        for found in _JUMP.finditer(shown):
            row, column, jump = int(found[1] or 1), found[2] or b"1", found.end()
        since = shown[jump:]
        return min(row + since.count(b"\n"), rows), column_of_cursor(b"\x1b[%sG%s" % (column, since), columns)
