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


def shown_left_of_cursor(shown: bytes, columns: int | None) -> str:
    """What stands left of the cursor after all this was shown, `columns` wide, or however wide it needs."""
    return _shown(shown[-_TAIL:], columns).left_of_cursor


def column_of_cursor(shown: bytes, columns: int) -> int:
    """The column, from 1, in which the cursor stands after all this was shown."""
    return min(_shown(shown[-_TAIL:], columns).column + 1, columns)


def _shown(shown: bytes, columns: int | None) -> PlainText:
    load("bgterm.views.plain")  # here the lock is held: where a program asks for the cursor before anybody asks us
    from bgterm.views.plain import PlainText  # noqa: PLC0415 - its patterns take milliseconds to compile

    page = PlainText(columns)
    page.feed(shown.decode(errors="replace"))
    return page
