"""What a terminal and those who attend to it know of each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Sleeper(Protocol):
    """Somebody who waits on a terminal and wants to be told of any change."""

    def wake(self) -> None:
        """Look again. Called with the terminal's lock held, from any thread; returns at once."""


class Attempt(Protocol[T_co]):
    """What a caller waits for."""

    look_at: float
    """When to attempt again though nothing happened (time.monotonic)."""

    def __call__(self, now: float) -> T_co | None:
        """The outcome, or None to go on waiting. Called with the terminal's lock held."""

    def give_back(self) -> None:
        """Undo what an outcome that did not get to its caller has consumed; may be called twice. Lock held."""


Observer = Callable[[int, bytes], bool]
"""Called with the lock held for output and its offset, before any of it is forgotten; after an interruption the same
offset may come again. It returns whether it has to see what comes next even if no escape is in it: to look for those
costs nothing, a call does. Observers are few and quick."""
