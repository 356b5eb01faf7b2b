"""A verb that has begun, and how it is waited for: not at all, by work, or by a sleep that each face has in its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from bgterm.engine.attendance import Sleeper

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Done(Generic[T_co]):
    """What a verb came to that did not have to wait."""

    __slots__ = ("value",)

    def __init__(self, value: T_co) -> None:
        self.value = value

    def outcome(self) -> T_co:
        """See `Waiting`."""
        return self.value


class Work(Generic[T_co]):
    """A verb that reads or writes files, or computes: a thread does that, in place of an event loop."""

    __slots__ = ("do",)

    def __init__(self, do: Callable[[], Begun[T_co]]) -> None:
        """`do` may come to a wait: then that is slept on."""
        self.do = do

    def outcome(self) -> T_co:
        """See `Waiting`."""
        return self.do().outcome()


class Waiting(Protocol[T_co]):
    """A wait that has begun. `outcome` sleeps in this thread; who sleeps in another way uses the rest, in this order.

    All of them take the locks that they need, for moments.
    """

    def outcome(self) -> T_co:
        """Sleep until the wait has ended; return what came of it, or raise that."""
        ...

    @property
    def look_at(self) -> float:
        """When to attempt again though nobody woke the sleeper (time.monotonic)."""
        ...

    def begin(self) -> None:
        """Do what comes before the wait: type."""

    def attempt(self, now: float) -> Done[T_co] | None:
        """What came of it if the wait ends now, else None. May raise instead."""

    def attend(self, sleeper: Sleeper) -> None:
        """From now on `sleeper` is woken by every change; `attempt` then."""

    def lead(self, sleeper: Sleeper, watch: Callable[[tuple[int, ...]], None]) -> None:
        """Let one that attends, and has a poller of its own, read the terminal itself, if nobody else does.

        `watch` is called with the descriptors to sleep on beside what wakes the sleeper, often none; with locks held.
        When one of them is readable, `take` comes before `attempt`. Each time that it goes on sleeping it asks again.
        """

    def take(self, sleeper: Sleeper, events: list[tuple[int, int]]) -> None:
        """Read what is ready: descriptors that it was to watch, each with poll(2)'s events."""

    def leave(self, sleeper: Sleeper) -> None:
        """The end of `attend`."""

    def undo(self) -> None:
        """What came of it did not get to who asked for it: what it consumed is unread again."""


Begun = Done[T] | Work[T] | Waiting[T]
"""A verb that has begun."""
