"""The I/O thread: it serves every terminal on which nobody waits, and sleeps while nothing happens."""

from __future__ import annotations

import math
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from bgterm.engine import threads
from bgterm.engine.failures import report_failure
from bgterm.engine.waker import Waker, adopt

P = ParamSpec("P")
T = TypeVar("T")

Handler = Callable[[int], None]

LEASE_S = 0.005
"""How long a terminal is left to callers that come again at once, before the I/O thread serves it. To arm and disarm
it for each of their calls costs a tenth of a round trip, and a flood that a caller reads page by page would be read by
two threads that are in each other's way. The price: a program may find its terminal full for so long."""

_AFTER_FAILURE_S = 0.05
"""How long the thread rests where it cannot even wait for events, before it tries again."""


if sys.platform == "linux":
    READ, WRITE, ONCE = select.EPOLLIN, select.EPOLLOUT, select.EPOLLONESHOT

    class Events:
        """Readiness of many descriptors. Each report disarms its descriptor until it is armed again."""

        def __init__(self) -> None:
            self._epoll = select.epoll()
            self.arm = self._epoll.modify

        def add(self, fd: int, mask: int) -> None:
            """Report `fd` when it is ready for what `mask` says."""
            self._epoll.register(fd, mask)

        def remove(self, fd: int) -> None:
            """Report it no more."""
            self._epoll.unregister(fd)

        def wait(self, seconds: float | None) -> list[tuple[int, int]]:
            """The descriptors that are ready, and for what, once there are some or the time is up."""
            # A hang-up is reported whether asked for or not (epoll_ctl(2)); to a reader it is readable.
            return self._epoll.poll(seconds)

        def fileno(self) -> int:
            """Readable when something is reported (epoll(7))."""
            return self._epoll.fileno()

        def close(self) -> None:
            """Give back what is held."""
            self._epoll.close()

else:  # macOS: not tested, see the README
    READ, WRITE, ONCE = 1, 4, 0

    class Events:
        """The same by kqueue(2)."""

        _FILTERS = ((READ, select.KQ_FILTER_READ), (WRITE, select.KQ_FILTER_WRITE))

        def __init__(self) -> None:
            self._queue = select.kqueue()

        def add(self, fd: int, mask: int) -> None:
            """See above."""
            self.arm(fd, mask)

        def arm(self, fd: int, mask: int) -> None:
            """See above."""
            self.remove(fd)
            flags = select.KQ_EV_ADD | select.KQ_EV_ONESHOT
            changes = [select.kevent(fd, kind, flags) for bit, kind in self._FILTERS if mask & bit]
            if changes:
                self._queue.control(changes, 0)

        def remove(self, fd: int) -> None:
            """See above."""
            for _, kind in self._FILTERS:
                try:
                    self._queue.control([select.kevent(fd, kind, select.KQ_EV_DELETE)], 0)
                except FileNotFoundError:
                    pass  # it was not armed

        def wait(self, seconds: float | None) -> list[tuple[int, int]]:
            """See above."""
            kinds = {kind: bit for bit, kind in self._FILTERS}
            return [(event.ident, kinds[event.filter]) for event in self._queue.control(None, 64, seconds)]

        def fileno(self) -> int:
            """See above."""
            return self._queue.fileno()

        def close(self) -> None:
            """See above."""
            self._queue.close()


class Pump:
    """One thread that calls a descriptor's handler when the descriptor is ready.

    A handler is called once for each time that its descriptor was armed, without any lock held, and bounds
    what it does: the next terminal waits for it. Its descriptor is removed before it is closed, so a number
    that the kernel gives out again never reaches the handler of its former owner for good; a handler may
    still be called once too often and must look for itself.

    A terminal whose callers come again and again is lent to them (`lend`): it is not armed after each call, but
    when none has come for `LEASE_S`. Only while something is lent does the thread wake up by the clock.
    """

    def __init__(self) -> None:
        self._stop = Waker()  # both close themselves where the rest fails
        self._events = Events()
        self._handlers: dict[int, Handler] = {}
        self._stopping = False
        self._lent: dict[Callable[[], bool], None] = {}  # each once, in their order
        self._reclaims = False
        self._due = math.inf  # when what is lent is reclaimed (time.monotonic)
        self._events.add(self._stop.fileno(), READ)
        self.arm = self._events.arm
        """`arm(fd, mask | ONCE)`: call the handler of `fd` once more, for what `mask` says (0: not at all)."""
        self._thread = threading.current_thread()

    def add(self, fd: int, handler: Handler, mask: int) -> None:
        """Call `handler` once when `fd` is ready for what `mask` says, `ONCE` among it; then again after `arm`."""
        self._handlers[fd] = handler
        try:
            self._events.add(fd, mask)
        except BaseException:
            del self._handlers[fd]
            raise

    def remove(self, fd: int) -> None:
        """Forget `fd`. Its owner closes it afterwards."""
        if self._handlers.pop(fd, None) is not None:
            self._events.remove(fd)

    def lend(self, reclaim: Callable[[], bool]) -> None:
        """Call `reclaim` after `LEASE_S`, and again as long as it returns True: the lease goes on."""
        self._lent[reclaim] = None
        if not self._reclaims:
            self._stop.wake()

    def run(self) -> None:
        """Be the thread, which has made this."""
        adopt(self._stop)
        fails = False
        while not self._stopping:
            try:
                self._turn()
                fails = False
            except Exception:  # noqa: BLE001 - every terminal depends on this thread: it goes on if it can
                if not fails:
                    report_failure()
                    fails = True
                time.sleep(_AFTER_FAILURE_S)  # nothing tells when the kernel listens again

    def _turn(self) -> None:
        # In this order, so that whoever lends in between is either seen here or wakes this thread.
        self._reclaims = False
        if self._lent:
            self._reclaims = True
            self._due = min(self._due, time.monotonic() + LEASE_S)
        for fd, mask in self._events.wait(max(self._due - time.monotonic(), 0) if self._reclaims else None):
            if fd == self._stop.fileno():
                self._call(self._stop.clear)
            elif (handler := self._handlers.get(fd)) is not None:
                self._call(handler, mask)
        if time.monotonic() >= self._due:
            self._due = math.inf
            for reclaim in list(self._lent):
                del self._lent[reclaim]  # before the call: who lends during it is not forgotten
                if self._call(reclaim):
                    self._lent[reclaim] = None

    def _call(self, handler: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return handler(*args, **kwargs)
        except Exception:  # noqa: BLE001 - one terminal's failure must not stop the others
            report_failure()
            return None

    @property
    def thread_ident(self) -> int | None:
        """The thread, by `threading.get_ident`."""
        return self._thread.ident

    def stop(self) -> None:
        """End the thread. Terminals stay readable by who waits on them."""
        self._stopping = True
        self._stop.wake()
        self._thread.join()

    def abandon(self) -> None:
        """In a forked child, which has the descriptors but not the thread: give them back."""
        self._events.close()


_pump: Pump | None = None
_lock = threading.Lock()
_making = threading.Lock()


def pump() -> Pump:
    """The process's pump, started at the first call. Raises OSError or RuntimeError where it cannot start."""
    if not threads.are_real():  # any more
        raise RuntimeError(threads.NEEDED)
    with _lock:
        return _pump or _made()


def _made() -> Pump:
    told: list[Pump | BaseException] = []
    began = threading.Event()
    threading.Thread(target=_begin, args=(began, told), name="bgterm-io", daemon=True).start()
    began.wait()
    if isinstance(told[0], BaseException):
        raise told[0]
    return told[0]


def _begin(began: threading.Event, told: list[Pump | BaseException]) -> None:
    """In the I/O thread: no signal handler runs there, so nothing that is made is lost to Ctrl-C."""
    global _pump  # noqa: PLW0603 - one thread for the whole process
    own = None
    try:
        with _making:  # who waited for it may have been interrupted, and have come again
            if _pump is None:
                _pump = own = Pump()
            told.append(_pump)
    except BaseException as error:  # noqa: BLE001 - raised where it was asked for
        told.append(error)
    began.set()
    if own is not None:
        own.run()


def thread_ident() -> int | None:
    """The I/O thread, by `threading.get_ident`, None where there is none."""
    return None if _pump is None else _pump.thread_ident


def stop() -> None:
    """End the I/O thread, if there is one, before the interpreter does."""
    with _lock:
        if _pump is not None:
            _pump.stop()


def _after_fork() -> None:
    global _pump, _lock, _making  # noqa: PLW0603 - the thread is the parent's
    _lock, _making = threading.Lock(), threading.Lock()
    if _pump is not None:
        _pump.abandon()
        _pump = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
