"""The other contestant: a program in a pseudo-terminal by `os` calls alone, without a library's services."""

from __future__ import annotations

import os
import signal
from types import TracebackType
from typing import Self


class BareTerminal:
    """A program with a controlling terminal, read and written by blocking calls on `master`."""

    def __init__(self, *argv: str) -> None:
        self.master, slave = os.openpty()
        self.pid = os.posix_spawnp(
            argv[0],
            argv,
            os.environ | {"TERM": "xterm-256color"},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.ttyname(slave), os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
            setsid=True,
        )
        os.close(slave)

    def read_until(self, end: bytes) -> bytes:
        """Read until `end` has been printed."""
        printed = b""
        while end not in printed:
            printed += os.read(self.master, 65536)
        return printed

    def close(self) -> None:
        """End the program and free the terminal."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.master)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
