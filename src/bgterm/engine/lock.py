"""A terminal's lock, for who must not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

_LONGEST_HOLD_SECONDS = 0.05


def locked_shortly(lock: Lock, action: Callable[[], object]) -> bool:
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
