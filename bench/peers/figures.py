"""The rows of the comparison read back, and what follows from them: who is first, and which targets are met."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from bench.peers.adapters import BARE
from bench.peers.outcome import Outcome, Result
from bench.table import number

OURS = "bgterm"
DRAW = 1.05
"""So near are two figures one: the same runs, repeated, differ by as much."""


def read_rows(directory: str) -> dict[str, Result]:
    """Read all rows that are there, by task."""
    rows: dict[str, Result] = {}
    for file_name in sorted(os.listdir(directory)):
        if file_name.endswith(".json"):
            with open(os.path.join(directory, file_name), encoding="utf-8") as file:
                row = Result.from_json(json.load(file))
            rows[row.task] = row
    return {task: rows[task] for task in sorted(rows, key=place)}


def place(task: str) -> tuple[int, int, str]:
    """Where a row is shown; of two with numbers, the smaller first."""
    kind = task.partition("_")[0]
    return ORDER.index(kind) if kind in ORDER else len(ORDER), len(task), task


ORDER = ("echo", "draining", "starting", "python", "bash", "regex", "many", "idle", "stalled", "killed", "long")
"""How the names of tasks begin, in the order in which they are shown."""


def cost(row: Result, outcome: Outcome) -> float:
    """Something that is less when the outcome is better."""
    if outcome.figure is None:
        raise ValueError(f"{outcome.peer} has no figure in {row.task}")
    return 1 / outcome.figure if row.better == "more" else outcome.figure


def ranked(row: Result) -> list[Outcome]:
    """Those who have a figure, the best first, without the bare loop."""
    measured = [each for each in row.outcomes if each.figure is not None and each.peer != BARE]
    return sorted(measured, key=lambda each: cost(row, each))


def best_peer(row: Result) -> Outcome | None:
    """The best besides ourselves."""
    return next((each for each in ranked(row) if each.peer != OURS), None)


def ahead(row: Result) -> float | None:
    """By which factor we are better than the best peer: below 1 we are not."""
    ours, best = row.of(OURS), best_peer(row)
    if ours is None or ours.figure is None or best is None:
        return None
    return cost(row, best) / cost(row, ours)


def shown(row: Result, outcome: Outcome | None) -> str:
    """One cell."""
    if outcome is None:
        return "–"
    if outcome.cannot:
        return "cannot"
    if outcome.figure is None:
        return outcome.words
    return quantity(outcome.figure, row.unit)


def quantity(figure: float, unit: str) -> str:
    """A figure with its unit: long times in milliseconds."""
    if unit == "µs" and figure >= 1000:
        figure, unit = figure / 1000, "ms"
    return f"{number(figure)} {unit}"


def standing(row: Result) -> str:
    """Where we stand in a row, in words."""
    if row.better == "right":
        ours = row.of(OURS)
        others = [each.peer for each in row.outcomes if each.right and each.peer != OURS]
        if ours is None or not ours.right:
            return "not right"
        return f"right, as {listed(others)}" if others else "the only one"
    factor = ahead(row)
    if factor is None:
        ours = row.of(OURS)
        return "the only one" if ours is not None and ours.figure is not None else "no figure"
    best = best_peer(row)
    peer = best.peer if best is not None else ""
    if factor >= DRAW:
        return f"first: {times(factor)} × {peer}"
    if factor * DRAW >= 1:
        return f"level with {peer}"
    return f"behind {peer} by {times(1 / factor)} ×"


def times(factor: float) -> str:
    """A factor, with two digits that count."""
    return f"{factor:,.0f}" if factor >= 10 else f"{factor:.2g}"


def listed(names: list[str]) -> str:
    """Names in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True, slots=True)
class Aim:
    """What was set out for, and by what factor it is reached: 1 is enough."""

    words: str
    reached: float | None


def aims(rows: Mapping[str, Result]) -> list[Aim]:
    """The targets, as far as their rows are there."""
    found: list[Aim] = []
    for task, factor, words in (
        ("echo", 2, "echo round trip: twice as fast as the fastest peer"),
        ("draining_raw", 1.5, "draining, raw: 1.5 times as fast as the fastest peer"),
        ("draining_cooked", 1.5, "draining, cooked: 1.5 times as fast as the fastest peer"),
        ("python_without", 50, "steps with Python: 50 times as fast as the next that needs no pattern"),
        ("bash_without", 50, "steps with bash: 50 times as fast as the next that needs no pattern"),
    ):
        if task in rows:
            reached = ahead(rows[task])
            found.append(Aim(words, None if reached is None else reached / factor))
    for repl, name in (("python", "Python"), ("bash", "bash")):
        given, without = rows.get(f"{repl}_with_pattern"), rows.get(f"{repl}_without")
        if given is not None and without is not None:
            ours, best = without.of(OURS), best_peer(given)
            if ours is not None and ours.figure is not None and best is not None:
                words = f"steps with {name}, no pattern given: as fast as the fastest peer that was given one"
                found.append(Aim(words, cost(given, best) / cost(without, ours)))
    return found
