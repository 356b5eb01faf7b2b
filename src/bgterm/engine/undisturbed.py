"""Cleaning up while somebody holds Ctrl-C down."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVarTuple

Ts = TypeVarTuple("Ts")

_TRIES = 100


def undisturbed(action: Callable[[*Ts], object], *arguments: *Ts) -> None:
    """Do `action` to its end, from the beginning again where a signal handler raises in the middle of it.

    For what must be done because something was raised: that is on its way already, so what comes meanwhile is
    passed over. `action` leaves things such that it can be done again. Raises what it still raises after many tries.
    """
    for left in reversed(range(_TRIES)):
        try:
            action(*arguments)
        except BaseException:
            if not left:
                raise
        else:
            return
