"""Whose work may bring output to a terminal: the foreground process group's, and that of all whom it has started.

A shell with job control is excepted: what it has started in other groups are its jobs in the background, of which
whoever started them knows.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from bgterm.readiness.linux.procfs import (
    ProcessStat,
    descendants,
    is_process,
    newest_pid,
    oldest,
    pids_since,
    process_stat,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bgterm.readiness.linux.blocked import TerminalDevice

_BIRTH_S = 0.1
_SIGTTOU = 1 << (signal.SIGTTOU - 1)
SIGCHLD = 1 << (signal.SIGCHLD - 1)


def controls_jobs(process: ProcessStat) -> bool:
    """Whether a process is a shell with job control: it writes to its terminal whoever has it (SIGTTOU)."""
    return bool(process.ignored & _SIGTTOU)


def may_have_left_children(process: ProcessStat) -> bool:
    """Whether it has started children that are not its own any more.

    Their parent is another child of its that has ended: it has waited for that one, or told the kernel not to keep it.
    """
    return not controls_jobs(process) and (process.faults_of_children > 0 or bool(process.ignored & SIGCHLD))


class Family:
    """The processes below `root` that are members of one of the groups, or were started by such a member."""

    def __init__(self, root: int, groups: Collection[int], note: Callable[[int], object]) -> None:
        """`note` is called for each member, before its children are asked for."""
        self.groups = groups
        self.pids: list[int] = []
        self.session = 0
        self.oldest = oldest(groups)
        self.started = 0
        """When the root was, in clock ticks after boot: whoever is older is no child of its."""
        self.may_have_left_children = False
        self.elsewhere: set[int] = set()
        """The others below the root: shells with job control, and their jobs in the background."""
        starters: set[int] = set()
        for pid in descendants(root):
            found = process_stat(pid)
            if found is None:
                continue
            if pid == root:
                self.started = found.started
            if found.group in groups:
                self.session = self.session or found.session
            elif found.parent not in starters:
                self.elsewhere.add(pid)
                continue
            note(pid)
            self.pids.append(pid)
            self.may_have_left_children = self.may_have_left_children or may_have_left_children(found)
            if not controls_jobs(found):
                starters.add(pid)


class Orphans:
    """Processes that a family has started and left: their own parents have ended.

    They are looked for among all that was started since the family's oldest.
    """

    def __init__(self, device: TerminalDevice) -> None:
        self._device = device
        self._oldest = 0
        self._newest = 0
        self._own: set[int] = set()
        self._strange: set[int] = set()
        """Those that do not show whose they are: not of the session, and without the terminal."""
        self._unborn: dict[int, float] = {}
        """Numbers that are given, since when: a process has one some time before it shows."""
        self.grew = False
        """The last time that they were asked for, some were new, and may be about to start others."""

    def of(self, family: Family, pipes: Collection[str], note: Callable[[int], object]) -> list[int]:
        """The family's orphans: of its session, or with its terminal open, or one of these pipes.

        `note` is called for those that were known, before others are looked for.
        """
        for pid in self._own:
            note(pid)
        self.grew = False
        newest, now = newest_pid(), time.monotonic()
        if family.oldest != self._oldest:
            self._oldest = self._newest = family.oldest
            self._own, self._strange, self._unborn = set(), set(), {}
        related = {*family.pids, *family.elsewhere}
        if newest != self._newest:
            self._unborn.update((pid, now) for pid in pids_since(self._newest, newest))
            self._newest = newest
        fresh = set(self._unborn)
        for pid in fresh & related:
            del self._unborn[pid]
        self._own = {pid for pid in self._own | fresh & related if os.path.exists(f"/proc/{pid}")}
        for pid in fresh - related:
            found = process_stat(pid)
            if found is None:
                if now - self._unborn[pid] > _BIRTH_S:
                    del self._unborn[pid]
                continue
            del self._unborn[pid]
            if found.started < family.started or not is_process(pid):
                continue
            near = found.session == family.session or found.group in family.groups or self._holds(pid, ())
            (self._own if near else self._strange).add(pid)
            self.grew = self.grew or near
        orphans = self._own - related
        if pipes and self._strange:
            self._strange = {pid for pid in self._strange if os.path.exists(f"/proc/{pid}")}
            orphans |= {pid for pid in self._strange if self._holds(pid, pipes)}
        return sorted(orphans)

    def settle(self) -> None:
        """Nobody of the family was in the midst of starting a process."""
        self._unborn.clear()

    def _holds(self, pid: int, pipes: Collection[str]) -> bool:
        """Whether a process has the terminal open, or one of these pipes."""
        try:
            fds = os.listdir(f"/proc/{pid}/fd")
            return any(
                self._device.is_open_as(pid, int(fd)) or (pipes and os.readlink(f"/proc/{pid}/fd/{fd}") in pipes)
                for fd in fds
            )
        except OSError:
            return False
