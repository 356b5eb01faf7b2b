"""Where in its program a thread sleeps: how far its stack has grown, to the byte, since the program began.

The stack begins at a random address, but grows alike in each process of a program. Both ends show to whoever may trace
the process: `startstack` in /proc/PID/stat, and the stack pointer in /proc/PID/syscall (proc(5)).
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from bgterm.readiness.linux.procfs import slurp
from bgterm.readiness.linux.thread import Thread
from bgterm.readiness.observation import Place

if TYPE_CHECKING:
    from collections.abc import Hashable

_DEPTH_MAX = 8 << 20  # where a stack ends as a rule: beyond it lies what a language makes for a stack itself
_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _STARTED, _START_STACK = 1, 19, 25  # fields of stat behind the name
_STACK_POINTER = -2


class Places:
    """Tells where main threads sleep, and keeps what does not change of the last one."""

    def __init__(self) -> None:
        self._thread: Thread | None = None
        self._name = ""
        self._program: Hashable = None
        self._start = 0
        self._started = 0.0

    def of(self, pid: int, name: str) -> Place | None:
        """Where the main thread of a process sleeps, None where that does not show."""
        try:
            if self._thread is None or (self._thread.pid, self._name) != (pid, name):
                self._thread = self._look_at(pid, name)
            depth = self._depth(self._thread)
            if depth is None:  # another program's stack begins elsewhere
                self._thread = self._look_at(pid, name)
                depth = self._depth(self._thread)
        except OSError:
            self._thread = None  # it has gone, and its number may be another's
            return None
        return None if depth is None else Place(self._program, self._start, depth, self._started)

    def _look_at(self, pid: int, name: str) -> Thread:
        fields = _fields(pid)
        program = os.stat(f"/proc/{pid}/exe")
        self._name, self._program = name, (program.st_dev, program.st_ino)
        self._start, self._started = int(fields[_START_STACK]), _started(fields)
        return Thread(pid, pid)

    def _depth(self, thread: Thread) -> int | None:
        call = thread.syscall().split()
        depth = self._start - int(call[_STACK_POINTER], 16) if len(call) > 1 else 0
        return depth if 0 < depth < _DEPTH_MAX else None


def _started(fields: list[bytes]) -> float:
    """When what a process runs has begun: that of a fork with its parent, whose memory it has."""
    try:
        while (parent := _fields(int(fields[_PARENT])))[_START_STACK] == fields[_START_STACK]:
            fields = parent
    except OSError:
        pass
    # The kernel counts the time that the machine was suspended, Python's monotonic clock does not.
    suspended = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
    return int(fields[_STARTED]) / _TICKS - suspended


def _fields(pid: int) -> list[bytes]:
    """What follows the name in a process's stat file."""
    stat = slurp(f"/proc/{pid}/stat", 1024)
    return stat[stat.rindex(b")") + 2 :].split()
