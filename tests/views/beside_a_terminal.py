"""What a terminal shows of a stream, and what plain text is made of, row by row.

Plain text has no height, but a reach; a terminal with as many rows as that, and all it has scrolled away, is the same.
"""

from __future__ import annotations

from bgterm.views.page import ROWS_WITHIN_REACH, Page
from bgterm.views.plain import PlainText
from bgterm.views.row import Row

Shown = tuple[list[str], tuple[int, int]]
"""The rows without blanks at their ends, and the cursor's row and column."""


def in_a_terminal(output: str, columns: int) -> Shown:
    from bgterm.views.emulator import Emulator  # noqa: PLC0415 - where it is not installed, others are tested

    terminal = Emulator(ROWS_WITHIN_REACH, columns)
    terminal.feed(output.encode())
    scrolled, lines = terminal.scrollback(10_000), terminal.lines()
    row, column = terminal.cursor
    return without_blank_end([*scrolled, *lines]), (row + len(scrolled), column)


def in_plain_text(output: str, columns: int) -> Shown:
    view = PlainText(columns)
    page = view._page
    page.final = lambda: ""  # type: ignore[method-assign]  # all rows stay to be looked at
    view.feed(output)
    rows = [row for part in [*page._final, *page._above] for row in rows_of(part, columns)]
    cursor = len(rows), min(page.column, columns - 1)
    rows += map(shown, (page._row, *reversed(page._below)))
    return without_blank_end(rows), cursor


def rows_of(part: Row | str, columns: int) -> list[str]:
    if isinstance(part, Row):
        return [shown(part)]
    written = Page(columns)
    for line in part.removesuffix("\n").split("\n"):
        written.write_line(line)
    return [row for line in written._above for row in rows_of(line, columns)]


def shown(row: Row) -> str:
    seen = ""
    in_tab = False
    for cell in row.cells:
        if cell:
            in_tab = cell.startswith("\t")
        seen += " " if in_tab else cell.replace("\t", "")
    return seen.rstrip(" ")


def without_blank_end(rows: list[str]) -> list[str]:
    while rows and not rows[-1]:
        rows.pop()
    return rows
