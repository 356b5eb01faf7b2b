"""What the libraries share that drive tmux: its server does the work, in a process of its own."""

from __future__ import annotations

import os
import subprocess
from abc import abstractmethod
from collections.abc import Callable

from bench.flood import LINE, printing
from bench.peers.program import CannotError, Peer, Program

INTERVAL_MS = 1
"""How often tmux is asked: the least that the libraries take, 50 by default."""

WAIT_MS = 10_000

# A screen keeps no bytes: a flood is as many lines as its file has, and the server must be told to keep them.
FLOOD_BYTES = 1_000_000


class ScreenProgram(Program):
    """A pane of tmux. What is read of it are lines, so what has come is counted in lines."""

    def __init__(self) -> None:
        self._floods = 0
        self.counted = 0
        """How many lines have been waited for."""

    @abstractmethod
    def lines(self) -> int:
        """How many lines there are, up to the cursor's."""

    @abstractmethod
    def wait_for(self, pattern: str) -> str:
        """Wait until the last lines match, and return them."""

    @abstractmethod
    def captured(self, first: int) -> list[str]:
        """All lines from the one numbered `first` on, counted from the oldest that is kept."""

    def flood(self, length: int) -> None:
        first = self.lines()
        self._floods += 1
        self.type("\n")
        self.wait_for(f"finished-{self._floods}(?!\\d)")
        came = len(self.captured(first))
        if came < length // (len(LINE % 0) + 1):
            raise CannotError(f"only {came:,} lines of it are left in the history")


class ScreenPeer(Peer):
    """A library that drives tmux."""

    largest_flood = FLOOD_BYTES
    keeps = "by design: tmux keeps them"

    @abstractmethod
    def start(self, *argv: str) -> ScreenProgram:
        """Start a program."""

    def started(self, *argv: str) -> ScreenProgram:
        program = self.start(*argv)
        program.wait_for("started")
        program.counted = 1
        return program

    def flood(self, path: str, length: int, *, raw: bool) -> Callable[[], None]:
        argv = printing(path, raw=raw, after="n=$((n+1)); echo finished-$n")
        program = self.started(*argv)
        return lambda: program.flood(length)

    def cpu_seconds(self) -> float:
        asked = subprocess.run(["tmux", "display-message", "-p", "#{pid}"], stdout=subprocess.PIPE, check=True)
        with open(f"/proc/{int(asked.stdout)}/stat", encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])  # proc_pid_stat(5): utime, stime
        return super().cpu_seconds() + ticks / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        subprocess.run(["tmux", "kill-server"], stderr=subprocess.DEVNULL, check=False)
