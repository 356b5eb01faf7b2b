"""Many sessions at once: a line is typed into each, and the echo of each is waited for."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from functools import partial
from time import perf_counter
from typing import Any

from bench.peers.adapters import NAMES
from bench.peers.outcome import Result
from bench.peers.program import Peer, Program
from bench.peers.scale import Scale
from bench.peers.timed import timed
from bench.round_trip import ECHO


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._programs: list[Program] = []

    def prepare(self, count: int) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
        argv, _ = ECHO
        self._programs = [self.peer.started(*argv) for _ in range(count)]

    def times(self, count: int) -> dict[str, Any]:
        _, length = ECHO
        times: list[float] = []
        for _ in range(count):
            began = perf_counter()
            self.peer.round(self._programs, "x\n", length)
            times.append((perf_counter() - began) * 1000)
        return {"times": times, "seconds": sum(times) / 1000 / count}


def arguments(count: int, _contestant: str) -> tuple[int]:
    return (count,)


def results(scale: Scale) -> Iterator[Result]:
    for count in scale.many:
        yield timed(
            Result(f"many_{count}", f"a round over {count} sessions", "ms", "less", []),
            "many",
            NAMES,
            partial(arguments, count),
            batches=scale.rounds,
            calls=10,
            batch_seconds=scale.batch_seconds,
            within=90,
        )
