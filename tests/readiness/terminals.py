"""A program in a bare terminal, without a session, and questions about it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence

from bgterm.engine.ending import finish
from bgterm.engine.terminal import Terminal
from bgterm.engine.terminals import ending_all
from bgterm.readiness.look import Readiness
from bgterm.readiness.queries import Queries
from bgterm.results import Status

READY = frozenset({"certain", "prompt", "marks"})


class LookUntil:
    """Wait for a status that satisfies a condition."""

    def __init__(self, readiness: Readiness, condition: Callable[[Status], object], seconds: float) -> None:
        self._readiness = readiness
        self._condition = condition
        self._deadline = time.monotonic() + seconds
        self.last = Status("unknown", "none", "not looked at yet")
        self.look_at = 0.0

    def __call__(self, now: float) -> Status | None:
        self.last, self.look_at = self._readiness.look(now)
        self.look_at = min(self.look_at, self._deadline)
        return self.last if self._condition(self.last) or now >= self._deadline else None

    def give_back(self) -> None:
        """Nothing was consumed."""


class Program:
    """One program in a terminal of its own."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str] | None = None, cwd: str | None = None) -> None:
        environment = {**os.environ, "TERM": "xterm-256color", "PS1": "$ ", **(env or {})}
        self.terminal = Terminal(limit_bytes=4_000_000, keep_all=False)
        self.terminal.start(argv, cwd=cwd, env=environment, rows=24, cols=80, utf8=True)
        self.readiness = Readiness(self.terminal, time.monotonic())
        with self.terminal.lock:
            Queries(self.terminal)

    def type(self, text: str) -> None:
        with self.terminal.lock:
            self.terminal.type(text.encode())

    def status(self) -> Status:
        with self.terminal.lock:
            return self.readiness.look(time.monotonic())[0]

    def until(self, condition: Callable[[Status], object], seconds: float = 20) -> Status:
        """The first status that satisfies `condition`, or the last one before the time was up."""
        return self.terminal.wait(LookUntil(self.readiness, condition, seconds))

    def ready(self, seconds: float = 20) -> Status:
        return self.until(is_ready, seconds)

    def step(self, line: str, seconds: float = 20) -> Status:
        self.type(line + "\r")
        return self.ready(seconds)

    @property
    def output(self) -> str:
        output = self.terminal.output
        return output.read(output.start, output.end).decode(errors="replace")

    def end(self) -> None:
        finish(ending_all([self.terminal], 1))
        self.terminal.close()
        del self.readiness


def is_ready(status: Status) -> bool:
    """What satisfies a wait for READY by default."""
    return status.state in {"waiting", "password", "fullscreen", "exited"} and status.confidence in READY


Start = Callable[..., Program]
