"""libtmux: tmux's commands as methods; waiting is by its `retry_until`."""

from __future__ import annotations

import re
import shlex
import tempfile
from importlib import import_module
from typing import Any

from bench.peers.adapters.tmux_server import INTERVAL_MS, ScreenPeer, ScreenProgram

LONGEST_KEYS = 1000
"""What is longer is pasted: it does not fit into the arguments of a command."""


class LibtmuxProgram(ScreenProgram):
    def __init__(self, server: Any, *argv: str) -> None:
        super().__init__()
        self._server = server
        self._retry_until: Any = import_module("libtmux.test.retry").retry_until
        self._session = server.new_session(window_command=shlex.join(argv), x=80, y=24)
        self._pane = self._session.active_window.active_pane

    def type(self, text: str) -> None:
        if len(text) <= LONGEST_KEYS:
            self._pane.send_keys(text, enter=False, literal=True)
            return
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text)
            file.flush()
            self._server.load_buffer(file.name, buffer_name="typed")
        self._pane.paste_buffer(buffer_name="typed", delete_after=True, linefeed_separator=True)

    def _until(self, condition: Any) -> None:
        self._retry_until(condition, 60, interval=INTERVAL_MS / 1000)

    def lines(self) -> int:
        told: list[str] = self._pane.display_message("#{history_size} #{cursor_y}", get_text=True)
        history, row = told[0].split()
        return int(history) + int(row)

    def receive(self, length: int) -> None:
        self._until(lambda: self.lines() > self.counted)
        self.counted += 1
        self._pane.capture_pane()

    def some(self, max_bytes: int = 65536) -> str:
        return self.wait_for(r"\S")

    def wait_for(self, pattern: str) -> str:
        captured: list[str] = []

        def matches() -> bool:
            captured[:] = ["\n".join(self._pane.capture_pane())]
            return re.search(pattern, captured[0]) is not None

        self._until(matches)
        return captured[0]

    def captured(self, first: int) -> list[str]:
        told: list[str] = self._pane.display_message("#{history_size}", get_text=True)
        lines: list[str] = self._pane.capture_pane(start=first - int(told[0]))
        return lines

    def answer(self, line: str, pattern: str, prompt: str) -> str:
        self.type(line + "\n")
        return self.wait_for(pattern)

    def idle(self, seconds: float) -> None:
        before = self._pane.capture_pane()
        self._retry_until(lambda: self._pane.capture_pane() != before, seconds, raises=False)

    def close(self) -> None:
        self._session.kill()


class Contestant(ScreenPeer):
    package = "libtmux"
    about = (
        f"waits are its retry_until with an interval of {INTERVAL_MS} ms (50 by default, and for the CPU row); "
        "history-limit 1,000,000"
    )

    def __init__(self) -> None:
        self._server: Any = import_module("libtmux").Server()

    def start(self, *argv: str) -> LibtmuxProgram:
        return LibtmuxProgram(self._server, *argv)
