"""One row of text, and the edits that a program makes in it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TAB_STOP = 8

MOST_IN_CELL = 256
"""Characters that join one cell: a grapheme of any language has fewer."""

# Characters of one column each: most text and most progress bars have no others, and need no look-up.
NARROW_CHARACTERS = " -~\u00a0-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2190-\u2319\u2500-\u25fc\u2800-\u28ff"
NARROW = re.compile(f"[{NARROW_CHARACTERS}]*")


@lru_cache(maxsize=4096)
def columns_of(character: str) -> int:
    """Return how many columns a character takes: 0 for one that joins the character before it."""
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


class Row:
    """A row of cells, one for each column.

    A character that takes several columns (a wide one, a tab) stands in the first of them, the others are empty.
    """

    __slots__ = ("cells", "goes_on")

    def __init__(self) -> None:
        self.cells: list[str] = []
        self.goes_on = False  # whether the terminal wrapped the line here, so that no newline follows

    def __str__(self) -> str:
        return "".join(self.cells)

    def line(self) -> str:
        """Return the text, with a newline unless the line goes on in the next row."""
        return "".join(self.cells) if self.goes_on else "".join(self.cells) + "\n"

    def write(self, column: int, text: str, columns: int) -> tuple[int, str]:
        """Write printable `text` from `column` on. Return the column after it, and what does not fit into `columns`."""
        cells = self.cells
        if NARROW.fullmatch(text):
            fitting = text[: columns - column]
            end = column + len(fitting)
            if column == len(cells):
                cells.extend(fitting)
            elif fitting:
                self._open(column, end)
                cells[column:end] = fitting
            return end, text[len(fitting) :]
        for position, character in enumerate(text):
            width = min(columns_of(character), columns)
            if width == 0 and column == 0:
                width = 1  # nothing before it to join
            if width == 0:
                self._join(column, character)
                continue
            if column + width > columns and column:
                self.cut(column)  # what stands where a wide character has no room is gone
                return columns, text[position:]
            self._open(column, column + width)
            cells[column : column + width] = [character, *[""] * (width - 1)]
            column += width
        return column, ""

    def tab(self, column: int, columns: int) -> int:
        """Go from `column` to the next tab stop and return it."""
        stop = max(column, min(column // TAB_STOP * TAB_STOP + TAB_STOP, columns - 1))
        if column == len(self.cells):
            if column < stop:
                self.cells += ["\t", *[""] * (stop - column - 1)]
            elif column:
                self._join(column, "\t")  # it moves nothing at the right edge, but was printed
        return stop

    def erase(self, start: int, end: int) -> None:
        """Blank the columns from `start` to before `end`."""
        end = min(end, len(self.cells))
        if start < end:
            self._open(start, end)
            self.cells[start:end] = " " * (end - start)

    def cut(self, column: int) -> None:
        """Erase from `column` to the end."""
        if column < len(self.cells):
            self._open(column, column)
            del self.cells[column:]
        self.goes_on = False

    def insert(self, column: int, count: int) -> None:
        """Insert `count` blanks at `column`."""
        if column < len(self.cells):
            self._open(column, column)
            self.cells[column:column] = " " * count

    def delete(self, column: int, count: int) -> None:
        """Take out `count` columns at `column`; what follows moves left."""
        if column < len(self.cells):
            self._open(column, column + count)
            del self.cells[column : column + count]

    def _open(self, start: int, end: int) -> None:
        """Make the columns from `start` to before `end` free to replace: pad up to them, blank what they cut in two."""
        cells = self.cells
        if len(cells) < start:
            cells.extend(" " * (start - len(cells)))
        for edge in (start, end):
            if edge < len(cells) and not cells[edge]:
                first = edge
                while not cells[first]:
                    first -= 1
                last = edge + 1
                while last < len(cells) and not cells[last]:
                    last += 1
                cells[first:last] = " " * (last - first)

    def _join(self, column: int, character: str) -> None:
        self._open(column, column)
        column -= 1
        while not self.cells[column]:
            column -= 1
        if len(self.cells[column]) < MOST_IN_CELL:
            self.cells[column] += character
