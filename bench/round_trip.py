"""Type a line, get its answer: what one step of an agent costs beside the program's own time."""

from __future__ import annotations

import os
from time import perf_counter_ns, thread_time_ns

from bench.bare import BareTerminal
from bench.machine import one_core
from bench.pairing import Calls, paired
from bench.row import Row, Target
from bench.scale import Scale
from bgterm import Session

ECHO = ("sh", "-c", "echo started; exec cat >/dev/null"), 3
"""The terminal itself echoes `x` and a newline as three bytes, and the program says nothing."""
ANSWER = ("sh", "-c", "stty raw -echo; echo started; exec cat"), 2
"""The terminal echoes nothing and the program answers with the same two bytes."""


def bare_calls(terminal: BareTerminal, length: int) -> Calls:
    master = terminal.master

    def calls(count: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter_ns()
            os.write(master, b"x\n")
            got = len(os.read(master, 65536))
            while got < length:
                got += len(os.read(master, 65536))
            times.append((perf_counter_ns() - began) / 1000)
        return times

    return calls


def bgterm_calls(session: Session, length: int) -> Calls:
    def calls(count: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter_ns()
            got = session.write_stdin("x\n", 1000).bytes_returned
            while got < length:
                got += session.poll(1000).bytes_returned
            times.append((perf_counter_ns() - began) / 1000)
        return times

    return calls


def cpu_of(calls: Calls) -> Calls:
    """Time the processor instead of the clock, one mean for each batch: a neighbour's work changes it little."""

    def batch(count: int) -> list[float]:
        began = thread_time_ns()
        calls(count)
        return [(thread_time_ns() - began) / count / 1000]

    return batch


def rows(scale: Scale) -> list[Row]:
    measured: list[Row] = []
    for name, (argv, length) in (("echo round trip", ECHO), ("program round trip", ANSWER)):
        with one_core(), BareTerminal(*argv) as terminal, Session.start(list(argv)) as session:
            terminal.read_until(b"started\n" if length == ANSWER[1] else b"started\r\n")
            session.poll(10_000, until="started\r?\n")
            contestants = {"bare": bare_calls(terminal, length), "bgterm": bgterm_calls(session, length)}
            timing = paired(contestants, batches=scale.batches)
            cpu = paired({who: cpu_of(calls) for who, calls in contestants.items()}, batches=scale.batches)
        bare, bgterm = timing["bare"], timing["bgterm"]
        target = Target("ratio", "at most", 1.5) if name == "echo round trip" else None
        measured += [
            Row(f"{name}, p50", "µs", bgterm.p50, bare.p50, target),
            Row(f"{name}, p99", "µs", bgterm.p99, bare.p99),
            Row(f"{name}, CPU of the caller", "µs", cpu["bgterm"].p50, cpu["bare"].p50),
        ]
    return measured
