"""The table of all figures, made from the result files: nothing in it is typed by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from bench.row import Row


def number(value: float | None) -> str:
    """Show three digits that count."""
    if value is None:
        return "–"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def verdict(row: Row) -> str:
    """Say whether the target is met, or by how much it is missed."""
    if row.missed_by is None:
        return ""
    return "met" if row.missed_by <= 0 else f"missed by {row.missed_by:.0%}"


def markdown(results: Iterable[dict[str, Any]]) -> str:
    """Lay out result files as one Markdown table, with the machine of each run above its rows."""
    lines: list[str] = []
    shown = ""
    for result in results:
        where = result["machine"]
        words = (
            f"{where['processor']}, {where['cores']} cores, {where['system']}, {where['python']}"
            f"{' free-threaded' if where['free_threaded'] else ''}"
        )
        if words != shown:
            lines += ["", words, "", "| | bgterm | bare loop | ratio | target | |", "|---|---:|---:|---:|---:|---|"]
            shown = words
        for row in map(Row.from_json, result["rows"]):
            unit = f" {row.unit}" if row.unit else ""
            bare = number(row.bare) + (unit if row.bare is not None else "")
            ratio = "–" if row.ratio is None else f"{row.ratio:.2f}"
            target = row.target.words(row.unit) if row.target else ""
            said = "; ".join(filter(None, (verdict(row), row.note)))
            lines.append(f"| {row.name} | {number(row.figure)}{unit} | {bare} | {ratio} | {target} | {said} |")
    return "\n".join(lines).lstrip("\n") + "\n"


def read_results(directory: str, names: Iterable[str]) -> list[dict[str, Any]]:
    """Read the result files of these benches that are there, in this order."""
    results: list[dict[str, Any]] = []
    for name in names:
        path = os.path.join(directory, f"{name}.json")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                results.append(json.load(file))
    return results
