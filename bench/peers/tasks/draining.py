"""A program floods its terminal: how fast is all of it in the caller's hands?"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from time import perf_counter
from typing import Any

from bench.flood import flood_file
from bench.peers.adapters import NAMES, peer_class
from bench.peers.outcome import Result
from bench.peers.program import Peer
from bench.peers.scale import Scale
from bench.peers.timed import timed

WITHIN_S = 120


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._drain: Callable[[], None]

    def prepare(self, path: str, length: int, raw: bool) -> None:
        self._drain = self.peer.flood(path, length, raw=raw)

    def times(self, count: int) -> dict[str, Any]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter()
            self._drain()
            times.append(perf_counter() - began)
        return {"times": times, "seconds": sum(times) / count}


def results(scale: Scale) -> Iterator[Result]:
    whole = scale.drain_bytes * scale.drains // 1_000_000
    largest = {name: peer_class(name).largest_flood for name in NAMES}
    with ExitStack() as stack:
        files: dict[int, tuple[str, int]] = {}
        for size in {scale.drain_bytes, *(size for size in largest.values() if size)}:
            files[size] = stack.enter_context(flood_file(size))
        for raw in (True, False):
            flood = partial(printed, files, largest, scale.drain_bytes, raw)
            row = timed(
                Result(
                    f"draining_{'raw' if raw else 'cooked'}",
                    f"draining {whole} MB, {'raw' if raw else 'cooked'}",
                    "MB/s",
                    "more",
                    [],
                ),
                "draining",
                NAMES,
                flood,
                batches=scale.drains,
                calls=1,
                figure=partial(rate, flood),
                within=WITHIN_S,
            )
            for each in row.outcomes:
                if each.figure is not None and largest.get(each.peer):
                    each.note = f"in floods of {flood(each.peer)[1] / 1e6:.1f} MB, as lines of the screen's history"
            yield row


def printed(
    files: dict[int, tuple[str, int]], largest: dict[str, int | None], usual: int, raw: bool, name: str
) -> tuple[str, int, bool]:
    """What a contestant is given to drain, and how many bytes come of it: cooked, each line gets one more."""
    path, lines = files[largest.get(name) or usual]
    return path, os.path.getsize(path) + (0 if raw else lines), raw


def rate(flood: Callable[[str], tuple[str, int, bool]], name: str, seconds: float) -> float:
    return flood(name)[1] / seconds / 1e6
