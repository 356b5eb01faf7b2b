"""How a coroutine sleeps on terminals: woken by their I/O thread, on its own event loop."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TypeVar

from bgterm.engine.undisturbed import undisturbed
from bgterm.following import Following

T = TypeVar("T")


async def outcome(following: Following[T]) -> T:
    """Sleep, on the running loop, until the wait has an outcome, and return that. Raises what the attempt raises.

    The loop gets a turn first, also where the outcome is there already: a program that writes without end cannot
    keep other tasks from running. A cancellation arrives in such a turn, so before anything is consumed: from the
    attempt that consumes to the return there is no turn.
    """
    await asyncio.sleep(0)
    try:
        found = following.attempt(time.monotonic())
        return await _slept_on(following) if found is None else found
    except BaseException:
        undisturbed(following.give_back)
        raise


async def _slept_on(following: Following[T]) -> T:
    sleeper = LoopSleeper(asyncio.get_running_loop())
    try:
        following.attend(sleeper)
        while (found := following.attempt(time.monotonic())) is None:
            await sleeper.sleep(following.look_at)
    finally:
        undisturbed(following.leave, sleeper)
    return found


class LoopSleeper:
    """A coroutine that sleeps: woken by any thread, at most one message to the loop is under way."""

    __slots__ = ("_called", "_loop", "_turn")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._called = False
        self._turn: asyncio.Future[None] = loop.create_future()

    def wake(self) -> None:
        """See `engine.attendance.Sleeper`."""
        if self._called:
            return
        try:
            self._called = True
            self._loop.call_soon_threadsafe(self.rouse)
        except RuntimeError:
            pass  # the loop is closed, and nobody will ever go on there
        except BaseException:  # a signal handler: nothing may be under way
            self._called = False
            raise

    def rouse(self) -> None:
        """Wake up, called by the loop itself."""
        self._called = False  # before the look that follows: what comes after that look calls again
        if not self._turn.done():
            self._turn.set_result(None)

    async def sleep(self, until: float) -> None:
        """Sleep until woken, or until the time `until` (time.monotonic). Woken since the last sleep counts."""
        timer = None
        if until < math.inf:
            timer = self._loop.call_later(max(until - time.monotonic(), 0), self.rouse)
        try:
            await self._turn
        finally:
            if timer is not None:
                timer.cancel()
            self._turn = self._loop.create_future()
