"""From the call that starts a program to its first output in the caller's hands."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

from bench.peers.adapters import NAMES
from bench.peers.outcome import Result
from bench.peers.program import Peer
from bench.peers.scale import Scale
from bench.peers.timed import timed

ARGV = ("sh", "-c", "echo x; exec sleep 1000")


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def prepare(self) -> None:
        """Nothing is made beforehand."""

    def times(self, count: int) -> dict[str, Any]:
        times: list[float] = []
        beginning = perf_counter()
        for _ in range(count):
            began = perf_counter()
            program = self.peer.start(*ARGV)
            program.some()
            times.append((perf_counter() - began) * 1000)
            program.close()
        return {"times": times, "seconds": (perf_counter() - beginning) / count}


def results(scale: Scale) -> Iterator[Result]:
    row = Result("starting", "start to first output", "ms", "less", [])
    yield timed(
        row,
        "starting",
        NAMES,
        lambda _: (),
        batches=scale.batches,
        calls=10,
        batch_seconds=scale.batch_seconds,
    )
