"""Who waits for the terminal? A member of the foreground process group, or else somebody who has it open besides.

`su -c`, `runuser` and `setsid` put their program into a session of its own, without a controlling terminal; gpg's
password question comes from a child of its agent. They read the terminal all the same: job control does not hold
whoever does not belong to its session.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bgterm.readiness.linux.activity import turns_of
from bgterm.readiness.linux.blocked import RingWaitError, TerminalDevice, TerminalWait, UnseenWaitError, terminal_wait
from bgterm.readiness.linux.family import SIGCHLD, Family, Orphans, controls_jobs, may_have_left_children
from bgterm.readiness.linux.procfs import (
    ProcessStat,
    children_of,
    descendants,
    name_of,
    process_stat,
    program_name,
    slurp,
    threads,
)
from bgterm.readiness.linux.rest import Surroundings
from bgterm.readiness.linux.thread import Thread
from bgterm.readiness.programs import WOKEN_BY_THEMSELVES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SEEN_RUNNING_MAX = 8
_OPEN_FILES_MAX = 64
_SCAN_AFTER_S = 0.3
_SCAN_PAUSE_S = 0.5
_SCAN_SHARE = 50
"""A look at all of /proc takes milliseconds on a full machine: the pause after it is so many times as long."""


@dataclass(slots=True)
class Search:
    """What was found in a process group. `name` and `pid` are the reader's, or else the first member's."""

    wait: TerminalWait | None = None
    pid: int = 0
    name: str = ""
    refused: bool = False
    """The kernel refused to tell about some member."""
    unseen: bool = False
    """Some member sleeps in a way that does not show on what; or no member shows at all."""
    rings: bool = False
    """Some member waits for an io_uring."""
    stopped: bool = False
    """Every member is stopped."""
    looks_now_and_then: bool = False
    """Some member sleeps, and has the terminal open so that it may read without sleeping there."""
    members: list[tuple[int, ProcessStat]] = field(default_factory=list[tuple[int, ProcessStat]])


class ForegroundGroup:
    """The processes below `root` that can have the terminal."""

    def __init__(self, root: int, device: TerminalDevice) -> None:
        self._root = root
        self._device = device
        self._device_elsewhere = TerminalDevice(device.file_system, device.number, by_its_name=False)
        self._orphans = Orphans(self._device_elsewhere)
        self._faults = 0
        """Those of the children of the root, as of the last time that none had left children of their own."""
        self._last_reader: Thread | None = None
        self._seen_running = 0
        self._scan_at = 0.0
        self._elsewhere = 0  # who was found by a look at all of /proc

    def members(
        self, group: int, others: list[tuple[int, ProcessStat]] | None = None
    ) -> Iterator[tuple[int, ProcessStat]]:
        """The members of a process group: its leader first, then those found below the root.

        Whoever is below the root and no member is put into `others`.
        """
        leader = process_stat(group)
        if leader is not None and leader.group == group:
            yield group, leader
        for pid in descendants(self._root):
            if pid == group:
                continue
            found = process_stat(pid)
            if found is None:
                continue
            if found.group == group:
                yield pid, found
            elif others is not None:
                others.append((pid, found))

    def search(self, group: int, still_since: float) -> Search:
        """Look for a process that waits for the terminal: where it was last, then in the group, then elsewhere."""
        search = Search()
        last = self._last_reader
        if last is not None and (self._asks(search, group, last) or self._runs_for_now(search, group, last)):
            return search
        others: list[tuple[int, ProcessStat]] = []
        for pid, found in self.members(group, others):
            search.members.append((pid, found))
            if not search.pid:
                search.pid, search.name = pid, found.name
            if any(self._asks(search, group, Thread(pid, tid)) for tid in threads(pid)):
                return search
        states = {found.state for _, found in search.members}
        search.stopped = states == {b"T"}
        if search.stopped or self._found_elsewhere(search, others, still_since):
            return search
        search.unseen = search.unseen or not search.members
        search.looks_now_and_then = search.looks_now_and_then or any(
            found.state == b"S" and self._looks_now_and_then(pid, self._device) for pid, found in search.members
        )
        return search

    def is_idle(self, wait: TerminalWait, group: int) -> bool:
        """Whether nobody beside the reader could bring output by himself."""
        reader, process = wait.thread, wait.process
        if process.thread_count == 1 and (
            controls_jobs(process)
            or (
                reader.pid == self._root == group
                and (process.faults_of_children == self._faults or not may_have_left_children(process))
                and not children_of(reader.pid, reader.tid)
            )
        ):
            return True  # as most are
        surroundings, turns = self._surroundings(wait), turns_of(reader.pid, reader.tid)
        self._orphans.grew = False
        rest = surroundings.rest(self._beside(wait, group, surroundings, surroundings.note))
        rest = rest and not self._orphans.grew and self._waits_since(wait, turns)
        if rest:
            self._orphans.settle()
        return rest

    def at_work(self, wait: TerminalWait, group: int, most: int) -> int:
        """How many beside the reader could bring output by themselves, counted up to one more than `most`."""
        surroundings, turns = self._surroundings(wait), turns_of(wait.thread.pid, wait.thread.tid)
        working = surroundings.at_work(self._beside(wait, group, surroundings, id), most)
        return working if working > most or self._waits_since(wait, turns) else most + 1

    def _waits_since(self, wait: TerminalWait, turns: bytes) -> bool:
        """Whether the reader waits as it did, and has had no turn on a CPU since it had had so many.

        Whoever was at work may have woken it and ended before he was asked for; it may not have had a CPU yet.
        """
        device = self._device_elsewhere if wait.thread.pid == self._elsewhere else self._device
        try:
            waits = terminal_wait(wait.thread, device) is not None
        except (PermissionError, UnseenWaitError):
            waits = False
        return waits and turns_of(wait.thread.pid, wait.thread.tid) == turns

    def _surroundings(self, wait: TerminalWait) -> Surroundings:
        return Surroundings(wait.thread, self._device, wait.process.name in WOKEN_BY_THEMSELVES)

    def _beside(
        self, wait: TerminalWait, group: int, surroundings: Surroundings, note: Callable[[int], object]
    ) -> Iterator[int]:
        """The processes that may bring output beside the reader's thread, its own among them."""
        process = wait.process
        if controls_jobs(process):
            note(wait.thread.pid)
            yield wait.thread.pid
            return
        family = Family(self._root, {group, process.group}, note)
        yield from family.pids
        if family.may_have_left_children or group != self._root:
            orphans = self._orphans.of(family, surroundings.pipes, note)
            yield from orphans
            if not orphans and not process.ignored & SIGCHLD:
                self._faults = process.faults_of_children

    def _asks(self, search: Search, group: int, thread: Thread) -> bool:
        """Whether this thread waits for the terminal as a member of the group; noted in `search`."""
        try:
            wait = terminal_wait(thread, self._device)
        except PermissionError:
            search.refused = True
            return False
        except RingWaitError:
            search.rings = True
            return False
        except UnseenWaitError:
            search.unseen = True
            return False
        if wait is None or wait.process.group != group:
            return False
        self._found(search, wait)
        return True

    def _found(self, search: Search, wait: TerminalWait) -> None:
        thread = wait.thread
        self._last_reader, self._seen_running = thread, 0
        # Threads may have names of their own: the process has its main thread's.
        search.wait, search.pid, search.name = (
            wait,
            thread.pid,
            program_name(thread.pid, wait.process.name if wait.of_main_thread else name_of(thread.pid)),
        )

    def _found_elsewhere(self, search: Search, others: list[tuple[int, ProcessStat]], still_since: float) -> bool:
        """Whether a process of another session waits for the terminal; noted in `search`.

        One of our own session but another group does not have the terminal: job control would stop it.
        """
        if not search.members:
            return False
        session = search.members[0][1].session
        related = [pid for pid, found in others if found.session != session]
        threads_of = {pid: threads(pid) for pid in related}
        if self._elsewhere:
            threads_of = {self._elsewhere: [self._elsewhere], **threads_of}
        now = time.monotonic()
        if now - still_since > _SCAN_AFTER_S and now >= self._scan_at:
            threads_of.update((pid, [pid]) for pid in _of_other_sessions(session))
            self._scan_at = now + max(_SCAN_PAUSE_S, _SCAN_SHARE * (time.monotonic() - now))
        for pid, tids in threads_of.items():
            for tid in tids:
                try:
                    wait = terminal_wait(Thread(pid, tid), self._device_elsewhere)
                except RingWaitError:
                    search.rings = search.rings or pid in related
                    continue
                except (PermissionError, UnseenWaitError):
                    continue
                if wait is not None:
                    self._found(search, wait)
                    self._last_reader, self._elsewhere = None, pid  # it is no member
                    return True
        search.looks_now_and_then = any(self._looks_now_and_then(pid, self._device_elsewhere) for pid in related)
        return False

    @staticmethod
    def _looks_now_and_then(pid: int, device: TerminalDevice) -> bool:
        """Whether a process has the terminal open so that a read does not sleep, or a signal tells of input."""
        try:
            fds = sorted(map(int, os.listdir(f"/proc/{pid}/fd")))
        except OSError:
            return False
        return any(_unblocked(pid, fd, device) for fd in fds[:_OPEN_FILES_MAX])

    def _runs_for_now(self, search: Search, group: int, last: Thread) -> bool:
        """Whether the last reader runs: then it has just been given something to do, and nobody else need be asked."""
        try:
            stat = last.stat()
        except OSError:
            self._last_reader = None
            return False
        if stat.state != b"R" or stat.group != group or self._seen_running >= _SEEN_RUNNING_MAX:
            return False
        self._seen_running += 1
        search.pid, search.name = last.pid, stat.name
        return True


def _unblocked(pid: int, fd: int, device: TerminalDevice) -> bool:
    try:
        if not device.is_open_as(pid, fd):
            return False
        _, _, flags = slurp(f"/proc/{pid}/fdinfo/{fd}").partition(b"flags:")
        return bool(int(flags.split()[0], 8) & (os.O_NONBLOCK | os.O_ASYNC))
    except (OSError, IndexError):
        return False


def _of_other_sessions(session: int) -> Iterator[int]:
    """Our own user's processes of other sessions that have no controlling terminal."""
    user = os.geteuid()
    for name in os.listdir("/proc"):
        if not name.isdecimal():
            continue
        try:
            if user and os.stat(f"/proc/{name}").st_uid != user:
                continue
        except OSError:
            continue
        found = process_stat(int(name))
        if found is not None and found.session != session and not found.terminal and found.state == b"S":
            yield int(name)
