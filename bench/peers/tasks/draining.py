"""A program floods its terminal: how fast is all of it in the caller's hands?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import perf_counter
from typing import Any

from bench.flood import flood_file
from bench.peers.adapters import BARE, NAMES, peer_class
from bench.peers.outcome import Result
from bench.peers.program import Peer
from bench.peers.scale import Scale
from bench.peers.timed import timed

WITHIN_S = 120


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._drain: Callable[[], None]

    def prepare(self, path: str, length: int) -> None:
        self._drain = self.peer.flood(path, length)

    def times(self, count: int) -> dict[str, Any]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter()
            self._drain()
            times.append(perf_counter() - began)
        return {"times": times, "seconds": sum(times) / count}


def results(scale: Scale) -> Iterator[Result]:
    whole = scale.drain_bytes * scale.drains // 1_000_000
    row = Result("draining", f"draining {whole} MB", "MB/s", "more", [])
    largest = {name: peer_class(name).largest_flood for name in NAMES}
    with ExitStack() as stack:
        files: dict[int, tuple[str, int]] = {}
        for size in {scale.drain_bytes, *(size for size in largest.values() if size)}:
            path, lines = stack.enter_context(flood_file(size))
            files[size] = path, os.path.getsize(path) + lines  # the terminal adds a \r to each line

        def flood(name: str) -> tuple[str, int]:
            return files[largest.get(name) or scale.drain_bytes]

        timed(
            row,
            "draining",
            NAMES,
            flood,
            batches=scale.drains,
            calls=1,
            figure=lambda name, seconds: flood(name)[1] / seconds / 1e6,
            within=WITHIN_S,
        )
        for each in row.outcomes:
            if each.peer != BARE and not each.cannot and largest[each.peer]:
                each.note = f"in floods of {flood(each.peer)[1] / 1e6:.1f} MB, as lines of the screen's history"
    yield row
