"""Rows of text without end, and a cursor that can go back over the last of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from bgterm.views.row import TAB_STOP, Row, columns_of

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS_WITHIN_REACH = 100
"""How far up the cursor can go. No terminal lets it leave the screen, and few screens are taller."""

FARTHEST_COLUMN = 512
"""Where moves to the right end when the width is not known: `ESC[999C` means the right edge."""

WIDEST = 4096
"""The columns of the widest terminal, and of rows where the width is not known: what an edit costs is bounded."""

_LARGEST_NUMBER = 9999

_PIECE = 1024
"""Long text is written in pieces: each row that is filled costs a look at all of its piece."""


class Page:
    """What a terminal of unlimited height would show, given out from the top as it becomes final.

    Parameters
    ----------
    columns: the width, or None where it is not known: then only lines are wrapped that no terminal has room for.
    """

    def __init__(self, columns: int | None) -> None:
        self._width_known = columns is not None
        self.columns = min(columns or WIDEST, WIDEST)
        self._edge = (self.columns if columns is not None else FARTHEST_COLUMN) - 1  # the farthest that a move goes
        self._final: list[str] = []
        self._above: list[Row | str] = []  # a text holds whole lines, often many
        self._row = Row()
        self._below: list[Row] = []  # the nearest one last
        self._column = 0
        self._number = 0  # of the cursor's row; what is saved would be lost otherwise when rows become final
        self._bottom = ROWS_WITHIN_REACH - 1  # the number of the lowest row that a terminal with as many rows has
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
    def under_cursor(self) -> str:
        """The character where the cursor stands, empty behind the end of its row."""
        return "".join(self._row.cells[self._column : self._column + 1])

    @property
    def column(self) -> int:
        """The cursor's column, from 0; the width where the row is full."""
        return self._column

    @property
    def row(self) -> int:
        """The number of the cursor's row, from 0."""
        return self._number

    def add_lines(self, lines: str) -> None:
        """Add whole lines of printable text and tabs; only `between_lines`."""
        wraps = self._wraps(lines)
        if wraps is None:
            for line in lines.split("\n")[:-1]:
                self.write_line(line)
        else:
            self._above.append(lines)
            self._printed = ""
            self._number += lines.count("\n") + wraps
            self._bottom = max(self._bottom, self._number)

    def _wraps(self, lines: str) -> int | None:
        """How often the terminal wraps these lines; None where that must be tried."""
        narrow, tabs = lines.isascii(), "\t" in lines
        if narrow and tabs:
            lines = lines.expandtabs(TAB_STOP)
        longest = self.columns if narrow else self.columns // (TAB_STOP if tabs else 2)
        end = 0
        while len(lines) - end > longest:
            start = end
            end = lines.rfind("\n", start, start + longest + 1) + 1
            if not end:
                if tabs or not narrow:
                    return None
                return sum((len(line) - 1) // self.columns for line in lines.split("\n") if line)
        return 0

    def write_line(self, line: str) -> None:
        """Print a line of text and tabs, and go on to the next row."""
        for position, piece in enumerate(line.split("\t")):
            if position:
                self.tab()
            if piece:
                self.write(piece)
        self._down()
        self.carriage_return()

    def write(self, text: str) -> None:
        """Print at the cursor."""
        last = text[-1]
        if not columns_of(last):
            last = next((character for character in reversed(text) if columns_of(character)), self._printed)
        self._printed = last
        for start in range(0, len(text), _PIECE):
            piece = text[start : start + _PIECE]
            while True:
                self._column, piece = self._row.write(self._column, piece, self.columns)
                if not piece:
                    break
                self._row.goes_on = True
                self._down()
                self._column = 0

    def newline(self) -> None:
        """Go to the beginning of the next row."""
        self._down()
        self.carriage_return()
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
        if parameters and final in "su":
            return  # with parameters these are other functions: margins, and kitty's keyboard
        if final not in "bIs":
            self._end_pending_wrap()
        digits = parameters.partition(";")[0].lstrip("0")
        number = int(digits or 0) if len(digits) < len(str(_LARGEST_NUMBER)) else _LARGEST_NUMBER
        self.CONTROL_FUNCTIONS[final](self, number)

    def escape(self, final: str) -> None:
        """Do what ESC with this character says."""
        if final == "7":
            self._save()
        elif final == "8":
            self._restore()
        elif final == "D":
            self._end_pending_wrap()
            self._down()
        elif final == "E":
            self.newline()
        elif final == "M":
            self._reverse_index()
        else:
            self.jump()

    def _end_pending_wrap(self) -> None:
        """After the last column the cursor stands on it still, until another character makes it wrap."""
        if self._width_known:
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
        self._bottom = self._number + ROWS_WITHIN_REACH - 1

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
        for _ in range(min(number or 1, self._bottom - self._number)):
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
        self._column = max(self._column, min(self._column + (number or 1), self._edge))

    def _cursor_left(self, number: int) -> None:
        self.backspace(number or 1)

    def _cursor_column(self, number: int) -> None:
        self._column = 0
        if number > 1:
            self._cursor_right(number - 1)

    def _cursor_elsewhere(self, _number: int) -> None:
        self.jump()

    def _erase_in_screen(self, number: int) -> None:
        if number in {1, 2}:
            self.jump()
        elif number == 0:
            self._row.cut(self._column)
            self._below.clear()

    def _erase_in_row(self, number: int) -> None:
        if number == 1:
            self._row.erase(0, self._column + 1)
        elif number in {0, 2}:
            self._row.cut(0 if number else self._column)

    def _erase_characters(self, number: int) -> None:
        self._row.erase(self._column, self._column + (number or 1))

    def _delete_characters(self, number: int) -> None:
        self._row.delete(self._column, number or 1)

    def _insert_characters(self, number: int) -> None:
        self._row.insert(self._column, min(number or 1, self.columns - self._column))
        self._row.cut(self.columns)

    def _insert_lines(self, number: int) -> None:
        for _ in range(min(number or 1, ROWS_WITHIN_REACH)):
            self._below.append(self._row)
            self._row = Row()
        del self._below[: max(0, self._number + len(self._below) - self._bottom)]
        self._column = 0

    def _delete_lines(self, number: int) -> None:
        for _ in range(min(number or 1, ROWS_WITHIN_REACH)):
            self._row = self._below.pop() if self._below else Row()
        self._column = 0

    def _tabs_forward(self, number: int) -> None:
        stop = (self._column // TAB_STOP + (number or 1)) * TAB_STOP
        self._column = max(self._column, min(stop, self._edge))

    def _tabs_back(self, number: int) -> None:
        self._column = max(0, (self._column - 1) // TAB_STOP - (number or 1) + 1) * TAB_STOP

    def _repeat(self, number: int) -> None:
        if self._printed:
            self.write(self._printed * min(number or 1, FARTHEST_COLUMN))

    def _down(self) -> None:
        self._above.append(self._row)
        self._row = self._below.pop() if self._below else Row()
        self._number += 1
        self._bottom = max(self._bottom, self._number)

    def _down_to_last(self) -> None:
        while self._below:
            self._down()

    def _up(self, count: int) -> None:
        for _ in range(min(count, self._number - self._bottom + ROWS_WITHIN_REACH - 1)):
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

    def _reverse_index(self) -> None:
        """Go up, and scroll down where the cursor is in the top row."""
        number, column = self._number, self._column
        self._up(1)
        if self._number == number:
            self._insert_lines(1)
            self._column = column
        else:
            self._end_pending_wrap()

    def _save(self, _number: int = 0) -> None:
        self._saved = (self._number, self._column)

    def _restore(self, _number: int = 0) -> None:
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
        "I": _tabs_forward,
        "J": _erase_in_screen,
        "K": _erase_in_row,
        "L": _insert_lines,
        "M": _delete_lines,
        "P": _delete_characters,
        "S": _scroll_up,
        "X": _erase_characters,
        "Z": _tabs_back,
        "`": _cursor_column,
        "a": _cursor_right,
        "b": _repeat,
        "d": _cursor_elsewhere,
        "e": _cursor_down,
        "f": _cursor_elsewhere,
        "j": _cursor_left,
        "k": _cursor_up,
        "s": _save,
        "u": _restore,
    }
    """What each CSI final character does (ECMA-48's names), given the first parameter or 0."""
