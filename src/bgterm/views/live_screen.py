"""The screen of a live terminal, brought up to date when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bgterm.views.emulator import Emulator
from bgterm.views.screen import Screen

if TYPE_CHECKING:
    from bgterm.views.line_search import Kept
    from bgterm.views.sizes import Sizes

MOST_BYTES = 1 << 24
"""How much of a transcript is gone through for a screen that is asked for late: more than any program draws without
clearing the screen in between."""

MOST_CELLS = 1_000_000
"""The largest screen that is drawn. A cell may take 250 bytes, so the 65535 x 65535 that a terminal may have would take
all of the memory."""

_MOST_ROWS, _MOST_COLS = 1000, 1000  # what is drawn of a larger one, for when it becomes smaller
_PIECE_BYTES = 1 << 18
_CAN = b"\x18"


class LiveScreen:
    """An emulator that reads the output when it is asked to, and no byte of it twice.

    All of it is used with the terminal's lock held.

    Parameters
    ----------
    output: the terminal's buffer.
    transcript: all of its output, where that is kept.
    sizes: the terminal's sizes, to which more may be added.
    """

    def __init__(self, output: Kept, transcript: Kept | None, sizes: Sizes) -> None:
        self._output, self._transcript, self._sizes = output, transcript, sizes
        kept = transcript or output
        self.position = max(kept.start, kept.end - MOST_BYTES, sizes.start)
        """The offset of the output up to which it has read."""
        self._complete = self.position == 0
        self._size = sizes.at(self.position)
        self._emulator = Emulator(*self._drawn_size())
        if self.position:
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
        self._take_size()
        stop = min(self.position + _PIECE_BYTES, kept.end)
        if (change := self._sizes.next_change(self.position)) is not None:
            stop = min(stop, change)
        if data := kept.read(self.position, stop):
            self._emulator.feed(data)
            self.position += len(data)
        self._take_size()
        return self.position < output.end

    def _take_size(self) -> None:
        size = self._sizes.at(self.position)
        if size != self._size:
            self._size = size
            self._emulator.resize(*self._drawn_size())

    def _drawn_size(self) -> tuple[int, int]:
        _, rows, cols = self._size
        if rows * cols <= MOST_CELLS:
            return rows, cols
        self._complete = False
        return min(rows, _MOST_ROWS), min(cols, _MOST_COLS)

    def _check_size(self) -> None:
        _, rows, cols = self._size
        if rows * cols > MOST_CELLS:
            raise ValueError(
                f"a screen of {rows} x {cols} is too large to be drawn: it may have {MOST_CELLS:,} cells; "
                "resize the session first"
            )

    @property
    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 1, as a terminal reports them."""
        row, column = self._emulator.cursor
        return row + 1, column + 1

    def text(self) -> str:
        """The text of the screen, as `Screen.text`. Raises ValueError where it has more than `MOST_CELLS`."""
        self._check_size()
        return "\n".join(self._emulator.lines()).rstrip("\n")

    def snapshot(self, scrollback_lines: int = 0) -> Screen:
        """Return what the screen shows now. Raises ValueError where it has more than `MOST_CELLS`."""
        self._check_size()
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
