"""Put the comparison into the pages that show it, between two marks."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bench.peers.figures import read_rows
from bench.peers.outcome import Result
from bench.peers.picture import picture
from bench.peers.tables import full, short

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BEGIN, END = "<!-- made by make bench-peers: begin -->", "<!-- made by make bench-peers: end -->"
PICTURE = os.path.join("bench", "results", "peers.svg")


def filled(page: str, contents: str) -> str:
    """Return `page` with `contents` between its marks. Raises ValueError if it has none."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{contents}\n\n{END}{after}"


def contents(rows: Mapping[str, Result]) -> dict[str, str]:
    """Say what each page shows."""
    image = "![bgterm and its peers side by side]"
    return {
        "README.md": f"{image}({PICTURE})\n\n{short(rows)}",
        os.path.join("docs", "performance.md"): f"{image}(../{PICTURE})\n\n{full(rows)}",
    }


def write_pages(results: str) -> None:
    """Write the picture and fill the pages from the rows in the directory `results`."""
    rows = read_rows(results)
    with open(os.path.join(ROOT, PICTURE), "w", encoding="utf-8") as file:
        file.write(picture(rows))
    for name, shown in contents(rows).items():
        path = os.path.join(ROOT, name)
        with open(path, encoding="utf-8") as file:
            page = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(filled(page, shown))
