"""What a caller costs that waits for output which does not come."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.peers.judged import judged
from bench.peers.outcome import Outcome, Result
from bench.peers.program import Peer
from bench.peers.running import Contestant
from bench.peers.scale import Scale


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def idle(self, seconds: float) -> float:
        program = self.peer.started("sh", "-c", "echo started; exec sleep 1000")
        program.idle(0.2)  # what is imported or made once is not counted
        before, began = self.peer.cpu_seconds(), time.monotonic()
        while (left := began + seconds - time.monotonic()) > 0:
            program.idle(left)
        return self.peer.cpu_seconds() - before


def results(scale: Scale) -> Iterator[Result]:
    def judge(contestant: Contestant) -> Outcome:
        used: float = contestant.ask("idle", scale.idle_seconds)
        return Outcome(contestant.name, used * 1000, calls=1)

    row = Result("idle", f"CPU while a caller waits {scale.idle_seconds:g} s", "ms", "less", [])
    yield judged(row, "idle", judge, bare=True)
