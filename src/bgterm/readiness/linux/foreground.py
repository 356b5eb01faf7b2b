"""Who of the foreground process group waits for the terminal?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bgterm.readiness.linux.blocked import TerminalDevice, TerminalWait, UnseenWaitError, terminal_wait
from bgterm.readiness.linux.procfs import ProcessStat, descendants, name_of, process_stat, threads

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Search:
    """What was found in a process group. `name` and `pid` are the reader's, or else the first member's."""

    wait: TerminalWait | None = None
    pid: int = 0
    name: str = ""
    refused: bool = False
    """The kernel refused to tell about some member."""
    unseen: bool = False
    """Some member sleeps in a way that does not show on what."""
    stopped: bool = False
    """Every member is stopped."""


class ForegroundGroup:
    """The processes below `root` that can have the terminal."""

    def __init__(self, root: int, device: TerminalDevice) -> None:
        self._root = root
        self._device = device
        self._last_reader: tuple[int, int] | None = None

    def members(self, group: int) -> Iterator[tuple[int, ProcessStat]]:
        """The members of a process group: its leader first, then those found below the root."""
        leader = process_stat(group)
        if leader is not None and leader.group == group:
            yield group, leader
        for pid in descendants(self._root):
            if pid == group:
                continue
            found = process_stat(pid)
            if found is not None and found.group == group:
                yield pid, found

    def search(self, group: int) -> Search:
        """Look for a member of the group that waits for the terminal: where it was last, then everywhere."""
        search = Search()
        if self._last_reader is not None and self._asks(search, group, *self._last_reader):
            return search
        self._last_reader = None
        states: set[bytes] = set()
        for pid, found in self.members(group):
            states.add(found.state)
            if not search.pid:
                search.pid, search.name = pid, found.name
            if any(self._asks(search, group, pid, tid) for tid in threads(pid)):
                return search
        search.stopped = states == {b"T"}
        return search

    def _asks(self, search: Search, group: int, pid: int, tid: int) -> bool:
        """Whether this thread waits for the terminal as a member of the group; noted in `search`."""
        try:
            wait = terminal_wait(pid, tid, self._device)
        except PermissionError:
            search.refused = True
            return False
        except UnseenWaitError:
            search.unseen = True
            return False
        if wait is None or wait.thread.group != group:
            return False
        self._last_reader = (pid, tid)
        # Threads may have names of their own: the process has its main thread's.
        search.wait, search.pid, search.name = wait, pid, wait.thread.name if tid == pid else name_of(pid)
        return True
