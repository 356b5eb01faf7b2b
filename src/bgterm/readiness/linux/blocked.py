"""Does a thread sleep until the terminal has input for it?

/proc/PID/task/TID/syscall gives the call in which a thread sleeps, and its arguments; from those, the process's memory
(poll, select) or the epoll instance, one knows which descriptors it sleeps on. To read it takes the right to trace the
process.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from stat import S_ISCHR
from typing import TYPE_CHECKING, TypeVar

from bgterm.engine.noted import contents
from bgterm.readiness.linux.syscalls import CALLS, Call
from bgterm.readiness.linux.thread import Thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bgterm.readiness.linux.procfs import ProcessStat

C = TypeVar("C")

_POLLIN = 0x1 | 0x40  # POLLIN | POLLRDNORM
_POLL_EVENTS = 0x7FF | 0x2000  # every bit that poll(2) defines, POLLRDHUP the last
_ENTRIES_MAX = 1 << 16
_DEV_TTY = os.makedev(5, 0)
_INT_MASK = 0xFFFFFFFF
_FOREVER_MS = _INT_MASK  # -1 as an int


class UnseenWaitError(Exception):
    """The thread sleeps in a way that does not show on what: a 32-bit program, or `RingWaitError`."""


class RingWaitError(UnseenWaitError):
    """The thread waits for an io_uring."""


@dataclass(slots=True)
class TerminalDevice:
    """Which terminal is meant. The file system counts too: each container numbers its terminals from 0."""

    file_system: int
    number: int
    by_its_name: bool = True
    """A process's /dev/tty is this terminal too: so it is for those that have it as controlling terminal."""

    def is_open_as(self, pid: int, fd: int) -> bool:
        """Whether descriptor `fd` of a process is this terminal. Raises PermissionError where that is refused."""
        try:
            found = os.stat(f"/proc/{pid}/fd/{fd}")
        except PermissionError:
            raise
        except OSError:
            return False
        if not S_ISCHR(found.st_mode):
            return False
        if found.st_rdev == _DEV_TTY:
            return self.by_its_name
        return found.st_rdev == self.number and found.st_dev == self.file_system


@dataclass(slots=True)
class TerminalWait:
    """A thread that sleeps until the terminal has input, and perhaps until other things happen."""

    thread: Thread
    process: ProcessStat
    """As its thread shows it: the name is the thread's own."""
    other_fds: list[int]
    """What else would wake it."""
    timed: bool
    """Whether it wakes by itself after a while."""
    reads: bool = False
    """It sleeps in a read itself, where the terminal's own timer counts (VTIME, see termios(3))."""

    @property
    def of_main_thread(self) -> bool:
        """The process's main thread waits."""
        return self.thread.tid == self.thread.pid


def terminal_wait(thread: Thread, device: TerminalDevice) -> TerminalWait | None:
    """How a thread waits for the terminal, None if it does not.

    Raises PermissionError where the kernel refuses to tell, UnseenWaitError where it cannot.
    """
    try:
        call = sleeping_call(thread, CALLS)
        if call is None:
            return None
        watched, timed = watched_by(thread, *call)
        mine = _terminal_among(watched, thread.pid, device)
        if mine is None:
            watched = with_nested(thread, watched)
            mine = _terminal_among(watched, thread.pid, device)
        if mine is None:
            return None
        # A thread that is stopped, or held by a debugger, still shows its call.
        stat = thread.stat()
    except PermissionError:
        raise
    except OSError:  # it has gone
        return None
    if stat.state != b"S":
        return None
    others = [fd for fd in watched if fd != mine]
    reads = call[0] is Call.READ
    return TerminalWait(thread, stat, others, timed, reads)


def _terminal_among(fds: list[int], pid: int, device: TerminalDevice) -> int | None:
    return next((fd for fd in fds if device.is_open_as(pid, fd)), None)


def sleeping_call(thread: Thread, calls: Mapping[bytes, C]) -> tuple[C, list[int]] | None:
    """The call in which a thread sleeps, and its arguments; None if it is none of `calls`."""
    fields = thread.syscall().split()
    if len(fields) < 9:  # "running", or "-1": it sleeps outside a system call
        return None
    # The stack of a 64-bit program lies high; in a 32-bit program the same numbers mean other calls.
    if int(fields[7], 16) <= _INT_MASK:
        raise UnseenWaitError
    call = calls.get(fields[0])
    if call is Call.IO_URING:
        raise RingWaitError
    return None if call is None else (call, [int(field, 16) for field in fields[1:6]])


def watched_by(thread: Thread, call: Call, arguments: list[int]) -> tuple[list[int], bool]:
    """The descriptors on which a call sleeps for input, and whether it ends by itself."""
    first, second, third, fourth, fifth = arguments
    if call is Call.READ:
        return [first & _INT_MASK], False
    if call is Call.SENDFILE:
        return [second & _INT_MASK], False
    if call is Call.POLL:
        return _polled(thread, first, second), third & _INT_MASK != _FOREVER_MS
    if call is Call.PPOLL:
        return _polled(thread, first, second), third != 0
    if call is Call.RESTART:
        # Nobody says which call goes on, nor whether it has a timeout: take it for timed.
        return _polled(thread, first, second, doubtful=True), True
    if call is Call.SELECT:
        return _selected(thread, first & _INT_MASK, second), fifth != 0
    watched = _epolled(thread.pid, first & _INT_MASK)
    if call is Call.EPOLL_PWAIT2:
        return watched, fourth != 0
    return watched, fourth & _INT_MASK != _FOREVER_MS


def seconds_of(thread: Thread) -> float:
    """For how long a thread sleeps that waits for a time; 0.0 where that does not show."""
    found = sleeping_call(thread, CALLS)
    if found is None:
        return 0.0
    call, (_, _, third, fourth, fifth) = found
    if call is Call.POLL or call is Call.EPOLL:
        return (third if call is Call.POLL else fourth) / 1000
    address = {Call.PPOLL: third, Call.SELECT: fifth, Call.EPOLL_PWAIT2: fourth}.get(call, 0)
    # A select(2) of old has microseconds in the second number: it is taken for shorter than it is.
    seconds, rest = struct.unpack("=qq", thread.memory(address, 16)) if address else (0, 0)
    return float(seconds + rest / 1e9)


def with_nested(thread: Thread, watched: list[int]) -> list[int]:
    """`watched`, and in the place of epoll instances what those watch: they are waited for as any descriptor is."""
    found: list[int] = []
    seen: set[int] = set()
    queue = list(watched)
    for fd in queue:
        if fd in seen:
            continue
        seen.add(fd)
        if _is_epoll(thread.pid, fd):
            queue += _epolled(thread.pid, fd)
        else:
            found.append(fd)
    return found


def _is_epoll(pid: int, fd: int) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/fd/{fd}") == "anon_inode:[eventpoll]"
    except PermissionError:
        raise
    except OSError:
        return False


def _polled(thread: Thread, address: int, count: int, *, doubtful: bool = False) -> list[int]:
    """The descriptors of a pollfd array. With `doubtful` it must look like one in every entry."""
    if not 0 < count <= _ENTRIES_MAX:
        return []
    memory = thread.memory(address, 8 * count)
    entries = list(struct.iter_unpack("=iHH", memory[: len(memory) // 8 * 8]))
    if doubtful and any(not events or events & ~_POLL_EVENTS for _, events, _ in entries):
        return []
    return [fd for fd, events, _ in entries if fd >= 0 and events & _POLLIN]


def _selected(thread: Thread, count: int, address: int) -> list[int]:
    """The descriptors in an fd_set."""
    if not 0 < count <= _ENTRIES_MAX or not address:
        return []
    bits = int.from_bytes(thread.memory(address, (count + 63) // 64 * 8), "little")
    return [fd for fd in range(count) if bits >> fd & 1]


def _epolled(pid: int, epoll_fd: int) -> list[int]:
    """The descriptors that an epoll instance watches for input."""
    watched: list[int] = []
    for line in contents(f"/proc/{pid}/fdinfo/{epoll_fd}").splitlines():
        if line.startswith(b"tfd:"):
            _, fd, _, events, *_ = line.split()
            if int(events, 16) & _POLLIN:
                watched.append(int(fd))
    return watched
