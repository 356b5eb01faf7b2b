"""Where in its program a thread sleeps: how far its stack has grown, to the byte, since the program began.

The stack begins at a random address, but grows alike in each process of a program. Both ends show to whoever may trace
the process: `startstack` in /proc/PID/stat, and the stack pointer in /proc/PID/syscall (proc(5)).
"""

from __future__ import annotations

import contextlib
import os
import time

from bgterm.readiness.linux.procfs import command_line, slurp
from bgterm.readiness.observation import Place

_DEPTH_MAX = 8 << 20  # where a stack ends as a rule: beyond it lies what a language makes for a stack itself
_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT, _STARTED, _START_STACK = 1, 19, 25  # fields of stat behind the name
_STACK_POINTER = -2


def place_of(pid: int) -> Place | None:
    """Where the main thread of a process sleeps, None where that does not show."""
    try:
        fields = _stat(pid)
        call = slurp(f"/proc/{pid}/syscall", 256).split()
        program = os.stat(f"/proc/{pid}/exe")
        start = int(fields[_START_STACK])
        depth = start - int(call[_STACK_POINTER], 16) if len(call) > 1 else 0
        if not 0 < depth < _DEPTH_MAX:
            return None
    except OSError:
        return None
    with contextlib.suppress(OSError):
        # What a fork runs has begun with its parent, whose memory it has.
        while (parent := _stat(int(fields[_PARENT])))[_START_STACK] == fields[_START_STACK]:
            fields = parent
    # The kernel counts the time that the machine was suspended, Python's monotonic clock does not.
    suspended = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
    started = int(fields[_STARTED]) / _TICKS - suspended
    return Place((program.st_dev, program.st_ino), start, depth, started)


def _stat(pid: int) -> list[bytes]:
    """The fields of a process's stat that follow its name."""
    stat = slurp(f"/proc/{pid}/stat", 1024)
    return stat[stat.rindex(b")") + 2 :].split()


def arguments_of(pid: int) -> list[str]:
    """The arguments with which a process was started, none where they are not known."""
    return [word.decode(errors="replace") for word in command_line(pid)]
