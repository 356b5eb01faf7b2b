"""Wait for a pattern at the end of a flood."""

from __future__ import annotations

import os
from collections.abc import Iterator
from time import perf_counter
from typing import Any

from bench.flood import flood_file, printing
from bench.peers.adapters import NAMES
from bench.peers.outcome import Result
from bench.peers.program import CannotError, Peer, Program
from bench.peers.scale import Scale
from bench.peers.timed import timed

BATCHES = 5
WITHIN_S = 150


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._program: Program
        self._times = 0

    def prepare(self, path: str) -> None:
        argv = printing(path, raw=False, after="n=$((n+1)); echo finished-$n.")
        self._program = self.peer.started(*argv)

    def times(self, count: int) -> dict[str, Any]:
        times: list[float] = []
        for _ in range(count):
            self._times += 1
            end = f"finished-{self._times}.\r\n" if self.peer.is_told else ""
            began = perf_counter()
            # A regex, though fixed text would do: the screens keep what the last flood ended with.
            said = self._program.answer("", rf"fini\w+-{self._times}\.\s*", end)
            times.append(perf_counter() - began)
            if f"finished-{self._times}." not in said:
                raise CannotError(f"a wrong answer: {said[-80:]!r}")
        return {"times": times, "seconds": sum(times) / count}


def results(scale: Scale) -> Iterator[Result]:
    row = Result("regex", f"regex at the end of {scale.regex_bytes // 1_000_000} MB", "MB/s", "more", [])
    with flood_file(scale.regex_bytes) as (path, lines):
        length = os.path.getsize(path) + lines
        timed(
            row,
            "regex",
            NAMES,
            lambda _: (path,),
            batches=BATCHES,
            calls=1,
            figure=lambda _, seconds: length / seconds / 1e6,
            within=WITHIN_S,
        )
    yield row
