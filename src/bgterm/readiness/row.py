"""The text left of the cursor, from the tail of the output.

Line editors draw their line with cursor movements, and prompt_toolkit moves over rows too: a small picture of the last
rows is what it takes. It knows movements and erasures, and nothing of colours, regions or scrolling.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bgterm.engine.output import OutputBuffer

_TOKEN = re.compile(
    r"\x1b\[([0-9;:<=>?!]*)[ -/]*([@-~])"  # a control sequence
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # a string: title, link, mark
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x1f\x7f]"
    r"|[^\x00-\x1f\x7f]+"
)
_VERTICAL = re.compile(rb"\x1b(?:\[[0-9;]*[ABEFHSTdfu]|[78DMc])")
_NEAR = 512
_TAIL = 4096


def text_left_of_cursor(output: OutputBuffer, columns: int) -> str:
    """What stands left of the cursor in its row, of a terminal that is `columns` wide."""
    tail = output.read(max(output.start, output.end - _NEAR), output.end)
    row_start = tail.rfind(b"\n") + 1
    if not row_start or _VERTICAL.search(tail):
        tail = output.read(max(output.start, output.end - _TAIL), output.end)
        row_start = 0
        if output.end - output.start > _TAIL:  # the tail begins somewhere: at a whole row it is safe
            row_start = tail.find(b"\n") + 1
    return _rows(tail[row_start:], columns).left_of_cursor()


def column_of_cursor(shown: bytes, columns: int) -> int:
    """The column, from 1, in which the cursor stands after all this was shown."""
    return _rows(shown[-_TAIL:], columns).column


def _rows(shown: bytes, columns: int) -> _Rows:
    rows = _Rows(columns)
    rows.feed(shown.decode(errors="replace"))
    return rows


class _Rows:
    """Rows by number, which may be negative: where the first one stands on the screen does not matter."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._rows: dict[int, list[str]] = {}
        self._row = 0
        self._column = 0
        self._saved = (0, 0)

    @property
    def column(self) -> int:
        return min(self._column + 1, self._columns)

    def left_of_cursor(self) -> str:
        cells = self._rows.get(self._row, [])[: self._column]
        return "".join(cells)

    def feed(self, text: str) -> None:
        for token in _TOKEN.finditer(text):
            piece = token[0]
            if piece >= " " and piece[0] != "\x7f":
                self._write(piece)
            elif token[2]:
                self._control(token[2], token[1])
            else:
                self._simple(piece)

    def _write(self, text: str) -> None:
        for character in text:
            wide = 1
            if character > "\x7f":
                if unicodedata.combining(character):
                    continue
                wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if self._column + wide > self._columns:  # the row is full: only the next character moves on
                self._row, self._column = self._row + 1, 0
            row = self._rows.setdefault(self._row, [])
            if len(row) < self._column + wide:
                row.extend(" " * (self._column + wide - len(row)))
            row[self._column] = character
            if wide > 1:
                row[self._column + 1] = ""
            self._column += wide

    def _simple(self, piece: str) -> None:
        if piece == "\r":
            self._column = 0
        elif piece == "\n":
            self._row += 1
        elif piece == "\b":
            self._column = max(0, min(self._column, self._columns - 1) - 1)
        elif piece == "\t":
            self._column = min(self._column // 8 * 8 + 8, self._columns - 1)
        elif piece == "\x1b7":
            self._saved = (self._row, self._column)
        elif piece == "\x1b8":
            self._row, self._column = self._saved
        elif piece == "\x1bM":
            self._row -= 1

    def _control(self, final: str, parameters: str) -> None:
        numbers = [int(field) if field.isdecimal() else 0 for field in parameters.split(";")]
        count = max(numbers[0], 1)
        if final in "ABEF":
            self._row += count if final in "BE" else -count
            if final in "EF":
                self._column = 0
        elif final == "C":
            self._column = min(self._column + count, self._columns - 1)
        elif final == "D":
            self._column = max(min(self._column, self._columns - 1) - count, 0)
        elif final in "G`":
            self._column = min(count, self._columns) - 1
        elif final in "Hf":  # rows have no fixed place here: what stood there before is not known
            self._row, self._rows = count, {}
            self._column = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self._columns) - 1
        elif final in "KJPX@":
            self._edit(final, numbers[0], count)

    def _edit(self, final: str, mode: int, count: int) -> None:
        row = self._rows.get(self._row, [])
        column = self._column
        if final == "J":
            keep = {} if mode else {number: cells for number, cells in self._rows.items() if number <= self._row}
            self._rows = keep
        if final in "KJ":
            if mode == 0:
                del row[column:]
            else:
                row[: column + 1 if mode == 1 else None] = [" "] * min(column + 1, len(row))
        elif final == "P":
            del row[column : column + count]
        elif final == "X":
            row[column : column + count] = [" "] * len(row[column : column + count])
        elif len(row) > column:
            row[column:column] = [" "] * count
