"""How much the processes of a group do, from what the kernel shows to everybody."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bgterm.readiness.linux.procfs import parsed_stat, slurp, threads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bgterm.readiness.linux.procfs import ProcessStat
    from bgterm.readiness.linux.thread import Thread

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(members: Iterable[tuple[int, ProcessStat]]) -> float:
    """CPU time that these processes have used so far."""
    return sum(found.cpu_ticks for _, found in members) / _TICKS_PER_SECOND


def runs(pid: int) -> bool:
    """Whether any thread of a process has a CPU, or waits for one or for a disk."""
    return any(_state(pid, tid) in b"RD" for tid in threads(pid))


def _state(pid: int, tid: int) -> bytes:
    try:
        return parsed_stat(slurp(f"/proc/{pid}/task/{tid}/stat", 1024)).state
    except OSError:
        return b"X"  # it has gone


def turns_of(pid: int, tid: int) -> bytes:
    """How often a thread has had a CPU; b"" where that is not counted, or the thread has gone."""
    try:
        return slurp(f"/proc/{pid}/task/{tid}/schedstat").rpartition(b" ")[2]
    except OSError:
        return b""


class Awakening:
    """Whether a thread that sleeps for short times has woken since it was found to be the only one that does."""

    def __init__(self) -> None:
        self._asleep: tuple[int, float] | None = None
        self._turns = b""

    def seen(self, thread: Thread, still_since: float) -> bool:
        """Whether it has woken since the first call with the same arguments that is not forgotten."""
        asleep, turns = (thread.tid, still_since), turns_of(thread.pid, thread.tid)
        if asleep != self._asleep:
            self._asleep, self._turns = asleep, turns
        return turns != self._turns

    def forget(self) -> None:
        """Somebody else was at work."""
        self._asleep = None


class Sleep:
    """Since when a process group has been asleep without a single turn on a CPU."""

    def __init__(self) -> None:
        self._turns: dict[int, int] = {}
        self._since = 0.0

    def since(self, members: Iterable[tuple[int, ProcessStat]], now: float) -> float | None:
        """Since which look nobody has run; None if somebody runs now."""
        turns: dict[int, int] = {}
        for pid, found in members:
            if found.state in b"RD":
                self._turns = {}
                return None
            try:
                turns[pid] = int(slurp(f"/proc/{pid}/schedstat").split()[2])
            except (OSError, IndexError):  # the kernel keeps no count of turns
                turns[pid] = found.cpu_ticks
        if turns != self._turns:
            self._turns, self._since = turns, now
        return self._since
