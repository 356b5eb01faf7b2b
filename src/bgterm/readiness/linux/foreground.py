"""Who of the foreground process group waits for the terminal?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bgterm.readiness.linux.blocked import TerminalDevice, TerminalWait, UnseenWaitError, terminal_wait
from bgterm.readiness.linux.procfs import ProcessStat, descendants, name_of, process_stat, threads
from bgterm.readiness.linux.thread import Thread

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEEN_RUNNING_MAX = 8


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
        self._last_reader: Thread | None = None
        self._seen_running = 0

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
        last = self._last_reader
        if last is not None and (self._asks(search, group, last) or self._runs_for_now(search, group, last)):
            return search
        states: set[bytes] = set()
        for pid, found in self.members(group):
            states.add(found.state)
            if not search.pid:
                search.pid, search.name = pid, found.name
            if any(self._asks(search, group, Thread(pid, tid)) for tid in threads(pid)):
                return search
        search.stopped = states == {b"T"}
        return search

    def _asks(self, search: Search, group: int, thread: Thread) -> bool:
        """Whether this thread waits for the terminal as a member of the group; noted in `search`."""
        try:
            wait = terminal_wait(thread, self._device)
        except PermissionError:
            search.refused = True
            return False
        except UnseenWaitError:
            search.unseen = True
            return False
        if wait is None or wait.group != group:
            return False
        self._last_reader, self._seen_running = thread, 0
        # Threads may have names of their own: the process has its main thread's.
        search.wait, search.pid, search.name = (
            wait,
            thread.pid,
            wait.name if wait.of_main_thread else name_of(thread.pid),
        )
        return True

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
