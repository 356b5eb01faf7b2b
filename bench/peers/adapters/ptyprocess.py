"""ptyprocess: a program, and blocking reads and writes of its terminal."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bench.peers.program import CannotError, Peer, Program


class PtyprocessProgram(Program):
    def __init__(self, *argv: str) -> None:
        ptyprocess: Any = import_module("ptyprocess")
        self._process = ptyprocess.PtyProcessUnicode.spawn(list(argv))

    def type(self, text: str) -> None:
        self._process.write(text)

    def receive(self, length: int) -> None:
        while length > 0:
            length -= len(self._process.read(65536))

    def some(self, max_bytes: int = 65536) -> str:
        text: str = self._process.read(max_bytes)
        return text

    def idle(self, seconds: float) -> None:
        raise CannotError("its reads have no time limit")

    def close(self) -> None:
        self._process.close()


class Contestant(Peer):
    package = "ptyprocess"
    about = "PtyProcessUnicode, reads of 65536; waiting is left to its caller"

    def start(self, *argv: str) -> PtyprocessProgram:
        return PtyprocessProgram(*argv)
