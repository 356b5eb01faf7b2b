"""pexpect, with every documented delay switched off and its search window and reads set for speed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bench.peers.program import Peer, Program

WINDOW = 200
"""Only so much of the end is searched: longer than any pattern here."""


class PexpectProgram(Program):
    def __init__(self, *argv: str) -> None:
        pexpect: Any = import_module("pexpect")
        self._child = pexpect.spawn(
            argv[0], list(argv[1:]), timeout=600, maxread=65536, searchwindowsize=WINDOW, encoding="utf-8"
        )
        self._child.delaybeforesend = None
        self._child.delayafterread = None
        self._timeout: type[Exception] = pexpect.TIMEOUT

    def type(self, text: str) -> None:
        self._child.send(text)

    def receive(self, length: int) -> None:
        while length > 0:
            length -= len(self._child.read_nonblocking(65536, 10))

    def some(self, max_bytes: int = 65536) -> str:
        text: str = self._child.read_nonblocking(max_bytes, 10)
        return text

    def answer(self, line: str, pattern: str, prompt: str) -> str:
        self._child.sendline(line)
        if prompt:
            self._child.expect_exact(prompt)  # as its replwrap does
        else:
            self._child.expect(pattern)
        text: str = self._child.before + self._child.after
        return text

    def idle(self, seconds: float) -> None:
        try:
            self._child.expect("never", timeout=seconds)
        except self._timeout:
            return

    def close(self) -> None:
        self._child.close()


class Contestant(Peer):
    package = "pexpect"
    about = (
        f"delaybeforesend=None, delayafterread=None, maxread=65536, searchwindowsize={WINDOW}; prompts by expect_exact"
    )

    def start(self, *argv: str) -> PexpectProgram:
        return PexpectProgram(*argv)
