"""Coroutines: one at work among programs that flood their terminals, and many `run`s at once."""

from __future__ import annotations

import asyncio
import time

from bench.crowd import FLOODERS
from bench.pairing import percentile
from bench.round_trip import ECHO
from bench.row import Row, Target
from bench.scale import FULL, Scale
from bgterm import READY, aio

RUNS = 300
_LONG_MS = 20_000


async def echoes(calls: int) -> list[float]:
    """The milliseconds of so many round trips, among programs whose output nobody reads."""
    argv, _ = ECHO
    for _ in range(FLOODERS):
        await aio.start_session(["yes"])
    sid = await aio.start_session(list(argv))
    await aio.poll(sid, _LONG_MS, until="started\r?\n")
    times: list[float] = []
    for _ in range(calls):
        began = time.perf_counter()
        assert (await aio.write_stdin(sid, "x", _LONG_MS)).data
        times.append((time.perf_counter() - began) * 1000)
    await aio.close_all(0)
    return times


async def longest_hold(sessions: int) -> float:
    """For how many milliseconds at the most another task got no turn, while many programs were given a line to run."""
    sids = [await aio.start_session(["sh"]) for _ in range(sessions)]
    await asyncio.gather(*(aio.poll(sid, _LONG_MS, until=READY) for sid in sids))
    runs = asyncio.gather(*(aio.run(sid, "echo hello") for sid in sids))
    longest, last = 0.0, time.perf_counter()
    while not runs.done():
        await asyncio.sleep(0)
        longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
    assert {result.output for result in await runs} == {"hello"}
    await aio.close_all(0)
    return longest * 1000


def rows(scale: Scale) -> list[Row]:
    """See `bench.row`."""
    full = scale is FULL
    times = asyncio.run(echoes(400 if full else 20))
    sessions = RUNS if full else 20
    holds = sorted(asyncio.run(longest_hold(sessions)) for _ in range(5 if full else 1))
    return [
        Row(f"a coroutine's echo round trip among {FLOODERS} flooders, p50", "ms", percentile(50, times)),
        Row("the same, p99", "ms", percentile(99, times)),
        Row(
            f"{sessions} `run`s at once: the longest that the loop's other tasks get no turn",
            "ms",
            holds[len(holds) // 2],
            target=Target("figure", "at most", 50),
        ),
    ]
