"""What this process owns at one moment, so that a test can be held to leave nothing behind."""

from __future__ import annotations

import contextlib
import glob
import os
import sys
import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Belongings:
    """Open sessions, file descriptors, threads and child processes, each with words that name it."""

    sessions: frozenset[str]
    fds: frozenset[str]
    threads: frozenset[str]
    children: frozenset[str]

    @classmethod
    def now(cls) -> Belongings:
        return cls(
            sessions=frozenset(f"session {sid}" for sid in open_sessions()),
            fds=frozenset(open_fds()),
            threads=frozenset(f"thread {thread.name} ({thread.native_id})" for thread in threading.enumerate()),
            children=frozenset(child_processes()),
        )

    def beyond(self, before: Belongings) -> list[str]:
        """Name what is here now and was not there before."""
        return [
            *sorted(self.sessions - before.sessions),
            *sorted(self.fds - before.fds),
            *sorted(self.threads - before.threads),
            *sorted(self.children - before.children),
        ]

    @staticmethod
    def close_sessions() -> None:
        """End what a failed test left open, so that only that test fails."""
        for sid in open_sessions():
            sys.modules["bgterm"].close(sid)


def open_sessions() -> tuple[int, ...]:
    """Ids of the default manager's open sessions."""
    list_sessions = getattr(sys.modules.get("bgterm"), "list_sessions", None)
    return list_sessions() if list_sessions is not None else ()


def open_fds() -> list[str]:
    """Every fd of this process with what it refers to."""
    fds: list[str] = []
    for fd in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):  # the fd by which the directory is read is closed by now
            fds.append(f"fd {fd} -> {os.readlink(f'/dev/fd/{fd}')}")
    return fds


def child_processes() -> list[str]:
    """Children of this process, dead ones that nobody reaped included. Linux only: empty elsewhere."""
    children: list[str] = []
    for path in glob.glob("/proc/self/task/*/children"):
        with contextlib.suppress(OSError), open(path, encoding="ascii") as file:
            for pid in file.read().split():
                with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                    children.append(f"process {stat.read().split(') ')[0]})")
    return children
