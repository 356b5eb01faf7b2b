"""Make the tables of the documentation from the records of runs: `python tests/tables.py [--check]`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from readiness.programs_table import programs_table
from records import Rows, tables_of

TESTS = os.path.dirname(os.path.abspath(__file__))
DOCS = os.path.join(os.path.dirname(TESTS), "docs")
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"


def plain_table(title: str, rows: Rows, first: str, words: Mapping[str, str]) -> list[str]:
    """The lines of a table with a column for each that any row has; `first` heads the names of the rows."""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    numbers = {column for column in columns if all(isinstance(row.get(column, 0), int) for row in rows.values())}
    heads = [words.get(column, column.capitalize()) for column in columns]
    rules = ["---:" if column in numbers else "---" for column in columns]
    return [
        f"\n{title}:\n",
        f"| {' | '.join([first, *heads])} |",
        f"|---|{'|'.join(rules)}|",
        *(
            f"| {name} | {' | '.join(_cell(row.get(column, ''), words) for column in columns)} |"
            for name, row in rows.items()
        ),
    ]


def _cell(value: object, words: Mapping[str, str]) -> str:
    return f"{value:,}" if isinstance(value, int) else words.get(str(value), str(value))


@dataclass(frozen=True)
class Page:
    """A page of the documentation, and the record that its tables show."""

    path: str
    results: str
    first: str
    """The head of the column of names."""
    words: Mapping[str, str]
    """What stands for a column's name or a value."""
    drawn: Mapping[str, Callable[[str, Rows], list[str]]]
    """Tables that are drawn in a way of their own."""

    def made(self) -> str:
        """The page with the tables of the present record."""
        with open(self.path, encoding="utf-8") as file:
            text = file.read()
        before, rest = text.split(BEGIN)
        lines: list[str] = []
        for title, rows in tables_of(self.results).items():
            draw = self.drawn.get(title)
            lines += draw(title, rows) if draw else plain_table(title, rows, self.first, self.words)
        return before + BEGIN + "\n".join(lines) + "\n\n" + END + rest.split(END)[1]

    def is_fresh(self) -> bool:
        """Whether the page shows the present record."""
        with open(self.path, encoding="utf-8") as file:
            return file.read() == self.made()


PAGES = [
    Page(
        os.path.join(DOCS, "reliability.md"),
        os.path.join(TESTS, "faults", "results.json"),
        "Fault",
        {"of": "Of what", "": "all that the test checks"},
        {},
    ),
    Page(
        os.path.join(DOCS, "readiness.md"),
        os.path.join(TESTS, "readiness", "results.json"),
        "What",
        {},
        {"Programs": programs_table},
    ),
]


def _make(page: Page) -> None:
    made = page.made()
    with open(page.path, "w", encoding="utf-8") as file:
        file.write(made)


if __name__ == "__main__":
    stale = [os.path.basename(page.path) for page in PAGES if not page.is_fresh()]
    if "--check" in sys.argv:
        sys.exit(f"run python tests/tables.py: {', '.join(stale)}" if stale else 0)
    for page in PAGES:
        _make(page)
