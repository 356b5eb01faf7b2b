"""How a coroutine sleeps on terminals: woken by their I/O thread, on its own event loop."""

from __future__ import annotations

import asyncio
import math
import time
from typing import TypeVar

from bgterm.endpoint import Begun, Done, Waiting, Work
from bgterm.engine.undisturbed import undisturbed

T = TypeVar("T")


async def outcome(begun: Begun[T]) -> T:
    """Sleep, on the running loop, until a verb has an outcome, and return that. Raises what it raises.

    Where it waits the loop gets a turn first, also where the outcome is there already: a program that writes without
    end cannot keep other tasks from running. A cancellation arrives in such a turn, so before anything is consumed:
    from the attempt that consumes to the return there is no turn.
    """
    while isinstance(begun, Work):
        begun = await asyncio.to_thread(begun.do)
    if isinstance(begun, Done):
        return begun.value
    begun.begin()
    await asyncio.sleep(0)
    try:
        done = begun.attempt(time.monotonic()) or await _slept_on(begun)
    except BaseException:
        undisturbed(begun.undo)
        raise
    return done.value


async def _slept_on(waiting: Waiting[T]) -> Done[T]:
    sleeper = LoopSleeper(asyncio.get_running_loop())
    try:
        waiting.attend(sleeper)
        while (done := waiting.attempt(time.monotonic())) is None:
            await sleeper.sleep(waiting.look_at)
    finally:
        undisturbed(waiting.leave, sleeper)
    return done


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
