"""Who beside the reader could bring output by himself? What waits for the terminal is idle only if that is nobody.

A thread or process rests where it sleeps until somebody else acts: until a child ends, a lock is free, a pipe has
something or takes something, the terminal has input. It does not rest where it runs, sleeps on a timer, or waits for
the network.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bgterm.readiness.linux.activity import turns_of
from bgterm.readiness.linux.blocked import UnseenWaitError, sleeping_call, watched_by
from bgterm.readiness.linux.procfs import ProcessStat, process_stat, slurp, threads
from bgterm.readiness.linux.syscalls import CALLS_AND_RESTS, Call, Rest
from bgterm.readiness.linux.thread import Thread
from bgterm.readiness.linux.wakeups import own_socket
from bgterm.readiness.programs import SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bgterm.readiness.linux.blocked import TerminalDevice

_FOR_ANOTHER = frozenset({Rest.FOR_A_CHILD, Rest.FOR_A_SIGNAL})
_MANY = 16
_OUT_OF_ACTION = b"TtZXxI"
_INT_MASK = 0xFFFFFFFF
_PIPE = "pipe:"
_SOCKET = "socket:"
_EVENTFD = "anon_inode:[eventfd]"


def _bits(*signals: int) -> int:
    return sum(1 << (number - 1) for number in signals)


_SIGALRM, _SIGSEGV, _SIGTERM = _bits(signal.SIGALRM), _bits(signal.SIGSEGV), _bits(signal.SIGTERM)
_OF_LINE_EDITORS = _bits(signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM, signal.SIGTTIN, signal.SIGTTOU)
_BY_THE_KERNEL = _bits(signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF, signal.SIGIO) | -1 << 31  # and all from 32 on
_OF_TIMERS = _BY_THE_KERNEL | _bits(signal.SIGUSR1, signal.SIGUSR2)


def timers_of(pid: int, process: ProcessStat, *, canonical: bool) -> int:
    """How many timers may wake a process; setitimer(2) does not show, but for who catches its signal.

    Readline catches it while it edits, in any case, and so do shells, and the runtimes of languages that catch whatever
    they can.
    """
    caught = process.caught
    if caught & _SIGALRM and not canonical and caught & _OF_LINE_EDITORS == _OF_LINE_EDITORS:
        caught -= _SIGALRM
    if not caught & _OF_TIMERS or caught & _SIGSEGV or caught.bit_count() >= _MANY or process.name in SHELLS:
        return 0
    return bool(caught & _SIGALRM) + _own_timers(pid)


def _own_timers(pid: int) -> int:
    """How many timers of timer_create(2) a process has."""
    try:
        return slurp(f"/proc/{pid}/timers").count(b"ID:")
    except OSError:
        return 0


@dataclass(slots=True)
class Surroundings:
    """Everybody beside the reader, the thread that waits for the terminal."""

    reader: Thread
    device: TerminalDevice
    pooled: bool
    """The reader's process keeps threads that wait some time for work before they end: that is rest too."""
    pipes: set[str] = field(default_factory=set[str])
    """The pipes for which somebody rests."""
    turns: dict[tuple[int, int], bytes] = field(default_factory=dict[tuple[int, int], bytes])

    def at_work(self, pids: Iterable[int], most: int) -> int:
        """How many threads of these processes could bring output by themselves, counted up to one more than `most`."""
        working = 0
        for pid in pids:
            for tid in threads(pid):
                working += tid != self.reader.tid and not self._rests(Thread(pid, tid))
                if working > most:
                    return working
        return working

    def rest(self, pids: Iterable[int]) -> bool:
        """Whether nobody of these processes, each of which was noted, could bring output by himself.

        The threads are asked one after the other, so one that was found at rest may since have been woken by one that
        was asked later, or have started another. Where none of them had a turn on a CPU in between, all of them rested
        at once.
        """
        return not self.at_work(pids, 0) and all(turns_of(*thread) == before for thread, before in self.turns.items())

    def note(self, pid: int) -> None:
        """Remember how often the threads of a process have had a CPU; before its children are asked for."""
        self.turns.update(((pid, tid), turns_of(pid, tid)) for tid in threads(pid))

    def _rests(self, thread: Thread) -> bool:
        try:
            sleeping = sleeping_call(thread, CALLS_AND_RESTS)
            if sleeping is not None and self._rests_in(thread, *sleeping):
                if thread.tid != thread.pid and sleeping[0] is not Rest.FOR_A_SIGNAL:
                    return True
                timers = timers_of(thread.pid, thread.stat(), canonical=False)
                return not timers or (sleeping[0] in _FOR_ANOTHER and self._has_started_the_reader(thread.pid))
            return thread.stat().state in _OUT_OF_ACTION
        except (PermissionError, UnseenWaitError):
            return False
        except OSError:  # it has gone
            return True

    def _has_started_the_reader(self, pid: int) -> bool:
        """Whether a process waits for the reader to end, for a time at most, as timeout(1) does: that is no work."""
        process = process_stat(self.reader.pid)
        while process is not None and process.parent not in {0, 1, pid}:
            process = process_stat(process.parent)
        return process is not None and process.parent == pid

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
            awaited = int.from_bytes(thread.memory(first, 8), "little")
            # Who waits for the signal to end as well takes all signals for its process.
            alarm = awaited & _BY_THE_KERNEL and not awaited & _SIGTERM
            return third == 0 and not alarm and not _own_timers(thread.pid)
        if call is Rest.WRITING:
            return self._woken_by_others(thread.pid, first & _INT_MASK)
        return True

    def _woken_by_others(self, pid: int, fd: int) -> bool:
        target = _target(pid, fd)
        if target.startswith(_PIPE):
            self.pipes.add(target)
            return True
        if target.startswith(_SOCKET):
            return own_socket(pid, target, {})
        return target == _EVENTFD or self.device.is_open_as(pid, fd)


def _target(pid: int, fd: int) -> str:
    """What a descriptor is open on, "" where it is not open."""
    try:
        return os.readlink(f"/proc/{pid}/fd/{fd}")
    except FileNotFoundError:
        return ""
