"""The table of programs in docs/readiness.md, from what `test_programs` recorded."""

from __future__ import annotations

from collections import Counter
from typing import Any

from records import Rows

CONFIDENCES = ("certain", "prompt", "marks", "quiet", "none")


def programs_table(title: str, rows: Rows) -> list[str]:
    """One row for each program: what its answers rest on, how many were wrong, and how soon they came."""
    return [
        f"\n{title}:\n",
        "| Program | Confidence | Answers | Wrong | p50 ms | p95 ms | p95 ms, loaded | |",
        "|---|---|---:|---:|---:|---:|---:|---|",
        *(_row(name, row) for name, row in rows.items()),
    ]


def _row(name: str, row: dict[str, Any]) -> str:
    runs: list[dict[str, Any]] = [run for run in row.values() if isinstance(run, dict)]
    counts = Counter[str]()
    for run in runs:
        counts.update(run["confidence"])
    confidence = ", ".join(
        each if len(counts) == 1 else f"{each} {counts[each]}" for each in CONFIDENCES if counts[each]
    )
    cells = [
        f"`{name}`",
        confidence,
        f"{sum(run['answers'] for run in runs):,}",
        str(sum(run["wrong"] for run in runs)),
        _ms(row, "idle", "p50"),
        _ms(row, "idle", "p95"),
        _ms(row, "loaded", "p95"),
        str(row.get("because", "")),
    ]
    return f"| {' | '.join(cells)} |"


def _ms(row: dict[str, Any], run: str, quantile: str) -> str:
    ran = row.get(run) or row.get(f"{run}, ordinary user")
    return f"{ran[quantile]:.2g}" if ran else ""
