"""bgterm, by its public verbs."""

from __future__ import annotations

from collections.abc import Callable

import bgterm
from bench.flood import printing
from bench.peers.program import Peer, Program


class BgtermProgram(Program):
    def __init__(self, *argv: str, overflow: str = "drop") -> None:
        self._session = bgterm.Session.start(list(argv), overflow=overflow)
        self._surplus = 0

    def type(self, text: str) -> None:
        self._surplus += self._session.write_stdin(text).bytes_returned

    def receive(self, length: int) -> None:
        length -= self._surplus
        while length > 0:
            length -= self._session.poll(10_000).bytes_returned
        self._surplus = -length

    def exchange(self, text: str, length: int) -> None:
        got = self._session.write_stdin(text, 10_000).bytes_returned
        while got < length:
            got += self._session.poll(10_000).bytes_returned

    def some(self, max_bytes: int = 65536) -> str:
        return self._session.poll(10_000, max_bytes).text

    def answer(self, line: str, pattern: str, prompt: str) -> str:
        return self._session.write_stdin(line + "\n", 600_000, until=pattern).text

    def step(self, line: str) -> str:
        return self._session.run(line).output

    def idle(self, seconds: float) -> None:
        self._session.poll(seconds * 1000)

    def close(self) -> None:
        self._session.close()


class Contestant(Peer):
    about = 'overflow="block" where every byte of a flood is asked for, or it drops'

    def start(self, *argv: str) -> BgtermProgram:
        return BgtermProgram(*argv)

    def flood(self, path: str, length: int, *, raw: bool) -> Callable[[], None]:
        program = BgtermProgram(*printing(path, raw=raw), overflow="block")
        program.receive(len("started\n" if raw else "started\r\n"))
        return lambda: program.exchange("\n", length)

    def close(self) -> None:
        for sid in bgterm.list_sessions():
            bgterm.close(sid)
