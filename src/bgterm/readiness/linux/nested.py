"""Relays to a terminal on the same machine: script, sudo, su, expect.

Such a program waits for our terminal all the time, and that says nothing. It holds the master of an inner terminal,
and whoever has that one is the program to ask about. The kernel lends us the relay's master (pidfd_getfd(2)).
"""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from functools import cache

from bgterm.readiness.linux.procfs import children, process_stat, slurp

_PTMX = os.makedev(5, 2)
_SYS_PIDFD_GETFD = 438  # the same number on every machine (unistd.h)
_PTS_MAJORS = range(136, 144)


@dataclass(slots=True)
class InnerMaster:
    """The master of an inner terminal, as a process holds it."""

    pid: int
    fd: int
    index: int
    """The inner terminal is /dev/pts/`index`."""


def inner_master(pid: int) -> InnerMaster | None:
    """The one inner terminal that a process, or a child of it, serves. None if there is none, or more than one."""
    found = [master for process in (pid, *children(pid)) for master in _masters(process)]
    return found[0] if len({master.index for master in found}) == 1 else None


def _masters(pid: int) -> list[InnerMaster]:
    masters: list[InnerMaster] = []
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            if os.stat(f"/proc/{pid}/fd/{fd}").st_rdev == _PTMX:
                _, _, index = slurp(f"/proc/{pid}/fdinfo/{fd}").partition(b"tty-index:")
                masters.append(InnerMaster(pid, int(fd), int(index.split()[0])))
    except (OSError, IndexError):
        return []
    return masters


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def borrow(master: InnerMaster) -> int:
    """A descriptor of our own for the relay's master. Close it soon: the inner terminal lives as long as it is open.

    Raises OSError where the kernel does not lend it (before 5.6, or under a container's system call filter).
    """
    pidfd = os.pidfd_open(master.pid)
    try:
        fd: int = _libc().syscall(_SYS_PIDFD_GETFD, pidfd, master.fd, 0)
        if fd < 0:
            error = ctypes.get_errno()
            raise OSError(error, os.strerror(error))
        return fd
    finally:
        os.close(pidfd)


def group_on(index: int, root: int) -> int:
    """The foreground process group of /dev/pts/`index`, as one of the processes below `root` tells it; else 0."""
    queue = [root]
    for pid in queue:
        found = process_stat(pid)
        if found is not None and _is_pts(found.terminal, index):
            return found.terminal_group
        queue += children(pid)
    return 0


def _is_pts(terminal: int, index: int) -> bool:
    major, minor = os.major(terminal), os.minor(terminal)
    return major in _PTS_MAJORS and (major - _PTS_MAJORS.start) * 256 + minor == index
