"""End programs and everything that they started.

An ending does not sleep. It is a generator that yields a `Pause` wherever it has to wait: `finish` sleeps for a
thread, an event loop for a coroutine. Whoever breaks it off calls `kill`, which does not wait.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Generator, Sequence
from typing import NamedTuple, TypeVar

from bgterm.engine.noted import contents, give_back, noted
from bgterm.engine.processes import Process, Program, is_running_child, process, started_by
from bgterm.engine.waker import waker

T = TypeVar("T")

_KILL_SECONDS = 2.0
"""How long processes may take to die of SIGKILL: one that hangs in the kernel is left to it."""

_AT_ONCE = 64
"""How many processes are waited for at once: each takes a descriptor, and the host may have few left."""

_STOP_SECONDS = 1.0
"""How long a tree of processes that keeps forking is stopped before what was found of it is killed."""


class Pause(NamedTuple):
    """Go on when `fd` is readable, or when the time `until` (time.monotonic) has come. Earlier does no harm."""

    fd: int
    until: float


Ending = Generator[Pause, None, T]


def finish(ending: Ending[T]) -> T:
    """Go through with an ending, sleeping where it pauses."""
    try:
        return _slept(ending)
    finally:
        ending.close()


def _slept(ending: Ending[T]) -> T:
    while True:
        try:
            pause = next(ending)
        except StopIteration as end:
            outcome: T = end.value
            return outcome
        waker().sleep(pause.until - time.monotonic(), (pause.fd,))


def ending(programs: Sequence[Program], grace_seconds: float) -> Ending[list[Process]]:
    """End `programs` and all that they started; return what could not be ended (hanging in the kernel).

    Each process gets the gentlest signal that it heeds: SIGTERM, or SIGHUP where it ignores SIGTERM as
    interactive shells do, and SIGCONT in case it is stopped. What ignores both has the same time to end by itself:
    it may be at work on something. What is left after `grace_seconds` is killed. The wait for an end is an event;
    all of it takes the grace and two seconds at most. Processes of other users (a setuid program) are left to the
    hang-up of their terminal. Without /proc only the programs themselves are known: see `engine.terminals`.
    """
    deadline = time.monotonic() + grace_seconds
    asked: set[tuple[int, int]] = set()
    while living := started_by(programs):
        fresh = [one for one in living if (one.pid, one.started) not in asked]
        asked.update((one.pid, one.started) for one in fresh)
        told = [one for one in fresh if _send(one, *_heeded(one.pid), signal.SIGCONT)]
        if not fresh or time.monotonic() >= deadline or (yield from _wait_for(told, deadline)):
            return (yield from _kill_and_wait(programs))
    return []


def _heeded(pid: int) -> tuple[int, ...]:
    """The gentlest ending signal that a process does not ignore (proc(5)); none where it ignores both.

    One that is blocked counts: a shell blocks all of them for moments, other programs read them by signalfd(2).
    """
    try:
        lines = dict(line.split(b":", 1) for line in contents(f"/proc/{pid}/status").splitlines())
        ignored = int(lines[b"SigIgn"], 16)
    except OSError:
        return (signal.SIGTERM,)
    for number in (signal.SIGTERM, signal.SIGHUP):
        if not ignored >> (number - 1) & 1:
            return (number,)
    return ()


def _kill_and_wait(programs: Sequence[Program]) -> Ending[list[Process]]:
    deadline = time.monotonic() + _KILL_SECONDS
    while True:
        ours = kill(programs)
        left = yield from _wait_for(ours, deadline)
        if not ours or left or time.monotonic() >= deadline:
            return left


def kill(programs: Sequence[Program]) -> list[Process]:
    """Stop what is left until nothing new appears, so that no tree outruns us by forking; then kill it."""
    deadline = time.monotonic() + _STOP_SECONDS
    stopped: set[tuple[int, int]] = set()
    ours: list[Process] = []
    while time.monotonic() < deadline:
        fresh = [one for one in started_by(programs) if (one.pid, one.started) not in stopped]
        if not fresh:
            break
        stopped.update((one.pid, one.started) for one in fresh)
        ours += [one for one in fresh if _send(one, signal.SIGSTOP)]
    for one in ours:
        _send(one, signal.SIGKILL)
    return ours


def _open(one: Process, opened: list[int]) -> int | None:
    """Add a pidfd of this very process to `opened`; None if it has ended (its pid may have another owner by now)."""
    try:
        fd = noted(opened, os.pidfd_open, one.pid)
    except ProcessLookupError:
        return None
    now = process(one.pid)
    same = is_running_child(one.pid) if now is None else now.started == one.started and now.alive
    return fd if same else None


def _send(one: Process, *numbers: int) -> bool:
    """Signal this very process; False where it has ended or may not be signalled."""
    opened: list[int] = []
    try:
        fd = _open(one, opened)
        if fd is None:
            return False
        _send_by(fd, numbers)
    except (ProcessLookupError, PermissionError):
        return False
    finally:
        if opened:
            os.close(opened[0])
    return True


def _send_by(fd: int, numbers: Sequence[int]) -> None:
    for number in numbers:
        signal.pidfd_send_signal(fd, number)


def _wait_for(ones: Sequence[Process], deadline: float) -> Ending[list[Process]]:
    """Pause until all of these have ended or the time is up; return those that have not."""
    left: list[Process] = []
    for first in range(0, len(ones), _AT_ONCE):
        left += yield from _wait_for_some(ones[first : first + _AT_ONCE], deadline)
    return left


def _wait_for_some(ones: Sequence[Process], deadline: float) -> Ending[list[Process]]:
    opened: list[int] = []
    waited: dict[int, Process] = {}
    exits = select.epoll()  # one descriptor that stands for all of theirs (epoll(7))
    try:
        _watch(ones, exits, opened, waited)
        yield from _wait_until(deadline, exits, waited)
        return list(waited.values())
    finally:
        try:
            give_back(opened)
        finally:
            give_back(opened)  # where the first was interrupted before it began


def _watch(ones: Sequence[Process], exits: select.epoll, opened: list[int], waited: dict[int, Process]) -> None:
    for one in ones:
        fd = _open(one, opened)
        if fd is not None:
            waited[fd] = one
            exits.register(fd, select.EPOLLIN)


def _wait_until(deadline: float, exits: select.epoll, waited: dict[int, Process]) -> Ending[None]:
    while waited and time.monotonic() < deadline:
        yield Pause(exits.fileno(), deadline)
        for fd, _ in exits.poll(0):
            exits.unregister(fd)
            del waited[fd]
