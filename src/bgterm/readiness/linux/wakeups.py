"""Are the other descriptors that a program waits for its own wake-ups?

fish and gdb wait for the terminal and for descriptors to which only they themselves write. Nothing from
outside but the terminal can then end the wait, so it is as good as waiting for the terminal alone.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from bgterm.readiness.linux.blocked import with_nested
from bgterm.readiness.linux.procfs import slurp
from bgterm.readiness.linux.sockets import unix_peer

if TYPE_CHECKING:
    from bgterm.readiness.linux.blocked import TerminalWait

_OWN_BY_KIND = frozenset({"anon_inode:[eventfd]", "anon_inode:[signalfd]", "anon_inode:inotify"})
_BY_ITSELF = frozenset({"anon_inode:[eventfd]"})


def own_wakeups(wait: TerminalWait) -> bool:
    """Whether each descriptor that a program waits for beside the terminal is a wake-up of its own."""
    open_files: dict[str, int] = {}
    return all(_is_own(wait.thread.pid, fd, open_files) for fd in wait.other_fds)


def count_of_wakeups(wait: TerminalWait) -> int:
    """How many of the descriptors beside the terminal may have something without the program's own doing.

    A signalfd or inotify tells of others, a timerfd of time, a socket of who is at its other end.
    """
    open_files: dict[str, int] = {}
    fds = with_nested(wait.thread, wait.other_fds)
    return sum(not _is_own(wait.thread.pid, fd, open_files, _BY_ITSELF) for fd in fds)


def _is_own(pid: int, fd: int, open_files: dict[str, int], kinds: frozenset[str] = _OWN_BY_KIND) -> bool:
    """Whether only the process itself can write there; `open_files` is filled when they are needed."""
    try:
        target = os.readlink(f"/proc/{pid}/fd/{fd}")
        if target in kinds:
            return True
        if target.startswith("pipe:["):
            return _filled(open_files, pid).get(target, 0) > 1  # else the other end is somebody else's
        if target.startswith("socket:["):
            return own_socket(pid, target, open_files)
        return _fifo_of_its_own(pid, fd)
    except OSError:
        return False


def own_socket(pid: int, target: str, open_files: dict[str, int]) -> bool:
    """Whether a process has both ends of a socket, of which `target` ("socket:[INODE]") is one.

    `open_files` is filled when they are needed.
    """
    peer = unix_peer(int(target[8:-1]))
    return peer > 0 and f"socket:[{peer}]" in _filled(open_files, pid)


def _filled(open_files: dict[str, int], pid: int) -> dict[str, int]:
    """What a process has open, and how often: asked for once."""
    if not open_files:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                target = os.readlink(f"/proc/{pid}/fd/{fd}")
            except OSError:
                continue
            open_files[target] = open_files.get(target, 0) + 1
    return open_files


def _fifo_of_its_own(pid: int, fd: int) -> bool:
    """A named pipe that is opened for both reading and writing (as fish opens its notifier)."""
    if not stat.S_ISFIFO(os.stat(f"/proc/{pid}/fd/{fd}").st_mode):
        return False
    _, _, flags = slurp(f"/proc/{pid}/fdinfo/{fd}").partition(b"flags:")
    return int(flags.split()[0], 8) & os.O_ACCMODE == os.O_RDWR
