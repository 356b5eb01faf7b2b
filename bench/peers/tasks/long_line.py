"""A line of 6,000 characters, to a program that leaves line editing to the terminal, which takes 4,095."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator

from bench.peers.judged import judged
from bench.peers.outcome import Outcome, Result
from bench.peers.program import Peer, Program
from bench.peers.running import Contestant, FailedError
from bench.peers.scale import Scale

LENGTH = 6000
PATIENCE_S = 5
PROGRAM = """echo started; head -n 1 | wc -c >"$0/count"; mv "$0/count" "$0/counted"; exec sleep 1000"""


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._program: Program

    def prepare(self, directory: str) -> None:
        self._program = self.peer.started("sh", "-c", PROGRAM, directory)

    def type(self, length: int) -> None:
        self._program.type("x" * length + "\n")


def counted(directory: str) -> int | None:
    path = os.path.join(directory, "counted")
    until = time.monotonic() + PATIENCE_S
    while not os.path.exists(path):
        if time.monotonic() > until:
            return None
        time.sleep(0.01)
    with open(path, encoding="utf-8") as file:
        return int(file.read()) - 1


def judge(contestant: Contestant) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="bgterm-bench-") as directory:
        contestant.ask("prepare", directory)
        try:
            contestant.ask("type", LENGTH)
        except FailedError as error:
            contestant.ask("type", 2)
            untouched = counted(directory) == 2
            words = f"{str(error).partition(':')[0]}, nothing of it typed" if untouched else f"raised {error}"[:120]
            return Outcome(contestant.name, words=words, right=untouched)
        arrived = counted(directory)
    if arrived is None:
        return Outcome(contestant.name, words="the line never ended", right=False)
    if arrived == LENGTH:
        return Outcome(contestant.name, words="arrived whole", right=True)
    return Outcome(contestant.name, words=f"silently cut to {arrived:,} characters", right=False)


def results(_scale: Scale) -> Iterator[Result]:
    row = Result("long_line", f"a line of {LENGTH:,} characters", "", "right", [])
    yield judged(row, "long_line", judge)
