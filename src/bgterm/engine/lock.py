"""A terminal's lock, for who must not wait for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from threading import Lock, current_thread, get_ident

_LONGEST_HOLD_SECONDS = 0.05
_LONG_SECONDS = 3600.0


def locked_shortly(lock: Lock | LastLock, action: Callable[[], object]) -> bool:
    """Call `action` with `lock` held, unless it cannot be had; return whether it was called.

    Others hold it for moments: who has not got it after `_LONGEST_HOLD_SECONDS` has locked it himself, below a signal
    handler.
    """
    held: list[bool] = []
    try:
        # Noted within one C call: a handler that raises after it leaves no lock behind of which nobody knows.
        held.extend(map(lock.acquire, (True,), (_LONGEST_HOLD_SECONDS,)))
        if held[0]:
            action()
        return held[0]
    finally:
        if True in held:
            lock.release()


class LastLock:
    """A terminal's lock while the interpreter ends: daemon threads never get it, see `sleep_for_good`."""

    def __init__(self, lock: Lock, needed: Collection[int]) -> None:
        """`needed`: the daemon threads that get it all the same, by `threading.get_ident`."""
        self._lock, self._needed = lock, needed

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Do as `Lock.acquire` does."""
        sleep_for_good(self._needed)
        return self._lock.acquire(blocking, timeout)

    def release(self) -> None:
        """Do as `Lock.release` does."""
        self._lock.release()

    def locked(self) -> bool:
        """Do as `Lock.locked` does."""
        return self._lock.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_error: object) -> None:
        self.release()


def sleep_for_good(needed: Collection[int]) -> None:
    """Never return to a daemon thread that is not `needed`.

    When the interpreter ends it stops such threads wherever they are, but its last moments are enough for one to be
    told that its session was closed: an error that nobody meant, and that is printed.
    """
    while get_ident() not in needed and current_thread().daemon:
        time.sleep(_LONG_SECONDS)
