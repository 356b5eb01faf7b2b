"""Which processes there are, and which of them a program started (Linux: proc(5))."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bgterm.engine.noted import contents

MARK_VARIABLE = "BGTERM_SESSION"
"""An environment variable that every program of ours inherits: it finds those that left their session (setsid)."""

_MARK_PREFIX = MARK_VARIABLE.encode() + b"="

_NEWEST_LOOKS = 20
"""How often at most one look at all processes looks once more at what was born meanwhile."""


_UNSEEN = (FileNotFoundError, ProcessLookupError, PermissionError)
"""What /proc says of a process that has ended or is hidden from us; anything else (no descriptor left) is an error."""


class Process(NamedTuple):
    """One process as /proc/PID/stat shows it. `pid` and `started` together are its identity: pids are used again."""

    pid: int
    name: str
    state: str
    parent: int
    group: int
    session: int
    terminal: int
    started: int  # clock ticks after boot

    @property
    def alive(self) -> bool:
        """Whether it is more than a zombie."""
        return self.state not in "ZX"


def process(pid: int) -> Process | None:
    """The process with this pid now, or None."""
    try:
        stat = contents(f"/proc/{pid}/stat")
    except _UNSEEN:
        return None
    # The name stands in parentheses and may itself contain some.
    name_end = stat.rindex(b")")
    fields = stat[name_end + 2 :].split()
    return Process(
        pid=pid,
        name=os.fsdecode(stat[stat.index(b"(") + 1 : name_end]),
        state=fields[0].decode(),
        parent=int(fields[1]),
        group=int(fields[2]),
        session=int(fields[3]),
        terminal=int(fields[4]),
        started=int(fields[19]),
    )


def is_running_child(pid: int) -> bool:
    """Whether `pid` is a child of ours that has not exited: its parent is told that (waitid(2)) whatever /proc shows.

    It may show nothing: in a chroot, on macOS, and of others' processes and undumpable ones where it is mounted with
    hidepid=2 (proc(5)). A child's pid is not used again before its parent has been told of its end.
    """
    try:
        return pid > 0 and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False


def are_shown() -> bool:
    """Whether there is a /proc that shows processes."""
    return process(os.getpid()) is not None


def processes() -> Iterator[Process]:
    """Every process that can be seen, also the newest of those that are born meanwhile.

    A process that forks and exits, over and over, is never where a list of processes says. It is the newest more
    often than not.
    """
    newest = _newest()
    try:
        names = os.listdir("/proc")
    except FileNotFoundError:  # macOS
        return
    for name in names:
        if name.isdigit() and (found := process(int(name))) is not None:
            yield found
    for _ in range(_NEWEST_LOOKS):
        before, newest = newest, _newest()
        if newest == before:
            return
        if _is_process(newest) and (found := process(newest)) is not None:
            yield found


def _newest() -> int:
    """The pid that was given out last (proc(5): loadavg)."""
    try:
        return int(contents("/proc/loadavg").split()[-1])
    except FileNotFoundError:
        return 0


def _is_process(pid: int) -> bool:
    """Whether `pid` is a process and not one of its threads, which have numbers of the same kind."""
    try:
        os.close(os.pidfd_open(pid))
    except OSError as error:
        if error.errno in {errno.EMFILE, errno.ENFILE}:
            raise
        return False
    return True


def with_outer_marks(mark: str) -> str:
    """The marks of a program: this process may itself run in a session, which ends with all that is in it."""
    outer = os.environ.get(MARK_VARIABLE)
    return f"{outer}.{mark}" if outer else mark


def bears_mark(pid: int, marks: set[bytes]) -> bool | None:
    """Whether the environment that a process was started with has one of `marks`; None where it may not be read."""
    try:
        environment = contents(f"/proc/{pid}/environ").split(b"\0")
    except PermissionError:
        return None
    except _UNSEEN:
        return False
    return any(
        not marks.isdisjoint(variable[len(_MARK_PREFIX) :].split(b"."))
        for variable in environment
        if variable.startswith(_MARK_PREFIX)
    )


class Program(NamedTuple):
    """What is needed to find all that one program started. The mark alone finds it before its pid is known (-1)."""

    pid: int
    started: int
    mark: bytes
    """What `MARK_VARIABLE` has in its environment, after the marks of the sessions around it and a full stop."""


def started_by(programs: Iterable[Program]) -> list[Process]:
    """The living processes that these programs started, themselves included, in one look at /proc.

    They are found by their session, by the mark in their environment, and by their parents. A session's number
    alone proves nothing, because it may be used again once the session is empty: a process counts by its
    session only where its environment bears the mark or may not be read. A process older than the programs,
    and this process, never count.
    """
    known = [*programs]
    if not known:
        return []
    by_pid = {program.pid: program for program in known}
    oldest = min(program.started for program in known)
    marks = {program.mark for program in known}
    own = os.getpid()
    members: dict[int, Process] = {}
    others: dict[int, list[Process]] = {}
    for found in processes():
        if found.started < oldest or found.pid == own or not found.alive:
            continue
        program = by_pid.get(found.pid)
        if program is not None and program.started == found.started:
            members[found.pid] = found
            continue
        marked = bears_mark(found.pid, marks)
        if marked or (marked is None and found.session in by_pid):
            members[found.pid] = found
        else:
            others.setdefault(found.parent, []).append(found)
    for program in known:
        if program.pid not in members and is_running_child(program.pid):
            members[program.pid] = Process(program.pid, "", "", own, program.pid, program.pid, 0, program.started)
    # A child that emptied its environment and left the session is still its parent's.
    parents = list(members)
    while parents:
        for child in others.pop(parents.pop(), ()):
            members[child.pid] = child
            parents.append(child.pid)
    return list(members.values())


def holders(program: Program, device: int) -> list[Process]:
    """Those of `started_by` that have the terminal `device` open."""
    return [one for one in started_by([program]) if _has_open(one.pid, device)]


def _has_open(pid: int, device: int) -> bool:
    try:
        with os.scandir(f"/proc/{pid}/fd") as fds:
            return any(_device(fd.path) == device for fd in fds)
    except OSError:
        return False


def _device(path: str) -> int:
    try:
        return os.stat(path).st_rdev
    except OSError:
        return 0
