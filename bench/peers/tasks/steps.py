"""Steps with a REPL and a shell: a line is typed, its answer and the next prompt are waited for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from time import perf_counter
from typing import Any

from bench.peers.adapters import NAMES
from bench.peers.outcome import Result
from bench.peers.program import CannotError, Peer, Program
from bench.peers.scale import Scale
from bench.peers.timed import timed

BATCHES = 10

# Program, what is typed, and the prompt. An interactive bash without its user's files, so that the prompt is known.
REPLS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "Python": (("python3", "-q"), "{} * 7", ">>> "),
    "bash": (("env", "PS1=ready> ", "bash", "--norc"), "echo $(({} * 7))", "ready> "),
}

BRACKETED_PASTE = r"(?:\x1b\[\?2004h)?"


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self._program: Program
        self._line = self._prompt = ""
        self._number = 1000

    def prepare(self, repl: str) -> None:
        argv, self._line, self._prompt = REPLS[repl]
        self._program = self.peer.start(*argv)
        seen = self._program.some()
        while self._prompt.strip() not in seen:
            seen += self._program.some()

    def with_pattern(self, count: int) -> dict[str, Any]:
        return self._times(count, given=True)

    def without(self, count: int) -> dict[str, Any]:
        return self._times(count, given=False)

    def _times(self, count: int, *, given: bool) -> dict[str, Any]:
        times: list[float] = []
        for _ in range(count):
            self._number += 1
            line, expected = self._line.format(self._number), str(self._number * 7)
            pattern = rf"{expected}\s+{BRACKETED_PASTE}{re.escape(self._prompt.strip())} ?"
            began = perf_counter()
            # The bare loop knows nothing: it is told the prompt in both.
            if given or self.peer.is_told:
                said = self._program.answer(line, pattern, self._prompt)
            else:
                said = self._program.step(line)
            times.append((perf_counter() - began) * 1000)
            if expected not in said:
                raise CannotError(f"a wrong answer: {expected} is not in {said[-80:]!r}")
        return {"times": times, "seconds": sum(times) / 1000 / count}


def arguments(repl: str, _contestant: str) -> tuple[str]:
    return (repl,)


def results(scale: Scale) -> Iterator[Result]:
    for given in (True, False):
        for repl in REPLS:
            how = "given its prompt" if given else "no pattern given"
            row = Result(
                f"{repl.lower()}_{'with_pattern' if given else 'without'}",
                f"a step with {repl}, {how} ({scale.steps} steps)",
                "ms",
                "less",
                [],
            )
            do = "with_pattern" if given else "without"
            yield timed(
                row, "steps", NAMES, partial(arguments, repl), batches=BATCHES, calls=scale.steps // BATCHES, do=do
            )
