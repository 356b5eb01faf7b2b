"""A live program in its terminal: how it is started, typed to, asked whether it waits, and hung up."""

from __future__ import annotations

import os
import re
import termios
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bgterm.arguments import shown, string
from bgterm.engine.input import CANONICAL_LINE_BYTES, INPUT_LIMIT_BYTES
from bgterm.engine.terminal import finish_closing
from bgterm.errors import InputOverflowError, LineTooLongError, NotReadyError, SessionExitedError, UnknownSessionError
from bgterm.loading import load
from bgterm.local.views import Views
from bgterm.local.waits import Ready
from bgterm.readiness.queries import Queries
from bgterm.readiness.told import told_prompt
from bgterm.results import Confidence, Status

if TYPE_CHECKING:
    from bgterm.local.launch import Launch
    from bgterm.readiness.look import Readiness
    from bgterm.views.live_screen import LiveScreen


_SECRET_BYTES = 16
_CLOSES_S = 1.0  # the longest that a start waits for files which are being closed

_READINESS = ("bgterm.readiness.look", "bgterm.views.plain")


class Live:
    """One program in its terminal."""

    __slots__ = ("_asked", "_closed", "_encode_errors", "_secret", "label", "launch", "terminal", "views")

    def __init__(self, label: str, launch: Launch, closed: Callable[[int | None], None]) -> None:
        """Begin without a program. `label` names its session in errors.

        `closed` is called with the exit code once it is hung up.
        """
        self.label = label
        self._closed: Callable[[int | None], None] | None = closed  # None once that was called
        self.launch = launch
        # A byte that came as a lone surrogate goes back as the same byte; nothing else is made up.
        self._encode_errors = launch.errors if launch.errors.startswith("surrogate") else "strict"
        self._secret = os.urandom(_SECRET_BYTES).hex() if launch.shell_integration else ""
        self.terminal = launch.terminal()
        self.views = Views(self.terminal, launch.encoding, launch.rows, launch.cols)
        self._asked: Readiness | None = None

    def start(self) -> None:
        """Start the program. Whoever calls this calls `abort` where it raises: OSError and its kinds, Ctrl-C."""
        if self.launch.transcript is not None:
            finish_closing(_CLOSES_S)  # what a signal handler closed, and with it a transcript at the same place
        transcript = self.views.transcript = self.launch.open_transcript(self.label)
        with self.terminal.lock:
            if transcript is not None:
                self.terminal.observe(transcript)
            Queries(self.terminal, self.views.cursor)
        self.launch.start(self.terminal, self._secret)
        if transcript is not None:
            with self.terminal.lock:
                transcript.begin()

    def abort(self) -> None:
        """Take back a start that failed or was interrupted, wherever it stood. Can be done again."""
        self.terminal.abort()
        if self.views.transcript is not None:
            self.views.transcript.discard()
        self._closed = None

    # What it waits for.

    def ready(self, min_confidence: Confidence, prompt: re.Pattern[str] | None = None) -> Ready:
        """That it is ready for input; `prompt` is its own, where it is told for this wait."""
        load(*_READINESS)
        with self.terminal.lock:
            return Ready(self.terminal, self.readiness(), min_confidence, prompt)

    def status(self) -> Status:
        """What is known at this moment."""
        load(*_READINESS)
        with self.terminal.lock:
            return self.readiness().look(time.monotonic())[0]

    def readiness(self) -> Readiness:
        """What answers for readiness, made at the first question. Lock held."""
        self.check_open()
        if self._asked is None:
            from bgterm.readiness.look import Readiness  # noqa: PLC0415 - who never asks need not load it

            told = told_prompt(self.launch.prompt)
            self._asked = Readiness(self.terminal, time.monotonic(), self._secret, told)
        return self._asked

    def live_screen(self) -> LiveScreen:
        """The screen, brought up to where the output ends now, in pieces: others may read meanwhile."""
        self.views.load_screen()
        terminal = self.terminal
        with terminal.lock:
            self.check_open()
            terminal.look()
            live = self.views.live_screen()
            end = terminal.output.end
        while True:
            with terminal.lock:
                self.check_open()
                if not live.update() or live.position >= end:
                    return live

    # Typing.

    def press(self, keys: Sequence[str]) -> None:
        """Type what the terminal sends for `keys`. Raises ValueError for an unknown one, and as `type`."""
        for key in keys:
            string("a key", key)
        load("bgterm.views.keys", "bgterm.views.modes")
        with self.terminal.lock:
            self.check_running()
            self.terminal.look()
            self.type(self.encoded("keys", self.views.keys(keys)))

    def click(self, row: int, column: int) -> None:
        """Type what the terminal sends for a click at a cell. Raises ValueError, and as `type`."""
        load("bgterm.views.modes", "bgterm.views.mouse")
        with self.terminal.lock:
            self.check_running()
            self.terminal.look()
            self.type(self.views.click(row, column))

    def encoded(self, name: str, chars: str | bytes) -> bytes:
        """What is typed for `chars`, the argument `name`. Raises UnicodeEncodeError, TypeError."""
        if isinstance(chars, str):
            return chars.encode(self.launch.encoding, self._encode_errors)
        try:
            return b"".join((chars,))  # not bytes(chars), which makes zeros of a number
        except TypeError:
            raise TypeError(f"{name} must be a string or bytes, not {shown(chars)}") from None

    def type(self, data: bytes, whole: bytes = b"") -> None:
        """Type `data`, all of it or nothing; nothing either where `whole`, of which it is a part, could not be typed.

        Lock held.
        """
        terminal = self.terminal
        if terminal.closed or terminal.exited:
            self.check_running()
        refusal = terminal.input.refusal(whole or data)
        if refusal == "overflow":
            raise InputOverflowError(
                f"session {self.label}: {terminal.input.pending_bytes} bytes of input wait already, these are "
                f"{len(data)}, and at most {INPUT_LIMIT_BYTES} may wait: send less at a time and let the program read, "
                "or interrupt or close it"
            )
        if refusal == "line":
            raise LineTooLongError(
                f"session {self.label}: the terminal is in canonical mode and would cut a line after "
                f"{CANONICAL_LINE_BYTES} bytes: send shorter lines, or have the program read in raw mode (stty -icanon)"
            )
        terminal.type(data)

    def interrupt(self) -> None:
        """Do what Ctrl-C means: send a signal, or the key where the program carries it elsewhere."""
        load("bgterm.readiness.linux.procfs", "bgterm.readiness.programs")
        from bgterm.readiness.linux.procfs import name_of  # noqa: PLC0415 - few come here
        from bgterm.readiness.programs import INTERRUPTED_BY_KEY  # noqa: PLC0415

        terminal = self.terminal
        with terminal.lock:
            self.check_running()
            makes_signals = termios.tcgetattr(terminal.master)[3] & termios.ISIG
            if not makes_signals and name_of(terminal.foreground_group()) in INTERRUPTED_BY_KEY:
                terminal.type(b"\x03")
            else:
                terminal.interrupt()

    # The end.

    def hang_up(self) -> None:
        """Close the terminal, and give back all that is held. Can be done again, wherever it was interrupted."""
        closed = self._closed
        if closed is not None:
            self.terminal.close(self._close_held)
            closed(self.terminal.child.exit_code)
            self._closed = None

    def _close_held(self) -> None:
        if self._asked is not None:
            self._asked.close()
        self.views.close()

    # Errors, and what every verb checks: lock held.

    def unknown(self) -> UnknownSessionError:
        """What is raised by every use of a closed session."""
        code = self.terminal.child.exit_code
        return UnknownSessionError(
            f"session {self.label} has been closed (exit code {code}): start a new one", closed=True, exit_code=code
        )

    def look(self) -> None:
        """Take in what is there now. Raises UnknownSessionError if the session is closed."""
        self.check_open()
        self.terminal.look()

    def check_open(self) -> None:
        """Raise UnknownSessionError if the session is closed."""
        if self.terminal.closed:
            raise self.unknown()

    def not_ready(self, status: Status | None) -> NotReadyError:
        """What is raised where a line could not be typed in time; `status` is the last look."""
        known = "nothing is known" if status is None else status.reason
        return NotReadyError(
            f"session {self.label}: the program was not ready for input within the time ({known}), nothing was typed: "
            "wait longer, look at its output, or interrupt it; min_confidence='quiet' takes a guess for ready",
            status=status,
        )

    def takes_keys(self, status: Status) -> NotReadyError:
        """What is raised where a line would be typed to a full-screen program."""
        from bgterm.readiness.programs import leave_by  # noqa: PLC0415 - loaded with readiness

        name = "the program" if status.foreground is None else status.foreground.name
        keys = leave_by(name)
        leave = f"send_keys types its keys ({keys} leaves it)" if keys else "send_keys types its keys"
        return NotReadyError(
            f"session {self.label}: {name} fills the screen and takes keys, not lines: nothing was typed. {leave}, "
            "screen shows it; start_session(..., pager=False) keeps programs from starting a pager",
            status=status,
        )

    def check_running(self) -> None:
        """Raise UnknownSessionError or SessionExitedError unless there is a program to type to."""
        self.check_open()
        terminal = self.terminal
        if terminal.exited:
            code = terminal.child.exit_code
            raise SessionExitedError(
                f"the program of session {self.label} has exited (exit code {code}) and reads no more input: "
                "read what is left of its output, then close the session",
                exit_code=code,
            )
