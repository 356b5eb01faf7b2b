"""ptymini.bg: cursor-paged sessions over a compiled core."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bench.peers.program import Peer, Program

SETTLE_MS = 100
"""The shortest quiet that is taken for the end of an answer; its sister fastmux shows 300 in its examples."""

# Every byte is asked for, and output beyond the buffer is dropped: it is as large as the largest flood.
BUFFER_BYTES = 256_000_000


class PtyminiProgram(Program):
    def __init__(self, *argv: str) -> None:
        bg: Any = import_module("ptymini.bg")
        self._session = bg.Session.start(list(argv), max_buffer_bytes=BUFFER_BYTES)
        self._surplus = 0

    def type(self, text: str) -> None:
        self._surplus += self._session.write_stdin(text).bytes_returned

    def receive(self, length: int) -> None:
        length -= self._surplus
        while length > 0:
            length -= self._session.poll(10_000, None).bytes_returned
        self._surplus = -length

    def exchange(self, text: str, length: int) -> None:
        got = self._session.write_stdin(text, 10_000, None).bytes_returned
        while got < length:
            got += self._session.poll(10_000, None).bytes_returned

    def some(self, max_bytes: int = 65536) -> str:
        text: str = self._session.poll(10_000, max_bytes).text
        return text

    def answer(self, line: str, pattern: str, prompt: str) -> str:
        text: str = self._session.write_stdin(line + "\n", 600_000, None, until=pattern).text
        return text

    def step(self, line: str) -> str:
        text: str = self._session.write_stdin(line + "\n", 10_000, None, settle_ms=SETTLE_MS).text
        return text

    def idle(self, seconds: float) -> None:
        self._session.poll(int(seconds * 1000))

    def close(self) -> None:
        self._session.close()


class Contestant(Peer):
    package = "ptymini"
    about = (
        f"ptymini.bg; max_buffer_bytes as large as a flood, or it drops; max_output_bytes=None; without a pattern "
        f"settle_ms={SETTLE_MS}, a guess"
    )

    def start(self, *argv: str) -> PtyminiProgram:
        return PtyminiProgram(*argv)
