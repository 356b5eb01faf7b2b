"""Many sessions in which nothing happens: what do they cost, and do they slow down the one in which something does?"""

from __future__ import annotations

import gc
import os
import resource
import time
import tracemalloc

from bench.bare import BareTerminal
from bench.machine import one_core
from bench.pairing import paired
from bench.round_trip import ECHO, bare_calls, bgterm_calls
from bench.row import Row, Target
from bench.scale import Scale
from bgterm import Session, close_all


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def cpu_seconds_over(seconds: float) -> float:
    began = time.process_time()
    time.sleep(seconds)
    return time.process_time() - began


def rows(scale: Scale) -> list[Row]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    bare_cpu = cpu_seconds_over(scale.idle_seconds)
    with Session.start(["true"]) as first:  # what is made once for all sessions is not counted as one session's
        first.wait(10_000)
    threads_before = threads()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    sessions = [Session.start(["sleep", "1000"]) for _ in range(scale.sessions)]
    gc.collect()
    python_bytes = (tracemalloc.get_traced_memory()[0] - before) / len(sessions)
    tracemalloc.stop()
    try:
        cpu = cpu_seconds_over(scale.idle_seconds)
        argv, length = ECHO
        with one_core(), BareTerminal(*argv) as terminal, Session.start(list(argv)) as session:
            terminal.read_until(b"\n")
            session.poll(10_000, until="started\r?\n")
            contestants = {"bare": bare_calls(terminal, length), "bgterm": bgterm_calls(session, length)}
            timing = paired(contestants, batches=scale.batches)
        threads_now = threads()
    finally:
        close_all()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    many = f"{len(sessions):,} idle sessions"
    return [
        Row(
            f"{many}: threads for all",
            "",
            threads_now - 1,
            target=Target("figure", "at most", 1),
            note=f"{threads_now - threads_before} more than for one session",
        ),
        Row(f"{many}: Python memory each", "KB", python_bytes / 1000, target=Target("figure", "at most", 20)),
        Row(
            f"{many}: CPU over {scale.idle_seconds:g} s",
            "ms",
            cpu * 1000,
            target=Target("figure", "at most", 5),
            note=f"{bare_cpu * 1000:.2f} ms without sessions",
        ),
        Row(f"{many}: echo round trip among them, p50", "µs", timing["bgterm"].p50, timing["bare"].p50),
    ]
