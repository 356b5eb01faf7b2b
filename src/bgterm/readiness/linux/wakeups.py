"""Are the other descriptors that a program waits for its own wake-ups?

fish and gdb wait for the terminal and for descriptors to which only they themselves write. Nothing from
outside but the terminal can then end the wait, so it is as good as waiting for the terminal alone.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from bgterm.readiness.linux.procfs import slurp

if TYPE_CHECKING:
    from bgterm.readiness.linux.blocked import TerminalWait

_OWN_BY_KIND = frozenset({"anon_inode:[eventfd]", "anon_inode:[signalfd]", "anon_inode:inotify"})


def own_wakeups(wait: TerminalWait) -> bool:
    """Whether each descriptor that a program waits for beside the terminal is a wake-up of its own."""
    pid = wait.thread.pid
    open_files: list[str] | None = None
    for fd in wait.other_fds:
        try:
            target = os.readlink(f"/proc/{pid}/fd/{fd}")
            if target in _OWN_BY_KIND:
                continue
            if target.startswith("pipe:["):
                if open_files is None:
                    open_files = _open_files(pid)
                if open_files.count(target) < 2:  # the other end is somebody else's
                    return False
            elif not _fifo_of_its_own(pid, fd):
                return False
        except OSError:
            return False
    return True


def _open_files(pid: int) -> list[str]:
    targets: list[str] = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            targets.append(os.readlink(f"/proc/{pid}/fd/{fd}"))
        except OSError:
            continue
    return targets


def _fifo_of_its_own(pid: int, fd: int) -> bool:
    """A named pipe that is opened for both reading and writing (as fish opens its notifier)."""
    if not stat.S_ISFIFO(os.stat(f"/proc/{pid}/fd/{fd}").st_mode):
        return False
    _, _, flags = slurp(f"/proc/{pid}/fdinfo/{fd}").partition(b"flags:")
    return int(flags.split()[0], 8) & os.O_ACCMODE == os.O_RDWR
