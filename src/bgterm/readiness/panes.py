"""What a program says inside a terminal multiplexer, which passes on no more than a picture of it.

The picture leaves out what has scrolled by meanwhile, and shows much that no program has said. tmux still has the
lines, and its server is asked for them where it runs on this machine, for our own user. The others are not asked: what
a program said in one is not known.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from bgterm.engine.noted import contents

if TYPE_CHECKING:
    from bgterm.readiness.observation import Multiplexer

_ANSWERS_WITHIN_S = 2
_LISTENS = "00010000"
_CLIENT = "#{client_tty} #{pane_id} #{history_size} #{cursor_y} #{cursor_x}"
_DIGITS = re.compile(r"\d+")


class Pane:
    """The pane that shows on a terminal, as it is when this is made: before a line is typed."""

    def __init__(self, multiplexer: Multiplexer) -> None:
        self._multiplexer = multiplexer
        self._socket = _socket_of(multiplexer)
        place = self._place()
        self._line = None if place is None else place.history + place.row
        rows = [] if place is None else self._rows(place, "-p", "-N")
        self._prompt = rows[place.row][: place.column] if place is not None and place.row < len(rows) else ""

    def said(self, line: str, *, waits: bool) -> str:
        """What has been said since `line` was typed there, "" where that is not known.

        `waits` says that a prompt shows.
        """
        place = self._place()
        if place is None or self._line is None:
            return ""
        typed = self._prompt + line.rstrip("\r\n")
        rows = self._rows(place, "-p", "-J", "-S", str(self._line - place.history), "-E", str(place.row))
        if not rows or not _begins_with(rows[0], typed):  # tmux has forgotten the first of its lines
            rows = self._rows(place, "-p", "-J", "-S", "-", "-E", str(place.row))
            starts = [number for number, row in enumerate(rows) if _begins_with(row, typed)]
            rows = rows[starts[-1] :] if starts else []
        if waits and rows[1:]:
            rows[-1] = _without_prompt(rows[-1], self._prompt)
        return "\n".join(rows[1:]).rstrip("\n")

    def _place(self) -> _Place | None:
        for client in self._ask("list-clients", "-F", _CLIENT).splitlines():
            terminal, _, rest = client.partition(" ")
            if terminal == self._multiplexer.terminal:
                pane, *numbers = rest.split()
                return _Place(pane, *map(int, numbers))
        return None

    def _rows(self, place: _Place, *options: str) -> list[str]:
        return self._ask("capture-pane", "-t", place.pane, *options).split("\n")[:-1]

    def _ask(self, *command: str) -> str:
        if self._socket is None:
            return ""
        argv = [f"/proc/{self._multiplexer.pid}/exe", "-u", "-S", self._socket, *command]
        try:
            done = subprocess.run(
                argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_ANSWERS_WITHIN_S, check=True
            )
        except (OSError, subprocess.SubprocessError):
            return ""
        return done.stdout.decode(errors="replace")


class _Place(NamedTuple):
    pane: str
    history: int
    """How many lines have scrolled out of the pane."""
    row: int
    column: int


def _socket_of(multiplexer: Multiplexer) -> str | None:
    """Where the server of a tmux of our own user listens."""
    folder = f"/proc/{multiplexer.pid}"
    try:
        if not multiplexer.name.startswith("tmux") or os.stat(folder).st_uid != os.geteuid():
            return None
        own = set(_sockets(folder))
        table = os.fsdecode(contents(f"{folder}/net/unix"))
    except OSError:
        return None
    for entry in table.split("\n"):
        fields = entry.split(None, 7)
        if len(fields) > 7 and fields[3] == _LISTENS and fields[6] in own:
            return fields[7]
    return None


def _sockets(folder: str) -> Iterator[str]:
    for fd in os.listdir(f"{folder}/fd"):
        try:
            target = os.readlink(f"{folder}/fd/{fd}")
        except OSError:
            continue
        if target.startswith("socket:["):
            yield target[8:-1]


def _begins_with(row: str, typed: str) -> bool:
    return "".join(row.split()).startswith("".join(typed.split()))


def _without_prompt(row: str, prompt: str) -> str:
    """The row without the prompt at its end: the one from before but for its digits, else all of it."""
    pattern = r"\d+".join(map(re.escape, _DIGITS.split(prompt.rstrip())))
    found = re.search(rf"(?:{pattern})\s*\Z", row)
    return row[: found.start()] if found is not None and prompt.strip() else ""
