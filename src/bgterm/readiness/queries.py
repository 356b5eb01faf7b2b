r"""Answers to the questions that programs ask their terminal, for where no real screen is there to answer.

Who asks reads the answer without Enter, so it has left canonical mode, or is about to (`printf '\e[6n'; read -sdR`). A
question of a program that stays in canonical mode is no question, but a file that was shown: its answer would be typed
into the next prompt, so it is kept until the program is ready for it, and forgotten when something else comes first.

A program that asks and gets no answer hangs, or waits for its time-out: and while it waits for the answer it looks as
if it waited for you. So they are answered, honestly: as a terminal of few abilities, whose cursor stands where the
output's tail puts it, or where a real screen says, if one is kept. What such a terminal would not answer is not
answered here either (`ESC[?u`: the device attributes, which are always asked after it, tell that no answer will come).

Source: xterm's "Control Sequences" (ctlseqs), and the VT510 manual for the reports.
"""

from __future__ import annotations

import math
import re
import sys
import termios
import time
from typing import TYPE_CHECKING

from bgterm.engine.pty import is_canonical
from bgterm.readiness.programs import SHELLS
from bgterm.readiness.row import CursorPlace

if TYPE_CHECKING:
    from collections.abc import Callable

    from bgterm.engine.terminal import Terminal

_QUERY = re.compile(
    rb"\x1b(?:"
    rb"\[(?:(\??)([56])n"  # device status, cursor position
    rb"|([>=]?)0?c"  # device attributes: primary, secondary, tertiary
    rb"|(>)0?q"  # name and version
    rb"|(\??[0-9]+)\$p"  # is this mode set?
    rb"|(1[89])t)"  # size in characters
    rb"|\](1[0-2]);\?(\x07|\x1b\\)"  # colour of text, background, cursor
    rb"|P(\$q|\+q)[^\x1b]*\x1b\\)"  # a setting, a capability
)
_BEGUN = re.compile(rb"\x1b(?:\[[0-9;?>=$]*|\][0-9;?]*\x1b?|P[^\x1b]*\x1b?)?\Z")
_BEGUN_MAX = 256
_PROMPT = re.compile(rb"\x1b(?:\[\?2004h|\]133;[AD])")
_OFLAG, _LFLAG = 1, 3  # what tcgetattr returns
_PATIENT_SHELLS = SHELLS - {"xonsh", "nu", "elvish"}
_PATIENT = {
    # They use GNU's readline or the like, which asks nothing: so do the programs that these start.
    *("sqlite3", "gdb", "psql", "mysql", "mariadb", "bc", "ftp", "sftp", "R", "octave-cli", "lua", "lua5.3", "lua5.4"),
}
_LIBRARIES = (b"/libreadline", b"/libedit")
_KEPT_S = 0.2
"""How long a program has to leave canonical mode after it asked: a shell's next command does it within milliseconds."""
_DRAWS_S = 0.05
"""How long after it left canonical mode a line editor has drawn that lays out first what it will draw."""
_BEGINS_S = 2.0
"""How long a program may take from there until it sleeps: it loads what it is made of, or a shell makes its prompt."""
_PENDING_MAX = 4096
"""Answers beyond so many bytes are left out while a program does not read: the kernel too keeps no more (n_tty.c)."""

_ATTRIBUTES = {b"": b"\x1b[?62;22c", b">": b"\x1b[>1;10;0c", b"=": b"\x1bP!|00000000\x1b\\"}
"""A VT220 with colours, version 1.0, no serial number."""
_COLOURS = {b"10": b"ffff/ffff/ffff", b"11": b"0000/0000/0000", b"12": b"ffff/ffff/ffff"}


class Queries:
    """An observer of one terminal's output that types the answers."""

    def __init__(self, terminal: Terminal, on_screen: Callable[[], tuple[int, int] | None] = lambda: None) -> None:
        """Answer what is asked from now on, and what was asked already. Called with the terminal's lock held.

        `on_screen` gives the cursor's row and column, from 1, where there is a real screen that knows them.
        """
        self._terminal = terminal
        self._on_screen = on_screen
        self._cursor_place = CursorPlace()
        self._begun = b""
        self._seen = 0
        self._kept = b""  # answers to a program in canonical mode
        self._kept_until = 0.0
        self._asker = 0
        self._reads_keys_since = math.inf
        self._row_ended = False
        terminal.observe(self)
        if end := terminal.output.end:
            self(0, terminal.output.read(0, end))

    def __call__(self, offset: int, data: bytes) -> bool:
        """Look for queries in `data`, which begins at `offset`. Called with the terminal's lock held."""
        if b"\x1b" not in data and not (self._begun or self._kept):
            return False
        end = offset + len(data)
        if end <= self._seen:  # told again after an interruption
            return bool(self._begun or self._kept)
        self._seen = end
        data = self._begun + data
        queries = list(_QUERY.finditer(data))
        taken = queries[-1].end() if queries else 0
        last = data.rfind(b"\x1b", max(taken, len(data) - _BEGUN_MAX))
        self._begun = data[last:] if last >= 0 and _BEGUN.match(data, last) else b""
        after = data[taken : len(data) - len(self._begun)]
        row_ended = self._row_ended or (bool(queries) and b"\n" in data[: queries[0].start()])
        self._row_ended = (row_ended and not queries) or b"\n" in after
        if after.strip():
            self._forget()  # something else is shown
        if queries:
            mode = termios.tcgetattr(self._terminal.master)
            late = self._late(data, taken) if mode[_OFLAG] & termios.ONLCR else 0
            answers = self._answers([query for query in queries if query.end() > late], end - len(data))
            if mode[_LFLAG] & termios.ICANON or (not after.strip() and (b"\n" in after or self._at_shell())):
                if not after.strip():
                    self._keep(answers)
            else:
                # In another row it is a line editor that asks, before it draws its prompt.
                self._type(answers if row_ended else self._kept + answers)
                self._forget()
        return bool(self._begun or self._kept)

    def _answers(self, queries: list[re.Match[bytes]], offset: int) -> bytes:
        """What answers all these, or as many as a program would find that begins to read."""
        answers = b""
        for query in queries:
            answers += self._answer(query, offset + query.start())
            if len(answers) > _PENDING_MAX:
                break
        return answers

    def _keep(self, answers: bytes) -> None:
        if not answers:
            return  # who asked reads no more
        terminal = self._terminal
        if not self._kept:
            terminal.look_again(self._look_again)
        if len(self._kept) < _PENDING_MAX:
            self._kept += answers
        terminal.owes_answer = True
        self._kept_until = time.monotonic() + _KEPT_S
        self._asker = terminal.foreground_group()
        self._reads_keys_since = math.inf

    def _late(self, data: bytes, taken: int) -> int:
        """Where in `data`, whose last question ends at `taken`, those end that the program that now reads did not ask.

        When output is read late, a line editor may have taken over in the meantime. It asks in the line of its prompt
        if at all, and a shell waits for the answer before it prompts; a file that was shown ended its line.
        """
        shown = len(data.rstrip())
        if shown > taken and self._at_shell():
            return taken
        for mark in _PROMPT.finditer(data):
            shown = mark.start()
        return data.rfind(b"\n", 0, shown) + 1

    def _at_shell(self) -> bool:
        """Whether a line editor has the terminal that asks nothing: whoever asks there waits for the answer at once."""
        if sys.platform != "linux":
            return False
        from bgterm.readiness.linux.procfs import children, name_of, process_stat  # noqa: PLC0415 - few come late

        group = self._terminal.foreground_group()
        name = name_of(group)
        if name in _PATIENT_SHELLS:
            return True  # what it starts to be talked to is a group of its own; a child in its group makes the prompt
        if name not in _PATIENT and not _edits_by_library(group):
            return False
        started = map(process_stat, children(group))
        return not any(each is not None and each.group == group for each in started)  # else they ask

    def _type(self, answers: bytes) -> None:
        pending = self._terminal.input.pending_bytes
        if answers and not (pending and pending + len(answers) > _PENDING_MAX):
            self._terminal.reply(answers)

    def _look_again(self) -> bool:
        """Give the answers that are kept if the program that asked reads by now; whether to look once more."""
        terminal = self._terminal
        with terminal.lock:
            if terminal.closed:
                return False
            try:
                return self._is_owed()
            except OSError:  # no memory, a sandbox: tried again, but no longer than the answers are kept
                if time.monotonic() <= self._kept_until:
                    return True
                self._forget()
                return False

    def _is_owed(self) -> bool:
        terminal = self._terminal
        asleep = self._sleeps()
        terminal.look()  # a prompt that has come since shows that nobody waits for an answer
        if not self._kept or terminal.exited:
            return False
        now = time.monotonic()
        canonical = is_canonical(terminal.master)
        # A shell or a line editor leaves canonical mode too, and then prompts before it sleeps.
        begins = not canonical and not asleep
        if now > self._kept_until + begins * _BEGINS_S or terminal.foreground_group() != self._asker:
            self._forget()
            return False
        if canonical or begins:
            return True
        self._reads_keys_since = min(self._reads_keys_since, now)
        if self._row_ended and now - self._reads_keys_since < _DRAWS_S:
            return True
        self._type(self._kept)
        self._forget()
        return False

    def _sleeps(self) -> bool:
        """Whether the program sleeps until it has input, and so has shown all that it will show before.

        Where that cannot be known, it is taken to.
        """
        if sys.platform != "linux":
            return True
        if is_canonical(self._terminal.master):
            return False
        from bgterm.readiness.linux.terminal import LinuxTerminal  # noqa: PLC0415 - few questions come late
        from bgterm.readiness.observation import Finding  # noqa: PLC0415

        found = LinuxTerminal.of(self._terminal).observe(0.0).finding
        return found in {Finding.READING, Finding.LISTENING}

    def _forget(self) -> None:
        self._kept = b""
        self._terminal.owes_answer = False

    def _answer(self, query: re.Match[bytes], asked_at: int) -> bytes:
        private, report, attributes, version, mode, size, colour, end, string = query.groups()
        if report == b"5":
            return b"\x1b[0n"
        if report:
            return b"\x1b[%s%d;%dR" % (private, *self._cursor(asked_at))
        if attributes is not None:
            return _ATTRIBUTES[attributes]
        if version:
            return b"\x1bP>|bgterm\x1b\\"
        if mode:
            return b"\x1b[%s;0$y" % mode  # not a mode that we know
        if size:
            rows, columns = self._terminal.size()
            return b"\x1b[%d;%d;%dt" % (int(size) - 10, rows, columns)
        if colour:
            return b"\x1b]%s;rgb:%s%s" % (colour, _COLOURS[colour], end)
        return b"\x1bP0%sr\x1b\\" % string[:1]  # not a setting, or a capability, that we know

    def _cursor(self, asked_at: int) -> tuple[int, int]:
        """Row and column of the cursor, from 1."""
        if (known := self._on_screen()) is not None:
            return known
        return self._cursor_place.at(self._terminal.output, asked_at, *self._terminal.size())


def _edits_by_library(pid: int) -> bool:
    """Whether a program has loaded a line editor that asks nothing. One that is built in does not show."""
    try:
        with open(f"/proc/{pid}/maps", "rb") as maps:
            loaded = maps.read()
    except OSError:  # it belongs to somebody else, or has gone
        return False
    return any(library in loaded for library in _LIBRARIES)
