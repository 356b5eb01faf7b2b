"""Make the table of docs/reliability.md from the record of a run: `python tests/faults/table.py [--check]`."""

from __future__ import annotations

import json
import os
import sys

FOLDER = os.path.dirname(__file__)
RESULTS = os.path.join(FOLDER, "results.json")
PAGE = os.path.join(FOLDER, "..", "..", "docs", "reliability.md")
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"


def table() -> str:
    """One row for each fault: how often it was injected, and what was lost."""
    with open(RESULTS, encoding="utf-8") as file:
        runs: dict[str, dict[str, dict[str, int | str]]] = json.load(file)
    lines: list[str] = []
    for python, faults in sorted(runs.items()):
        lines += [f"\n{python}:\n", "| Fault | Injected | Lost | Of what |", "|---|---:|---:|---|"]
        lines += [
            f"| {fault} | {row['injected']:,} | {int(row['lost'])} | {row['of'] or 'all that the test checks'} |"
            for fault, row in sorted(faults.items())
        ]
    return "\n".join(lines) + "\n\n"


def page() -> str:
    """The page with the table of the present record."""
    with open(PAGE, encoding="utf-8") as file:
        text = file.read()
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    made = page()
    with open(PAGE, encoding="utf-8") as written:
        same = written.read() == made
    if "--check" in sys.argv:
        sys.exit(0 if same else "docs/reliability.md: run python tests/faults/table.py")
    with open(PAGE, "w", encoding="utf-8") as writing:
        writing.write(made)
