"""Waits for those who sleep in their own way: on an event loop, or on many terminals at once.

A thread that waits on one terminal leads there and reads it (`Terminal.wait`). Who cannot do that follows: the
terminal's I/O thread or its leader reads, and wakes all who attend to it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from bgterm.engine.attendance import Sleeper
from bgterm.engine.terminal import Terminal
from bgterm.engine.undisturbed import undisturbed
from bgterm.engine.waker import Waker, waker
from bgterm.local.waits import Consuming, Wait
from bgterm.results import Reason

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
K = TypeVar("K")


class Following(Protocol[T_co]):
    """A wait that has begun, and how to follow it. Its methods take the locks that they need, for moments."""

    @property
    def look_at(self) -> float:
        """When to attempt again though nobody woke the sleeper (time.monotonic)."""
        ...

    def attempt(self, now: float) -> T_co | None:
        """The outcome if the wait ends now, else None. May raise instead of ending."""

    def attend(self, sleeper: Sleeper) -> None:
        """From now on `sleeper` is woken by every change; `attempt` then."""

    def leave(self, sleeper: Sleeper) -> None:
        """The end of `attend`."""

    def give_back(self) -> None:
        """The outcome did not get to who asked for it: what it consumed is unread again."""


def sleep_on(following: Following[T]) -> T:
    """Sleep, in this thread, until the wait has an outcome, and return that. Raises what the attempt raises."""
    own = waker()
    try:
        following.attend(own)
        outcome = _slept(following, own)
        own.asleep = False
    except BaseException:
        own.asleep = False
        undisturbed(following.give_back)
        raise
    finally:
        undisturbed(following.leave, own)
    return outcome


def _slept(following: Following[T], own: Waker) -> T:
    own.asleep = True  # a signal handler must leave alone what wakes this thread, also while it looks
    while (outcome := following.attempt(time.monotonic())) is None:
        own.sleep(following.look_at - time.monotonic())
        own.asleep = True
    return outcome


class FollowedWait(Generic[T]):
    """A wait on one terminal as `Following`."""

    __slots__ = ("_terminal", "_wait")

    def __init__(self, terminal: Terminal, wait: Wait[T]) -> None:
        self._terminal = terminal
        self._wait = wait

    @property
    def look_at(self) -> float:
        """See `Following`."""
        return self._wait.look_at

    def attempt(self, now: float) -> T | None:
        """See `Following`."""
        with self._terminal.lock:
            return self._wait(now)

    def attend(self, sleeper: Sleeper) -> None:
        """See `Following`."""
        with self._terminal.lock:
            self._terminal.attend(sleeper, may_lead=False)

    def leave(self, sleeper: Sleeper) -> None:
        """See `Following`."""
        with self._terminal.lock:
            self._terminal.leave(sleeper)

    def give_back(self) -> None:
        """See `Following`."""
        if isinstance(self._wait, Consuming):
            with self._terminal.lock:
                self._wait.give_back()


class Race(Generic[K]):
    """The first of many waits to end, of which none consumes: its outcome is a tuple of that wait's key.

    Of several that have ended it is the first in their order; where the time of all is up, the tuple is empty.
    """

    def __init__(self, waits: Sequence[tuple[K, Following[Reason]]]) -> None:
        self._runners = [_Runner(key, wait) for key, wait in waits]
        self.look_at = 0.0
        """See `Following`."""

    def attempt(self, now: float) -> tuple[K, ...] | None:
        """See `Following`."""
        look_at: list[float] = []
        for runner in self._runners:
            if runner.news or runner.wait.look_at <= now:
                runner.news = False  # before the look: what comes during it is news again
                runner.reason = runner.wait.attempt(now)
                if runner.reason is not None and runner.reason != "timeout":
                    return (runner.key,)
            if runner.reason is None:
                look_at.append(runner.wait.look_at)
        if not look_at:
            return ()
        self.look_at = min(look_at)
        return None

    def attend(self, sleeper: Sleeper) -> None:
        """See `Following`."""
        for runner in self._runners:
            runner.sleeper = sleeper
            runner.wait.attend(runner)
            runner.news = True  # of what came since the last attempt it was not told

    def leave(self, sleeper: Sleeper) -> None:
        """See `Following`."""
        del sleeper
        for runner in self._runners:
            runner.wait.leave(runner)

    def give_back(self) -> None:
        """See `Following`: nothing was consumed."""


class _Runner(Generic[K]):
    """One of many waits: it remembers that there is news, so that only those with news are looked at."""

    __slots__ = ("key", "news", "reason", "sleeper", "wait")

    def __init__(self, key: K, wait: Following[Reason]) -> None:
        self.key = key
        self.wait = wait
        self.news = True
        self.reason: Reason | None = None
        self.sleeper: Sleeper | None = None

    def wake(self) -> None:
        self.news = True
        if self.sleeper is not None:
            self.sleeper.wake()
