"""The screen of a live terminal, brought up to date when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bgterm.views.emulator import Emulator
from bgterm.views.screen import Screen

if TYPE_CHECKING:
    from bgterm.views.line_search import Kept
    from bgterm.views.sizes import SizeChange

MOST_BYTES = 1 << 24
"""How much of a transcript is gone through for a screen that is asked for late: more than any program draws without
clearing the screen in between."""

_PIECE_BYTES = 1 << 18
_CAN = b"\x18"


class LiveScreen:
    """An emulator that reads the output when it is asked to, and no byte of it twice.

    All of it is used with the terminal's lock held.

    Parameters
    ----------
    output: the terminal's buffer.
    transcript: all of its output, where that is kept.
    sizes: the terminal's sizes, of which more may be added at the end.
    """

    def __init__(self, output: Kept, transcript: Kept | None, sizes: list[SizeChange]) -> None:
        self._output, self._transcript, self._sizes = output, transcript, sizes
        kept = transcript or output
        self.position = max(kept.start, kept.end - MOST_BYTES)
        """The offset of the output up to which it has read."""
        self._complete = self.position == 0
        self._next_size = sum(size.offset <= self.position for size in sizes)
        size = sizes[self._next_size - 1]
        self._emulator = Emulator(size.rows, size.cols)
        if not self._complete:
            # It may be the middle of a sequence or a character: the next line surely is not.
            self.position += kept.read(self.position, self.position + _PIECE_BYTES).find(b"\n") + 1

    def update(self) -> bool:
        """Read what has come, a piece of it at most; return whether there is more."""
        output = self._output
        kept = output
        if self.position < output.start:
            if self._transcript is not None and self._transcript.start <= self.position < self._transcript.end:
                kept = self._transcript
            else:
                self._emulator.feed(_CAN)  # what was begun has lost its end
                self._complete = False
                self.position = output.start
        while self._next_size < len(self._sizes) and self._sizes[self._next_size].offset <= self.position:
            size = self._sizes[self._next_size]
            self._emulator.resize(size.rows, size.cols)
            self._next_size += 1
        stop = min(self.position + _PIECE_BYTES, kept.end)
        if self._next_size < len(self._sizes):
            stop = min(stop, self._sizes[self._next_size].offset)
        if data := kept.read(self.position, stop):
            self._emulator.feed(data)
            self.position += len(data)
        return self.position < output.end or self._next_size < len(self._sizes)

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 1, as a terminal reports them."""
        row, column = self._emulator.cursor
        return row + 1, column + 1

    def text(self) -> str:
        """The text of the screen, as `Screen.text`."""
        return "\n".join(self._emulator.lines()).rstrip("\n")

    def snapshot(self, scrollback_lines: int = 0) -> Screen:
        """Return what the screen shows now."""
        emulator = self._emulator
        rows, cols = emulator.size
        return Screen(
            lines=emulator.lines(),
            cursor=emulator.cursor,
            cursor_visible=emulator.cursor_visible,
            title=emulator.title,
            rows=rows,
            cols=cols,
            alternate=emulator.alternate,
            scrollback=emulator.scrollback(scrollback_lines),
            complete=self._complete,
            end_offset=self.position,
            styled=emulator.styled(),
        )
