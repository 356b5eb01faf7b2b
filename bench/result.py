"""What it costs to build the result of a call."""

from __future__ import annotations

from time import perf_counter_ns

from bench.pairing import paired
from bench.row import Row
from bench.scale import Scale
from bgterm import PollResult


def bare(count: int) -> list[float]:
    times: list[float] = []
    for number in range(count):
        began = perf_counter_ns()
        _ = ("x", b"x", number, 1, 0, 1, 1, 0, 0, 0, 0, True, None, "output", None, None)
        times.append((perf_counter_ns() - began) / 1000)
    return times


def bgterm(count: int) -> list[float]:
    times: list[float] = []
    for number in range(count):
        began = perf_counter_ns()
        PollResult("x", b"x", number, 1, 0, 1, 1, 0, 0, 0, 0, True, None, "output", None, None)
        times.append((perf_counter_ns() - began) / 1000)
    return times


def rows(scale: Scale) -> list[Row]:
    timing = paired({"bare": bare, "bgterm": bgterm}, batches=scale.batches, calls=1000)
    return [Row("result", "µs", timing["bgterm"].p50, timing["bare"].p50, note="bare: a tuple of the same fields")]
