"""From the call that starts a program to the first byte that it prints."""

from __future__ import annotations

import os
from time import perf_counter_ns

from bench.bare import BareTerminal
from bench.pairing import paired
from bench.row import Row, Target
from bench.scale import Scale
from bgterm import Session

ARGV = ("echo", "x")


def bare(count: int) -> list[float]:
    times: list[float] = []
    for _ in range(count):
        began = perf_counter_ns()
        terminal = BareTerminal(*ARGV)
        os.read(terminal.master, 65536)
        times.append((perf_counter_ns() - began) / 1e6)
        terminal.close()
    return times


def bgterm(count: int) -> list[float]:
    times: list[float] = []
    for _ in range(count):
        began = perf_counter_ns()
        session = Session.start(list(ARGV))
        session.poll(10_000)
        times.append((perf_counter_ns() - began) / 1e6)
        session.close()
    return times


def rows(scale: Scale) -> list[Row]:
    timing = paired({"bare": bare, "bgterm": bgterm}, batches=scale.batches, calls=10)
    return [
        Row(
            "start to first output, p50",
            "ms",
            timing["bgterm"].p50,
            timing["bare"].p50,
            Target("ratio", "at most", 1.3),
        ),
        Row("start to first output, p99", "ms", timing["bgterm"].p99, timing["bare"].p99),
    ]
