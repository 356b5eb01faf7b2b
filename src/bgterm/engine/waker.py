"""How one thread sleeps on file descriptors and is woken by another."""

from __future__ import annotations

import os
import select
import threading
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)

_LONGEST_S = 86_400  # poll(2) takes an int of milliseconds: a day at a time is enough, a sleeper looks again


class Attempt(Protocol[T_co]):
    """What a caller waits for."""

    look_at: float
    """When to attempt again though nothing happened (time.monotonic)."""

    def __call__(self, now: float) -> T_co | None:
        """The outcome, or None to go on waiting. Called with the terminal's lock held."""

    def give_back(self) -> None:
        """Undo what an outcome that did not get to its caller has consumed; may be called twice. Lock held."""


class Recoverable(Protocol):
    """Where a thread waits."""

    def recover(self, own: Waker, attempt: Attempt[object]) -> None:
        """Leave the wait of `own`, which was interrupted at any point, and make what it had consumed unread again."""


class Waker:
    """One thread's bed: `sleep` until a descriptor is readable, a time has come, or somebody calls `wake`."""

    may_be_late = False
    """See `engine.attendance.Sleeper`."""

    __slots__ = ("__weakref__", "_fds", "_poll", "_read_end", "_write_end", "asleep", "interrupted")

    def __init__(self) -> None:
        self.asleep = False
        """Its thread sleeps, or has decided to: it must be woken of what it has not seen, also by a signal handler of
        that thread."""
        self.interrupted: tuple[Recoverable, Attempt[object]] | None = None
        """The wait that this thread has not yet left in order."""
        self._read_end = self._write_end = -1  # for __del__, where no descriptor is left
        if hasattr(os, "eventfd"):
            self._read_end = self._write_end = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        else:
            self._read_end, self._write_end = os.pipe()
            os.set_blocking(self._read_end, False)
            os.set_blocking(self._write_end, False)
        self._watch(())

    def _watch(self, fds: tuple[int, ...]) -> None:
        # A new poll object each time: a half-changed one could not be told from a whole one after Ctrl-C.
        poll = select.poll()
        for fd in (self._read_end, *fds):
            poll.register(fd, select.POLLIN)
        self._poll, self._fds = poll, fds

    def sleep(self, seconds: float, fds: tuple[int, ...] = ()) -> list[tuple[int, int]]:
        """Sleep for at most `seconds` (`math.inf`: no limit); return the descriptors of `fds` that are ready.

        It may return early with nothing: who sleeps looks again.
        """
        if fds != self._fds:
            self._watch(fds)
        # poll(2) takes milliseconds, and Python rounds them up. No time at all must not mean for ever: that is < 0.
        self.asleep = True
        try:
            events = self._poll.poll(max(seconds, 0) * 1000 if seconds < _LONGEST_S else _LONGEST_S * 1000)
        finally:
            self.asleep = False
        if events and events[0][0] == self._read_end:
            self.clear()
            del events[0]
        return events

    def clear(self) -> None:
        """Forget that it was woken."""
        try:
            os.read(self._read_end, 4096)
        except BlockingIOError:
            pass

    def fileno(self) -> int:
        """The descriptor that is readable once it was woken."""
        return self._read_end

    def wake(self) -> None:
        """Wake the sleeper, or keep it from falling asleep. May be called by any thread."""
        try:
            os.write(self._write_end, b"\1\0\0\0\0\0\0\0")
        except BlockingIOError:
            pass  # it is woken already

    def __del__(self) -> None:
        for fd in {self._read_end, self._write_end} - {-1}:
            os.close(fd)


_of_thread = threading.local()


def waker() -> Waker:
    """The calling thread's waker. A thread waits for one thing at a time, so it needs one.

    A signal handler that waits while its thread sleeps gets another, and leaves what wakes the thread alone.
    """
    try:
        own: Waker = _of_thread.waker
    except AttributeError:
        own = _of_thread.waker = Waker()
    return Waker() if own.asleep else own


def adopt(own: Waker) -> None:
    """Make `own` the calling thread's waker."""
    _of_thread.waker = own


def waker_if_any() -> Waker | None:
    """The calling thread's waker if it has ever waited: asking costs no descriptor."""
    return getattr(_of_thread, "waker", None)


def _after_fork() -> None:
    global _of_thread  # noqa: PLW0603 - the parent's wakers share their descriptors with it
    _of_thread = threading.local()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
