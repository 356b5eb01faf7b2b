"""bgtmux: sessions of tmux by its command line (archived; fastmux follows it)."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from bench.peers.adapters.tmux_server import INTERVAL_MS, ScreenPeer, ScreenProgram
from bench.peers.program import CannotError

SHORT_WAIT_MS = 20
"""Its wait begins after the text was typed and can miss what came at once; then it takes the whole time, so: little."""


class BgtmuxProgram(ScreenProgram):
    def __init__(self, *argv: str) -> None:
        super().__init__()
        bgtmux: Any = import_module("bgtmux")
        self._session = bgtmux.TmuxSession.start(list(argv), width=80, height=24)

    def type(self, text: str) -> None:
        self._session.send(text)

    def _poll(self) -> Any:
        return self._session.poll(SHORT_WAIT_MS, INTERVAL_MS)

    def receive(self, length: int) -> None:
        self.counted += 1
        while self._session.display().line_count < self.counted:
            self._poll()

    def exchange(self, text: str, length: int) -> None:
        self.counted += 1
        capture = self._session.send(text)
        while capture.line_count < self.counted:
            capture = self._poll()

    def some(self, max_bytes: int = 65536) -> str:
        return self.wait_for(r"\S")

    def lines(self) -> int:
        count: int = self._session.info().line_count
        return count

    def wait_for(self, pattern: str) -> str:
        """It waits for any change: the pattern is looked for by hand."""
        text: str = self._session.display().text
        while re.search(pattern, text) is None:
            text = self._poll().text
        return text

    def captured(self, first: int) -> list[str]:
        lines: list[str] = list(self._session.capture_range(first, self.lines()).lines)
        return lines

    def answer(self, line: str, pattern: str, prompt: str) -> str:
        raise CannotError("it waits for any change, not for a pattern")

    def step(self, line: str) -> str:
        raise CannotError("it returns at the first change, which is the echo")

    def idle(self, seconds: float) -> None:
        self._session.poll(int(seconds * 1000))

    def close(self) -> None:
        self._session.close()


class Contestant(ScreenPeer):
    package = "bgtmux"
    about = f"TmuxSession; poll_interval_ms={INTERVAL_MS} (50 by default, and for the CPU row); history-limit 1,000,000"

    def start(self, *argv: str) -> BgtmuxProgram:
        return BgtmuxProgram(*argv)
