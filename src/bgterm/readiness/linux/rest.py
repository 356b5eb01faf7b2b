"""Does everybody else rest? What waits for the terminal is idle only if nobody beside it can bring output.

A thread or process beside the reader rests where it sleeps until somebody else acts: until a child ends, a lock is
free, a pipe has something or takes something, the terminal has input. It does not rest where it runs, sleeps on a
timer, or waits for the network.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bgterm.readiness.linux.blocked import UnseenWaitError, sleeping_call, watched_by
from bgterm.readiness.linux.procfs import children, slurp, threads
from bgterm.readiness.linux.syscalls import CALLS_AND_RESTS, Call, Rest
from bgterm.readiness.linux.thread import Thread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bgterm.readiness.linux.blocked import TerminalDevice

_ASLEEP = b"S"
_OUT_OF_ACTION = b"TtZXxI"
_INT_MASK = 0xFFFFFFFF
_WOKEN_BY_OTHERS = ("pipe:", "anon_inode:[eventfd]", "anon_inode:[signalfd]")


@dataclass(slots=True)
class Surroundings:
    """Everybody beside `reader`, the thread that waits for the terminal."""

    reader: Thread
    device: TerminalDevice
    pooled: bool
    """The reader's process keeps threads that wait some time for work before they end: that is rest too."""

    def rest(self, pids: Iterable[int]) -> bool:
        """Whether no thread of these processes, nor of the children that they wait for, can go on by itself.

        The threads are asked one after the other, so one that was found at rest may since have been woken by one that
        was asked later. Where none of them had a turn on a CPU in between, all of them rested at once.
        """
        queue = list(pids)
        seen = set(queue)
        turns: dict[tuple[int, int], bytes] = {}
        for pid in queue:
            for tid in threads(pid):
                if tid == self.reader.tid:
                    continue
                turns[pid, tid] = _turns(pid, tid)
                rest = self._rest(Thread(pid, tid))
                if rest is None:
                    return False
                if rest is Rest.FOR_A_CHILD:
                    fresh = [child for child in children(pid) if child not in seen]
                    seen.update(fresh)
                    queue += fresh
        return all(_turns(*thread) == before for thread, before in turns.items())

    def _rest(self, thread: Thread) -> Rest | Call | None:
        """In which call a thread rests, None if it does not or that cannot be known."""
        try:
            state = thread.stat().state
            if state in _OUT_OF_ACTION:
                return Rest.FOR_A_SIGNAL
            if state != _ASLEEP:
                return None
            sleeping = sleeping_call(thread, CALLS_AND_RESTS)
            return sleeping[0] if sleeping is not None and self._rests_in(thread, *sleeping) else None
        except (PermissionError, UnseenWaitError):
            return None
        except OSError:  # it has gone
            return Rest.FOR_A_SIGNAL

    def _rests_in(self, thread: Thread, call: Rest | Call, arguments: list[int]) -> bool:
        first, _, third, fourth, _ = arguments
        pooled = self.pooled and thread.pid == self.reader.pid
        if isinstance(call, Call):
            watched, timed = watched_by(thread, call, arguments)
            endless = not timed or pooled
            return bool(watched) and endless and all(self._woken_by_others(thread.pid, fd) for fd in watched)
        if call is Rest.FOR_A_LOCK:
            return fourth == 0 or pooled
        if call is Rest.FOR_A_SIGNAL_IN_TIME:
            return third == 0
        if call is Rest.WRITING:
            return _target(thread.pid, first & _INT_MASK).startswith("pipe:")
        return True

    def _woken_by_others(self, pid: int, fd: int) -> bool:
        return _target(pid, fd).startswith(_WOKEN_BY_OTHERS) or self.device.is_open_as(pid, fd)


def _turns(pid: int, tid: int) -> bytes:
    """How often a thread has had a CPU; b"" where that is not counted, or the thread has gone."""
    try:
        return slurp(f"/proc/{pid}/task/{tid}/schedstat").rpartition(b" ")[2]
    except OSError:
        return b""


def _target(pid: int, fd: int) -> str:
    """What a descriptor is open on, "" where it is not open."""
    try:
        return os.readlink(f"/proc/{pid}/fd/{fd}")
    except FileNotFoundError:
        return ""
