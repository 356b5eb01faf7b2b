"""fastmux: live handles of tmux's panes."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bench.peers.adapters.tmux_server import INTERVAL_MS, WAIT_MS, ScreenPeer, ScreenProgram

SETTLE_MS = 100
"""The shortest quiet that is taken for the end of an answer; its own examples show 300."""


class FastmuxProgram(ScreenProgram):
    def __init__(self, *argv: str) -> None:
        super().__init__()
        core: Any = import_module("fastmux.core")
        self._session = core.new_session(list(argv), width=80, height=24)
        self._pane = self._session.pane

    def type(self, text: str) -> None:
        self._pane.send(text)

    def receive(self, length: int) -> None:
        self.counted += 1
        while self._pane.poll(WAIT_MS, INTERVAL_MS, until="x").n < self.counted:
            pass

    def exchange(self, text: str, length: int) -> None:
        self.counted += 1
        capture = self._pane.send(text, WAIT_MS, INTERVAL_MS)
        while capture.n < self.counted:
            capture = self._pane.poll(WAIT_MS, INTERVAL_MS)

    def some(self, max_bytes: int = 65536) -> str:
        return self.wait_for(r"\S")

    def lines(self) -> int:
        return len(self._pane)

    def wait_for(self, pattern: str) -> str:
        text: str = self._pane.poll(60_000, INTERVAL_MS, until=pattern).text
        return text

    def captured(self, first: int) -> list[str]:
        lines: list[str] = list(self._pane.capture(first).lines)
        return lines

    def answer(self, line: str, pattern: str, prompt: str) -> str:
        text: str = self._pane.send(line + "\n", 60_000, INTERVAL_MS, until=pattern).text
        return text

    def step(self, line: str) -> str:
        text: str = self._pane.send(line + "\n", WAIT_MS, INTERVAL_MS, settle_ms=SETTLE_MS).text
        return text

    def idle(self, seconds: float) -> None:
        self._pane.poll(int(seconds * 1000))

    def close(self) -> None:
        self._session.kill()


class Contestant(ScreenPeer):
    package = "fastmux"
    about = (
        f"handles of fastmux.core; interval_ms={INTERVAL_MS} (50 by default, and for the CPU row); without a pattern "
        f"settle_ms={SETTLE_MS}, a guess; history-limit 1,000,000"
    )

    def start(self, *argv: str) -> FastmuxProgram:
        return FastmuxProgram(*argv)
