"""ptymini.bg: cursor-paged sessions over a compiled core."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any

from bench.flood import printing
from bench.peers.program import Peer, Program

SETTLE_MS = 100
"""The shortest quiet that is taken for the end of an answer; its sister fastmux shows 300 in its examples."""

LONGEST_ANSWER = 1000
"""Characters: so much may be cut by the end of a wait."""

UNTIL_MS = 500
"""With `until` it misses output that comes between its look and its wait, and then waits the whole time: little."""

BUFFER_BYTES = 64_000_000
"""Where every byte of a flood is asked for: what goes beyond the buffer is dropped."""


class PtyminiProgram(Program):
    def __init__(self, *argv: str, **options: int) -> None:
        bg: Any = import_module("ptymini.bg")
        self._session = bg.Session.start(list(argv), **options)
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
        text: str = self._session.write_stdin(line + "\n", UNTIL_MS, None, until=pattern).text
        while re.search(pattern, text) is None:
            text = text[-LONGEST_ANSWER:] + self._session.poll(UNTIL_MS, None, until=pattern).text
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
        f"ptymini.bg; max_output_bytes=None; max_buffer_bytes as large as the flood that is drained, or it drops; "
        f"until= for {UNTIL_MS} ms at a time, because it can miss the last output; without a pattern "
        f"settle_ms={SETTLE_MS}, a guess"
    )

    def start(self, *argv: str) -> PtyminiProgram:
        return PtyminiProgram(*argv)

    def flood(self, path: str, length: int, *, raw: bool) -> Callable[[], None]:
        program = PtyminiProgram(*printing(path, raw=raw), max_buffer_bytes=BUFFER_BYTES)
        program.receive(len("started\n" if raw else "started\r\n"))
        return lambda: program.exchange("\n", length)
