"""Rows of text without end, and a cursor that can go back over the last of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bgterm.views.row import Row

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS_WITHIN_REACH = 100
"""How far up the cursor can go. No terminal lets it leave the screen, and few screens are taller."""

FARTHEST_COLUMN = 512
"""Where moves to the right end when the width is not known: `ESC[999C` means the right edge."""


class Page:
    """What a terminal of unlimited height would show, given out from the top as it becomes final.

    Parameters
    ----------
    columns: the width, or None where it is not known: then no line is wrapped.
    """

    def __init__(self, columns: int | None) -> None:
        self.columns = columns
        self._final: list[str] = []
        self._above: list[Row | str] = []  # a text holds whole lines, often many
        self._row = Row()
        self._below: list[Row] = []  # the nearest one last
        self._column = 0
        self._number = 0  # of the cursor's row; what is saved would be lost otherwise when rows become final
        self._saved: tuple[int, int] | None = None
        self._printed = ""

    @property
    def between_lines(self) -> bool:
        """Whether the cursor stands on an empty last row: whole lines can be added as they are."""
        return not (self._column or self._row.cells or self._below)

    @property
    def at_end(self) -> bool:
        """Whether the cursor stands at the end of the last row."""
        return self._column == len(self._row.cells) and not self._below

    @property
    def left_of_cursor(self) -> str:
        """The text of the cursor's row up to the cursor."""
        return "".join(self._row.cells[: self._column])

    @property
    def column(self) -> int:
        """The cursor's column, from 0; the width where the row is full."""
        return self._column

    def add_lines(self, lines: str) -> None:
        """Add whole lines of printable text; only `between_lines`."""
        self._above.append(lines)
        self._number += lines.count("\n")

    def write_line(self, line: str) -> None:
        """Print a line of text and tabs, and go on to the next row."""
        for position, piece in enumerate(line.split("\t")):
            if position:
                self.tab()
            if piece:
                self.write(piece)
        self._down()
        self._column = 0

    def write(self, text: str) -> None:
        """Print at the cursor."""
        self._printed = text[-1]
        while True:
            self._column, text = self._row.write(self._column, text, self.columns)
            if not text:
                return
            self._row.goes_on = True
            self._down()
            self._column = 0

    def newline(self) -> None:
        """Go to the beginning of the next row."""
        self._down()
        self._column = 0
        if len(self._above) > 3 * ROWS_WITHIN_REACH:
            self._settle(ROWS_WITHIN_REACH)

    def carriage_return(self) -> None:
        """Go to the beginning of the row."""
        self._column = 0
        self._printed = ""

    def backspace(self, count: int) -> None:
        """Go `count` columns left."""
        self._end_pending_wrap()
        self._column = max(0, self._column - count)

    def tab(self) -> None:
        """Go to the next tab stop."""
        self._column = self._row.tab(self._column, self.columns)

    def control(self, final: str, parameters: str) -> None:
        """Do what the CSI sequence with this final character and these parameters says, if it moves or erases."""
        if final in "su":
            # With parameters these are other functions: margins, and kitty's keyboard.
            if not parameters:
                self.escape("7" if final == "s" else "8")
            return
        self._end_pending_wrap()
        number = int(parameters.partition(";")[0][:4] or 0)
        self.CONTROL_FUNCTIONS[final](self, number)

    def escape(self, final: str) -> None:
        """Do what ESC with this character says."""
        self._end_pending_wrap()
        if final == "7":
            self._saved = (self._number, self._column)
        elif final == "8":
            self._restore()
        elif final == "D":
            self._down()
        elif final == "E":
            self.newline()
        elif final == "M":
            self._up(1)
        else:
            self.jump()

    def _end_pending_wrap(self) -> None:
        """After the last column the cursor stands on it still, until another character makes it wrap."""
        if self.columns is not None:
            self._column = min(self._column, self.columns - 1)

    def jump(self) -> None:
        """The cursor went to another place of the screen: begin a new line, and nothing above it can change."""
        if not self.between_lines:
            self._down_to_last()
            if self._row.cells:
                self.newline()
            self._column = 0
        self._settle(0)
        self._saved = None

    def final(self) -> str:
        """Return the lines that the cursor cannot reach any more."""
        self._settle(ROWS_WITHIN_REACH)
        lines = "".join(self._final)
        self._final.clear()
        return lines

    def rest(self) -> str:
        """Return all that is left, at the end."""
        self._down_to_last()
        self._settle(0)
        return "".join([*self._final, str(self._row)])

    def _cursor_up(self, number: int) -> None:
        self._up(number or 1)

    def _cursor_down(self, number: int) -> None:
        for _ in range(min(number or 1, ROWS_WITHIN_REACH)):
            self._down()

    def _scroll_up(self, number: int) -> None:
        """Line editors do so on the screen's last row, to go on below it: there the cursor is lower in the text."""
        if not self._below:
            self._cursor_down(number)

    def _previous_line(self, number: int) -> None:
        self._up(number or 1)
        self._column = 0

    def _next_line(self, number: int) -> None:
        self._cursor_down(number)
        self._column = 0

    def _cursor_right(self, number: int) -> None:
        edge = FARTHEST_COLUMN if self.columns is None else self.columns
        self._column = max(self._column, min(self._column + (number or 1), edge - 1))

    def _cursor_left(self, number: int) -> None:
        self.backspace(number or 1)

    def _cursor_column(self, number: int) -> None:
        self._column = 0
        if number > 1:
            self._cursor_right(number - 1)

    def _cursor_elsewhere(self, _number: int) -> None:
        self.jump()

    def _erase_in_screen(self, number: int) -> None:
        if number:
            self.jump()
        else:
            self._row.cut(self._column)
            self._below.clear()

    def _erase_in_row(self, number: int) -> None:
        if number == 1:
            self._row.erase(0, self._column + 1)
        else:
            self._row.cut(0 if number else self._column)

    def _erase_characters(self, number: int) -> None:
        self._row.erase(self._column, self._column + (number or 1))

    def _delete_characters(self, number: int) -> None:
        self._row.delete(self._column, number or 1)

    def _insert_characters(self, number: int) -> None:
        self._row.insert(self._column, min(number or 1, FARTHEST_COLUMN))
        if self.columns is not None:
            self._row.cut(self.columns)

    def _repeat(self, number: int) -> None:
        if self._printed:
            self.write(self._printed * min(number or 1, FARTHEST_COLUMN))

    def _down(self) -> None:
        self._above.append(self._row)
        self._row = self._below.pop() if self._below else Row()
        self._number += 1

    def _down_to_last(self) -> None:
        while self._below:
            self._down()

    def _up(self, count: int) -> None:
        for _ in range(min(count, ROWS_WITHIN_REACH - 1 - len(self._below))):
            if not self._above:
                return
            self._below.append(self._row)
            self._row = self._row_above()
            self._number -= 1

    def _row_above(self) -> Row:
        last = self._above.pop()
        if isinstance(last, Row):
            return last
        # What lies beyond the reach now stays beyond it, so no text is taken apart twice.
        *lines, _ = last.rsplit("\n", ROWS_WITHIN_REACH + 1)
        if len(lines) > ROWS_WITHIN_REACH:
            self._above.append(lines.pop(0) + "\n")
        scratch = Page(self.columns)
        for line in lines:
            scratch.write_line(line)
        self._above += scratch._above
        return self._row_above()

    def _restore(self) -> None:
        if self._saved is None:
            return
        number, column = self._saved
        self._up(self._number - number)
        for _ in range(min(number - self._number, ROWS_WITHIN_REACH)):
            self._down()
        self._column = column

    def _settle(self, keep: int) -> None:
        """Give out all above the cursor but the last `keep` rows."""
        kept: list[Row | str] = []
        while self._above and keep > 0:
            last = self._above.pop()
            if isinstance(last, str):
                cut = len(last)
                while keep > 0 and cut > 0:
                    cut = last.rfind("\n", 0, cut - 1) + 1
                    keep -= 1
                if cut:
                    self._above.append(last[:cut])
                    last = last[cut:]
            else:
                keep -= 1
            kept.append(last)
        self._final += [rows if isinstance(rows, str) else rows.line() for rows in self._above]
        self._above = kept[::-1]

    CONTROL_FUNCTIONS: ClassVar[dict[str, Callable[[Page, int], None]]] = {
        "@": _insert_characters,
        "A": _cursor_up,
        "B": _cursor_down,
        "C": _cursor_right,
        "D": _cursor_left,
        "E": _next_line,
        "F": _previous_line,
        "G": _cursor_column,
        "H": _cursor_elsewhere,
        "J": _erase_in_screen,
        "K": _erase_in_row,
        "P": _delete_characters,
        "S": _scroll_up,
        "X": _erase_characters,
        "`": _cursor_column,
        "a": _cursor_right,
        "b": _repeat,
        "d": _cursor_elsewhere,
        "e": _cursor_down,
        "f": _cursor_elsewhere,
    }
    """What each CSI final character does (ECMA-48's names), given the first parameter or 0."""
