"""The runner's side of a contestant's process: nothing that a library does can hold up the bench."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from types import TracebackType
from typing import Any, Self

from bench.peers.program import CannotError

LONGEST_S = 60.0
CLOSING_S = 5.0

TMUX_CONF = "set -g history-limit 1000000\nset -g exit-empty off\n"


class StuckError(Exception):
    """The contestant did not answer in time."""


class FailedError(Exception):
    """The library raised something."""


class Contestant:
    """A process with one library in it, which does one task."""

    def __init__(self, name: str, task: str) -> None:
        self.name = name
        self._home = tempfile.mkdtemp(prefix="bgterm-bench-")
        with open(os.path.join(self._home, ".tmux.conf"), "w", encoding="utf-8") as file:
            file.write(TMUX_CONF)
        # A home and a tmux of its own. Whatever it starts carries that in its environment, and is found by it.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TMUX")} | {
            "HOME": self._home,
            "TMUX_TMPDIR": self._home,
            "BENCH_HOME": self._home,
            "TERM": "xterm-256color",
            "LC_ALL": "C.UTF-8",
            "PYTHON_BASIC_REPL": "1",  # the prompts that are given by hand are the plain ones, of every Python
            "OPENAI_AGENTS_DISABLE_TRACING": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.peers.worker", name, task],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # warnings of the libraries; what they raise comes as an answer
            env=environment,
            bufsize=0,
        )
        self._arrived = b""
        self.last_beat = self.longest_gap = 0.0

    def ask(self, do: str, *arguments: Any, within: float = LONGEST_S) -> Any:
        """Let the contestant do something and return what came of it.

        Raises CannotError, FailedError (the library's own error), or StuckError after `within` seconds.
        """
        self.tell(do, *arguments)
        return self.answer(within)

    def tell(self, do: str, *arguments: Any) -> None:
        """Let the contestant do something."""
        if self._process.stdin is None:
            raise RuntimeError("not a pipe")
        self._process.stdin.write(json.dumps({"do": do, "with": arguments}).encode() + b"\n")

    def answer(self, within: float) -> Any:
        """Wait for what comes of the last `tell`."""
        until = time.monotonic() + within
        while True:
            message = json.loads(self._line(until))
            if "answer" in message:
                return message["answer"]
            if "cannot" in message:
                raise CannotError(message["cannot"])
            if "failed" in message:
                raise FailedError(message["failed"])
            now = time.monotonic()
            if self.last_beat:
                self.longest_gap = max(self.longest_gap, now - self.last_beat)
            self.last_beat = now

    def _line(self, until: float) -> bytes:
        if self._process.stdout is None:
            raise RuntimeError("not a pipe")
        fd = self._process.stdout.fileno()
        while b"\n" not in self._arrived:
            left = until - time.monotonic()
            if left <= 0 or not select.select([fd], [], [], left)[0]:
                raise StuckError
            data = os.read(fd, 65536)
            if not data:
                raise FailedError(f"its process ended with exit code {self._process.wait()}")
            self._arrived += data
        line, _, self._arrived = self._arrived.partition(b"\n")
        return line

    def kill(self) -> None:
        """End the process as the kernel does when memory is short."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End the process and all that it has started; a library that does not is helped."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed and pipe is not self._process.stdout:
                pipe.close()
        try:
            self._process.wait(CLOSING_S)
        except subprocess.TimeoutExpired:
            self.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()
        for pid in self.left():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        shutil.rmtree(self._home, ignore_errors=True)

    def left(self, containing: str = "") -> list[int]:
        """Which processes that this one has started are there still, of those with this in their command line."""
        mark, part = f"BENCH_HOME={self._home}".encode(), containing.encode()
        server = b"tmux\0"  # its command line is the one of the first client
        found: list[int] = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit() or int(entry) == self._process.pid:
                continue
            try:
                with open(f"/proc/{entry}/environ", "rb") as environ, open(f"/proc/{entry}/cmdline", "rb") as cmdline:
                    command = cmdline.read()
                    if mark in environ.read() and part in command and not (part and command.startswith(server)):
                        found.append(int(entry))
            except OSError:
                pass  # it has ended meanwhile
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
