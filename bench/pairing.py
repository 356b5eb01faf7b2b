"""Measuring contestants side by side on a machine whose speed drifts.

Many short batches of each contestant in turn, so that each sees the same weather; of the batches the quietest fifth
counts, so that a neighbour's work does not. One long run after the other would measure the neighbour.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Calls = Callable[[int], list[float]]
"""Makes so many calls and gives the time that each took."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What the calls of one contestant took, in the unit in which they were timed."""

    p50: float
    """The 20th percentile of the batches' medians."""
    p99: float
    """The 99th percentile of the calls in the quietest fifth of the batches."""
    p99_all: float
    """The 99th percentile of all calls, a neighbour's noise included."""

    @classmethod
    def of(cls, batches: Iterable[list[float]]) -> Timing:
        """Sum up one contestant's batches."""
        by_median = sorted(batches, key=statistics.median)
        quiet = by_median[: max(1, len(by_median) // 5)]
        return cls(
            p50=statistics.median(quiet[-1]),
            p99=percentile(99, (time for batch in quiet for time in batch)),
            p99_all=percentile(99, (time for batch in by_median for time in batch)),
        )


def percentile(percent: int, values: Iterable[float]) -> float:
    """Give the value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def paired(contestants: Mapping[str, Calls], *, batches: int = 40, calls: int = 100) -> dict[str, Timing]:
    """Let every contestant make `calls` calls in turn, `batches` times, and sum up each."""
    taken: dict[str, list[list[float]]] = {name: [] for name in contestants}
    for calls_of in contestants.values():
        calls_of(min(calls, 10))  # warm caches and lazy set-up
    gc.collect()
    gc.disable()
    try:
        for turn in range(batches):
            names = list(contestants)
            for name in names if turn % 2 == 0 else reversed(names):
                taken[name].append(contestants[name](calls))
    finally:
        gc.enable()
    return {name: Timing.of(timed) for name, timed in taken.items()}
