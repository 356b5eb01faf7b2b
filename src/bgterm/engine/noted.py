"""What was made is known to its owner, whenever Ctrl-C comes.

A signal handler may raise (KeyboardInterrupt) after any call, before its result is stored: `fd = os.open(...)` then
leaves a descriptor of which nobody knows. Another thread, where no handler runs, could not start programs for us: they
take much from the thread that does (seccomp(2), setns(2), sched_setaffinity(2)), and may end with it (prctl(2):
PR_SET_PDEATHSIG).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain, starmap
from typing import TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


def noted(results: list[T], call: Callable[[*Ts], T], *arguments: *Ts) -> T:
    """Call a function of C and add its result to `results`, which is one step to a signal handler; return it."""
    results.extend(starmap(call, (arguments,)))
    return results[-1]


def all_noted(results: list[T], call: Callable[[*Ts], Iterable[T]], *arguments: *Ts) -> None:
    """Do the same where the result is several."""
    results.extend(chain.from_iterable(starmap(call, (arguments,))))


def give_back(opened: list[int]) -> None:
    """Close these descriptors. Can be done again, and closes none twice."""
    while opened:
        fd = opened[-1]
        # No call in between: CPython looks for signals only after calls and at backward jumps.
        del opened[-1]
        os.close(fd)


def contents(path: str) -> bytes:
    """What a file of /proc says. Raises OSError; nothing stays open."""
    opened: list[int] = []
    try:
        fd = noted(opened, os.open, path, os.O_RDONLY | os.O_CLOEXEC)
        return b"".join(iter(partial(os.read, fd, 16384), b""))
    finally:
        if opened:
            os.close(opened[0])  # and no function of ours: a handler may raise at its first instruction
