"""How a coroutine sleeps on terminals: its event loop polls those that nobody else reads, and others wake it."""

from __future__ import annotations

import asyncio
import collections
import math
import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from bgterm.begun import Begun, Done, Waiting, Work
from bgterm.engine.pump import ONCE, READ, Events
from bgterm.engine.undisturbed import undisturbed

T = TypeVar("T")

_RECENT = 8  # as many attempts tell how long one usually takes
_SHARE_S = 0.01
"""How long the waits of all coroutines together may keep a loop from its other tasks, before these get a turn."""


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
    turns = _turns()
    begun.begin()
    await asyncio.sleep(0)
    await turns.wait()
    try:
        done = turns.attempt(begun) or await _slept_on(begun, turns)
    except BaseException:
        undisturbed(begun.undo)
        raise
    return done.value


async def _slept_on(waiting: Waiting[T], turns: Turns) -> Done[T]:
    sleeper = LoopSleeper(asyncio.get_running_loop())
    try:
        waiting.attend(sleeper)
        while (done := turns.attempt(waiting, sleeper)) is None:
            waiting.lead(sleeper, partial(turns.watch, sleeper))
            await sleeper.sleep(waiting.look_at)
            await turns.wait()
    finally:
        undisturbed(turns.watch, sleeper, ())
        undisturbed(waiting.leave, sleeper)
    return done


class LoopSleeper:
    """A coroutine that sleeps: woken by any thread, at most one message to the loop is under way."""

    may_be_late = True
    """See `engine.attendance.Sleeper`: other tasks may hold its loop up."""

    __slots__ = ("_called", "_loop", "_turn", "events", "fds")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._called = False
        self._turn: asyncio.Future[None] = loop.create_future()
        self.fds: tuple[int, ...] = ()
        """The descriptors of its own that it sleeps on."""
        self.events: list[tuple[int, int]] = []
        """Those that became readable, each with poll(2)'s events."""

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


class Poller:
    """What one loop's coroutines sleep on: to the loop it is one descriptor, whatever it looks at.

    The loop owns it, as a reader of its own, so it is closed with the loop. A terminal that another thread closes
    meanwhile is out of it by that (epoll(7)); the loop itself would keep the number, which may be another's by then.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._asleep: dict[int, LoopSleeper] = {}
        self._events = Events()
        loop.add_reader(self._events.fileno(), self._serve)

    def _serve(self) -> None:
        for fd, mask in self._events.wait(0):
            sleeper = self._asleep.get(fd)
            if sleeper is not None:
                sleeper.events.append((fd, mask))
                sleeper.rouse()

    def watch(self, sleeper: LoopSleeper, fds: tuple[int, ...]) -> None:
        """Rouse `sleeper` when one of these is readable, once, and no more for others."""
        for fd in sleeper.fds:
            if fd not in fds:
                self._remove(sleeper, fd)
        sleeper.fds = fds
        for fd in fds:
            if self._asleep.get(fd) is sleeper:
                self._events.arm(fd, READ | ONCE)
            else:
                self._asleep[fd] = sleeper
                self._add(fd)

    def _add(self, fd: int) -> None:
        try:
            self._events.add(fd, READ | ONCE)
        except FileExistsError:  # of a sleeper that has lost its lead, and does not know it yet
            self._events.arm(fd, READ | ONCE)

    def _remove(self, sleeper: LoopSleeper, fd: int) -> None:
        if self._asleep.get(fd) is sleeper:
            del self._asleep[fd]
            try:
                self._events.remove(fd)
            except OSError:
                pass  # it was closed by who led in its place


class Turns:
    """What the coroutines of one loop share: its poller, and its time."""

    def __init__(self) -> None:
        self._used_s = 0.0
        self._usual_s = _SHARE_S  # that one attempt takes
        self._queue: collections.deque[asyncio.Future[None]] = collections.deque()
        self._goes_on = False  # with the queue, in the loop's next turn
        self._poller: Callable[[], Poller | None] = lambda: None

    def watch(self, sleeper: LoopSleeper, fds: tuple[int, ...]) -> None:
        """Have the loop rouse `sleeper` when one of these is readable, once, and no more for others."""
        poller = self._poller()
        if poller is None and fds:
            poller = Poller(asyncio.get_running_loop())
            self._poller = weakref.ref(poller)
        if poller is not None:
            poller.watch(sleeper, fds)

    async def wait(self) -> None:
        """Wait for a turn of the loop that has some time left, after those who wait for one already."""
        if not self._queue and self._used_s < _SHARE_S:
            return
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        self._go_on()
        try:
            await turn
        except asyncio.CancelledError:
            if turn in self._queue:
                self._queue.remove(turn)
            raise

    def _go_on(self) -> None:
        if self._queue and not self._goes_on:
            asyncio.get_running_loop().call_soon(self._begin)
            self._goes_on = True

    def _begin(self) -> None:
        """A turn of the loop has begun: in the next one go on as many as have time in it, if they are as ever."""
        self._goes_on = False
        self._used_s = 0.0
        for _ in range(min(max(int(_SHARE_S / self._usual_s), 1), len(self._queue))):
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
        self._go_on()

    def attempt(self, waiting: Waiting[T], sleeper: LoopSleeper | None = None) -> Done[T] | None:
        """See `Waiting`: read what is ready for `sleeper`, and attempt. The time that it takes is counted."""
        began = time.monotonic()
        try:
            if sleeper is not None and sleeper.events:
                events, sleeper.events = sleeper.events, []
                waiting.take(sleeper, events)
            return waiting.attempt(time.monotonic())
        finally:
            took = time.monotonic() - began
            self._used_s += took
            self._usual_s += (took - self._usual_s) / _RECENT


_of_loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Turns] = weakref.WeakKeyDictionary()


def _turns() -> Turns:
    """The running loop's."""
    return _of_loops.setdefault(asyncio.get_running_loop(), Turns())
