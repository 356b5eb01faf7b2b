"""Much is typed to a program that does not read yet."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from typing import Any

from bench.peers.adapters import peer_class
from bench.peers.judged import judged
from bench.peers.outcome import Outcome, Result
from bench.peers.program import CannotError, Peer, Program
from bench.peers.running import Contestant, FailedError, StuckError
from bench.peers.scale import Scale

PATIENCE_S = 5
READING_S = 30.0
FROZEN_S = 1

# It reads when a file appears, and leaves the number of bytes in another.
PROGRAM = """stty raw -echo; echo started; until test -e "$0/go"; do sleep 0.05; done
head -c "$1" | wc -c >"$0/count"; mv "$0/count" "$0/counted"; exec sleep 1000"""


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._program: Program

    def prepare(self, directory: str, length: int) -> None:
        self._program = self.peer.started("sh", "-c", PROGRAM, directory, str(length))

    def type(self, length: int) -> float:
        text = "0123456789" * (length // 10)
        began = time.perf_counter()
        self._program.type(text)
        return time.perf_counter() - began

    def attend(self) -> None:
        """Be a caller that goes on using the session, for a library that works only then."""
        for _ in range(20):
            try:
                self._program.idle(0.05)
            except CannotError:
                return


def judge(contestant: Contestant, length: int) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="bgterm-bench-") as directory:
        contestant.ask("prepare", directory, length)
        contestant.ask("beat")
        contestant.tell("type", length)
        blocked, said = False, ""
        try:
            seconds: Any = contestant.answer(PATIENCE_S)
            said = f"returned in {seconds * 1000:.0f} ms"
        except StuckError:
            blocked = True
        except FailedError as error:
            return Outcome(contestant.name, words=f"raised {error}"[:120], right=False)
        frozen = time.monotonic() - contestant.last_beat > FROZEN_S
        if frozen:
            words = f"froze the whole interpreter for more than {PATIENCE_S} s"
            return Outcome(contestant.name, words=words, right=False)
        if blocked:
            who = peer_class(contestant.name).blocked
            said = f"blocked {who} for more than {PATIENCE_S} s (other threads ran on)"
        with open(os.path.join(directory, "go"), "w", encoding="utf-8"):
            pass
        arrived = counted(contestant, directory, waits_for_call=blocked)
        whole = arrived == length
        said += ", then all of it arrived" if whole else f", {arrived:,} of {length:,} bytes arrived"
        return Outcome(contestant.name, words=said, right=whole and not blocked)


def counted(contestant: Contestant, directory: str, *, waits_for_call: bool) -> int:
    """Wait until the program has read all that it can get, and return how much that was."""
    until = time.monotonic() + READING_S
    if waits_for_call:
        try:
            contestant.answer(READING_S)
        except (StuckError, FailedError):
            return 0
    path = os.path.join(directory, "counted")
    while not os.path.exists(path):
        if time.monotonic() > until:
            return 0
        contestant.ask("attend")
        time.sleep(0.05)
    with open(path, encoding="utf-8") as file:
        return int(file.read())


def results(scale: Scale) -> Iterator[Result]:
    length = scale.stalled_bytes
    row = Result("stalled", f"{length // 1_000_000} MB typed to a program that does not read", "", "right", [])
    yield judged(row, "stalled", lambda contestant: judge(contestant, length))
