"""A line is typed and the terminal echoes it: what one exchange costs."""

from __future__ import annotations

from collections.abc import Iterator
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
        self._program: Program

    def prepare(self) -> None:
        argv, _ = ECHO
        self._program = self.peer.started(*argv)

    def times(self, count: int) -> dict[str, Any]:
        _, length = ECHO
        began = perf_counter()
        times = self._program.exchanges(count, "x\n", length)
        return {"times": times, "seconds": (perf_counter() - began) / count}


def results(scale: Scale) -> Iterator[Result]:
    row = Result("echo", "echo round trip", "µs", "less", [])
    yield timed(
        row,
        "echo",
        NAMES,
        lambda _: (),
        batches=scale.batches,
        calls=100,
        batch_seconds=scale.batch_seconds,
    )
