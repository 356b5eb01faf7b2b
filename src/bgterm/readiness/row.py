"""The text left of the cursor, from the tail of the output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bgterm.loading import load

if TYPE_CHECKING:
    from bgterm.engine.output import OutputBuffer
    from bgterm.views.plain import PlainText

_VERTICAL = re.compile(rb"\x1b(?:\[[0-9;]*[ABEFHSTdfu]|[78DMc])")
_STILL = re.compile(rb"\x1b\[(?:[0-9;]*m|\?2004h)")
_JUMP = re.compile(rb"\x1b(?:\[([0-9]{0,4})(?:;([0-9]{0,4}))?[Hf]|c)")
ROWS_MAX = 5
"""No prompt has more rows above the cursor's."""
PROMPT_BYTES = 8192
"""Nor does one take more to draw."""
_NEAR = 512
_TAIL = 4096
"""Line editors draw within the last rows: what came earlier has no part in the cursor's row."""


def text_left_of_cursor(output: OutputBuffer, columns: int) -> str:
    """What stands left of the cursor in its row, of a terminal that is `columns` wide."""
    tail = output.read(output.end - _NEAR, output.end)
    row_start = tail.rfind(b"\n") + 1
    if not row_start or _VERTICAL.search(tail):
        tail = output.read(output.end - _TAIL, output.end)
        # Where the tail begins somewhere, only a whole row is safe.
        row_start = tail.find(b"\n") + 1 if output.end - output.start > _TAIL else 0
    row = tail[row_start:]
    text = _STILL.sub(b"", row).decode(errors="replace")
    if text.isascii() and text.isprintable() and len(text) < columns:
        return text  # as most prompts are: there is nothing to draw
    return _shown(row, columns).left_of_cursor


def line_left_of_cursor(output: OutputBuffer, columns: int, row: str) -> str:
    """What stands left of the cursor in its line, of which `row` is the last that was wrapped at the terminal's edge.

    Output without a newline may stand before a prompt, and the edge in the middle of the prompt.
    """
    tail = output.read(output.end - _TAIL, output.end)
    line = tail[tail.rfind(b"\n") + 1 :]
    if len(line) <= columns or _VERTICAL.search(line):
        return row
    return _shown(line, None).left_of_cursor


def shown_left_of_cursor(shown: bytes, columns: int | None) -> str:
    """What stands left of the cursor after all this was shown, `columns` wide, or however wide it needs."""
    return _shown(shown[-_TAIL:], columns).left_of_cursor


def rows_above_cursor(shown: bytes) -> int:
    """How many rows lie between the cursor and where it was before all this was shown."""
    return _shown(shown, None).row


def cursor_is_on_bracket(output: OutputBuffer, columns: int) -> bool:
    """Whether the cursor stands on an opening bracket, as where a line editor shows what one just typed closes."""
    tail = output.read(output.end - _TAIL, output.end)
    row = _STILL.sub(b"", tail[tail.rfind(b"\n") + 1 :])
    if b"\b" not in row and b"\x1b" not in row:
        return False
    under_cursor = _shown(tail, columns).under_cursor
    return under_cursor != "" and under_cursor in "([{"


class CursorPlace:
    """Where the cursor is, as far as output tells without a screen: rows are counted by lines since the last jump.

    Each byte of the output is looked at once, whatever is asked how often.
    """

    def __init__(self) -> None:
        self._offset = 0  # looked at up to here
        self._row = 1
        self._columns = 0
        self._view: PlainText | None = None

    def at(self, output: OutputBuffer, end: int, rows: int, columns: int) -> tuple[int, int]:
        """Row and column, from 1, after the output up to `end`, which only grows, of a terminal of this size."""
        shown = output.read(max(self._offset, output.start), end)
        self._offset = max(self._offset, end)
        jumps = list(_JUMP.finditer(shown))
        jump = jumps[-1] if jumps else None
        if jump is not None:
            self._row = int(jump[1] or 1)
            shown = shown[jump.end() :]
        self._row = max(min(self._row + shown.count(b"\n"), rows), 1)
        if jump is not None or self._view is None or columns != self._columns or len(shown) > _TAIL:
            self._columns = columns
            column = (jump and jump[2]) or b"1"
            self._view = _shown(b"\x1b[%sG%s" % (column, shown[-_TAIL:]), columns)
        else:
            self._view.feed(shown.decode(errors="replace"))
        return self._row, min(self._view.column + 1, columns)


def _shown(shown: bytes, columns: int | None) -> PlainText:
    load("bgterm.views.plain")  # here the lock is held: where a program asks for the cursor before anybody asks us
    from bgterm.views.plain import PlainText  # noqa: PLC0415 - its patterns take milliseconds to compile

    page = PlainText(columns)
    page.feed(shown.decode(errors="replace"))
    return page
