"""The process that uses the library is killed: what is left of its programs?"""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.peers.adapters import peer_class
from bench.peers.judged import judged
from bench.peers.outcome import Outcome, Result
from bench.peers.program import Peer, Program
from bench.peers.running import Contestant
from bench.peers.scale import Scale

SESSIONS = 3
PATIENCE_S = 5
SECONDS = "98765"
"""Each session is a shell and two programs; all have this in their command line. A closing terminal ends them."""

PROGRAM = f"sleep {SECONDS} & echo started; sleep {SECONDS}; :"


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._programs: list[Program] = []  # kept: a library may end a program that nobody refers to any more

    def start(self) -> None:
        for _ in range(SESSIONS):
            self._programs.append(self.peer.started("sh", "-c", PROGRAM))


def judge(contestant: Contestant) -> Outcome:
    contestant.ask("start")
    until = time.monotonic() + PATIENCE_S
    while (started := len(contestant.left(SECONDS))) < 3 * SESSIONS and time.monotonic() < until:
        time.sleep(0.05)
    contestant.kill()
    until = time.monotonic() + PATIENCE_S
    while (left := len(contestant.left(SECONDS))) and time.monotonic() < until:
        time.sleep(0.05)
    keeps = peer_class(contestant.name).keeps
    words = f"{left} of {started} processes{f' ({keeps})' if keeps and left else ''}"
    return Outcome(contestant.name, words=words, right=left == 0)


def results(_scale: Scale) -> Iterator[Result]:
    row = Result("killed_host", "left when the host is killed (SIGKILL)", "", "right", [])
    yield judged(row, "killed_host", judge)
