"""A wait for the first of many: sessions of any kind."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from bgterm.begun import Done, Waiting
from bgterm.engine.attendance import Sleeper
from bgterm.engine.undisturbed import undisturbed
from bgterm.engine.waker import Waker, waker
from bgterm.results import Reason

K = TypeVar("K")


class Race(Generic[K]):
    """The first of many waits to end, of which none consumes: see `Waiting`. What comes of it is that wait's key.

    Of several that have ended it is the first in their order; where the time of all is up, it is None.
    """

    def __init__(self, waits: Sequence[tuple[K, Waiting[Reason]]]) -> None:
        self._runners = [_Runner(key, wait) for key, wait in waits]
        self._look_at = 0.0

    @property
    def look_at(self) -> float:
        """See `Waiting`."""
        return self._look_at

    def outcome(self) -> K | None:
        """See `Waiting`."""
        own = waker()
        try:
            self.attend(own)
            done = self._slept(own)
        finally:
            own.asleep = False
            undisturbed(self.leave, own)
        return done.value

    def _slept(self, own: Waker) -> Done[K | None]:
        own.asleep = True  # a signal handler must leave alone what wakes this thread, also while it looks
        while (done := self.attempt(time.monotonic())) is None:
            own.sleep(self._look_at - time.monotonic())
            own.asleep = True
        return done

    def begin(self) -> None:
        """See `Waiting`: nothing comes before it."""

    def attempt(self, now: float) -> Done[K | None] | None:
        """See `Waiting`."""
        look_at: list[float] = []
        for runner in self._runners:
            if runner.news or runner.wait.look_at <= now:
                runner.news = False  # before the look: what comes during it is news again
                done = runner.wait.attempt(now)
                runner.reason = None if done is None else done.value
                if runner.reason is not None and runner.reason != "timeout":
                    return Done(runner.key)
            if runner.reason is None:
                look_at.append(runner.wait.look_at)
        if not look_at:
            return Done(None)
        self._look_at = min(look_at)
        return None

    def attend(self, sleeper: Sleeper) -> None:
        """See `Waiting`."""
        for runner in self._runners:
            runner.sleeper = sleeper
            runner.wait.attend(runner)
            runner.news = True  # of what came since the last attempt it was not told

    def lead(self, sleeper: Sleeper, watch: Callable[[tuple[int, ...]], None]) -> None:
        """See `Waiting`: of many terminals only those with news are looked at, which others read."""

    def take(self, sleeper: Sleeper, events: list[tuple[int, int]]) -> None:
        """See `Waiting`."""

    def leave(self, sleeper: Sleeper) -> None:
        """See `Waiting`."""
        del sleeper
        for runner in self._runners:
            runner.wait.leave(runner)

    def undo(self) -> None:
        """See `Waiting`: nothing was consumed."""


class _Runner(Generic[K]):
    """One of many waits: it remembers that there is news, so that only those with news are looked at."""

    may_be_late = True
    """See `engine.attendance.Sleeper`: it never leads."""

    __slots__ = ("key", "news", "reason", "sleeper", "wait")

    def __init__(self, key: K, wait: Waiting[Reason]) -> None:
        self.key = key
        self.wait = wait
        self.news = True
        self.reason: Reason | None = None
        self.sleeper: Sleeper | None = None

    def wake(self) -> None:
        self.news = True
        if self.sleeper is not None:
            self.sleeper.wake()
