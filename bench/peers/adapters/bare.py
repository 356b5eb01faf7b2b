"""No library: `os` calls alone, told everything that a library would have to find out."""

from __future__ import annotations

import os
import select
from time import monotonic

from bench.bare import BareTerminal
from bench.peers.program import Peer, Program


class BareProgram(Program):
    def __init__(self, *argv: str) -> None:
        self.terminal = BareTerminal(*argv)
        self._master = self.terminal.master

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def receive(self, length: int) -> None:
        while length > 0:
            length -= len(os.read(self._master, 65536))

    def some(self, max_bytes: int = 65536) -> str:
        return os.read(self._master, max_bytes).decode()

    def answer(self, line: str, pattern: str, prompt: str) -> str:
        os.write(self._master, line.encode() + b"\n")
        end = prompt.encode()
        printed: list[bytes] = []
        tail = b""
        while not tail.endswith(end):
            printed.append(os.read(self._master, 65536))
            tail = tail[-len(end) :] + printed[-1]
        return b"".join(printed).decode()

    def idle(self, seconds: float) -> None:
        until = monotonic() + seconds
        while (left := until - monotonic()) > 0:
            select.select([self._master], [], [], left)

    def close(self) -> None:
        self.terminal.close()


class Contestant(Peer):
    is_told = True
    about = "os.write and os.read on a blocking descriptor, in one thread; it is told the prompt and the lengths"

    def start(self, *argv: str) -> BareProgram:
        return BareProgram(*argv)
