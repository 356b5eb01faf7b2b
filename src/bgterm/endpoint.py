"""What a terminal can do: the contract between the faces and the kinds of terminal.

A face (threads, asyncio, the operators) knows an `Endpoint` and nothing of where its terminal is. Each method of the
endpoint is a verb: it checks its arguments, begins, and returns what there is to wait for, which each face does in its
own way. The faces are written out by `make faces` from the signatures and the words here.
"""

from __future__ import annotations

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from bgterm.begun import Begun, Waiting
from bgterm.engine.ending import Ending
from bgterm.readiness.confidence import ENOUGH
from bgterm.results import CommandResult, Confidence, PollResult, Reason, SessionInfo, Status
from bgterm.until import Until

if TYPE_CHECKING:
    from bgterm.views.line_search import FoundLine
    from bgterm.views.screen import Screen

_MAX_BYTES = 65536

F = TypeVar("F", bound=Callable[..., object])


def by_keyword_from(parameter: str) -> Callable[[F], F]:
    """Whoever uses a verb gives its parameters from this one on by keyword.

    The faces see to that, and pass them on by position: a call by keyword takes CPython 3.11 many more instructions.
    """
    del parameter  # `make faces` reads it
    return lambda verb: verb


class Endpoint(ABC):
    """One program in a terminal, from its start until it is closed.

    An argument of another type is a TypeError, and one out of range a ValueError, before anything is done.
    """

    sid: int
    """The id, a positive integer that is never given twice by one manager."""
    name: str | None
    """The name that it was started with, or None."""

    @property
    @abstractmethod
    def closed(self) -> bool:
        """Whether it is closed, or is being closed.

        It takes no lock: in a forked child nobody may be there to free one.
        """

    @property
    @abstractmethod
    def running(self) -> bool:
        """Whether the program has not exited, as far as is known now; also where it has been closed."""

    @property
    @abstractmethod
    def exit_code(self) -> int | None:
        """The program's exit code, negative for a signal; also where it has been closed.

        None while it runs, and where the host made the code unknowable.
        """

    @staticmethod
    @abstractmethod
    def closing(endpoints: Sequence[Endpoint], grace_seconds: float | None) -> Ending[list[int | None]]:
        """Close many of one kind in the time of one, as `Session.close` says; the outcome is their exit codes.

        It pauses and does not sleep (see `engine.ending`). With None programs are not asked to end.
        """

    @abstractmethod
    def reason(self, until: Until, time_up: float) -> Waiting[Reason]:
        """What `wait_any` waits for; it consumes nothing. `time_up` is a time of time.monotonic."""

    # Talk.

    @abstractmethod
    @by_keyword_from("until")
    def write_stdin(
        self,
        chars: str | bytes = "",
        yield_time_ms: float | None = 0,
        max_output_bytes: int | None = _MAX_BYTES,
        until: Until = None,
        settle_ms: float = 0,
        min_confidence: Confidence = ENOUGH,
    ) -> Begun[PollResult]:
        r"""Type `chars`, then do as `poll` does.

        Parameters
        ----------
        chars: text in the session's encoding, or bytes; Enter is "\n" for programs that read lines.
        yield_time_ms, max_output_bytes, until, settle_ms, min_confidence: as for `poll`.

        Typing never waits: what the program does not take yet is queued (`PollResult.pending_input_bytes`).

        Raises
        ------
        SessionExitedError: the program has exited.
        InputOverflowError: more than 16 MiB would wait for a program that does not read.
        LineTooLongError: the line discipline would cut a line (over 4095 bytes, to a program that leaves line
            editing to the terminal).
        UnicodeEncodeError: `chars` cannot be encoded.
        UnknownSessionError, ValueError, TypeError, re.error: as for `poll`.

        After any of these nothing was typed, and unread output stays unread.
        """

    @abstractmethod
    @by_keyword_from("until")
    def poll(
        self,
        yield_time_ms: float | None = 0,
        max_output_bytes: int | None = _MAX_BYTES,
        until: Until = None,
        settle_ms: float = 0,
        min_confidence: Confidence = ENOUGH,
    ) -> Begun[PollResult]:
        """Return the output that has not been returned yet, and wait for some where there is none.

        Parameters
        ----------
        yield_time_ms: the longest wait in milliseconds; 0 only looks, None waits without limit.
        max_output_bytes: the most to return, in bytes; what is left stays unread. None means all.
        until: what to wait for instead of any output: a regex (str, bytes or compiled), which is looked for in
            everything unread without its escape sequences; `READY`, until the program waits for input; or
            `EXIT`. Everything through the end of a match is consumed, and the text returned ends with it. Or a list of
            these: the first that holds ends the wait, of matches the one that ends first; the result's `index` says
            which.
        settle_ms: go on collecting afterwards until output has been still for so many milliseconds, but not
            beyond `yield_time_ms` plus `settle_ms`.
        min_confidence: how surely the program must wait for `READY`: "certain" by the kernel's word; "prompt"
            also where it shows a prompt by which it is known; "marks" also by what its output announces; "quiet"
            also where it merely listens and has been still, which is a guess.

        Returns a `PollResult`; its `reason` says why the wait ended, and with `READY` its `status` what was last
        known of the program. A timeout is a result, not an error.

        Raises
        ------
        UnknownSessionError: the session is closed, or is closed by another thread meanwhile.
        ValueError: a negative number, or no such confidence. re.error: `until` is no pattern. TypeError: an argument of
            another type.
        UnicodeDecodeError: only with `errors="strict"`; the output stays unread.
        """

    @abstractmethod
    @by_keyword_from("offset")
    def read(self, max_output_bytes: int | None = _MAX_BYTES, offset: int | None = None) -> Begun[PollResult]:
        """Return what is unread, at once; or, with `offset`, output from that absolute byte on.

        A read by offset leaves the unread cursor where it is. Where the bytes at `offset` are not kept any
        more, nor in a transcript, it begins with the oldest that are (`start_offset` says so).

        Raises UnknownSessionError, and ValueError for a negative number or an `offset` beyond the end.
        """

    @abstractmethod
    def send_eof(self) -> Begun[None]:
        """Type the end-of-file character so that the program reads the end of its input.

        In the middle of a line, in canonical mode, it takes two of them (termios(3): VEOF). A program that
        edits its lines itself gets one Ctrl-D.

        Raises UnknownSessionError, SessionExitedError.
        """

    @abstractmethod
    def flush_input(self) -> Begun[None]:
        """Throw away what was typed and the program has not read yet, also a line that is only begun.

        What it has read, it has; what it echoed stays on the screen. An answer to what it has asked its terminal, and
        has not read, is thrown away too. (tcflush(3), and what waits before the terminal.)

        Raises UnknownSessionError, SessionExitedError.
        """

    @abstractmethod
    def interrupt(self) -> Begun[None]:
        """Send SIGINT to the foreground process group, whatever mode the terminal is in.

        A program that carries the terminal elsewhere (`ssh`, `docker`) gets the key Ctrl-C instead: the signal would
        end the connection, the key interrupts what runs at its far end.

        Raises UnknownSessionError, SessionExitedError.
        """

    @abstractmethod
    def resize(self, rows: int, cols: int) -> Begun[None]:
        """Change the terminal's size; the foreground is told by SIGWINCH.

        Raises UnknownSessionError, and ValueError for a size that is not between 1 and 65535.
        """

    # Know.

    @abstractmethod
    def status(self) -> Begun[Status]:
        """Return what is known at this moment about whether the program waits for input.

        `state` and `confidence` say it in short, `reason` in words; on Linux it is mostly the kernel's own
        knowledge (proc(5): /proc/PID/syscall).

        Raises UnknownSessionError.
        """

    @abstractmethod
    @by_keyword_from("min_confidence")
    def run(
        self,
        line: str | bytes,
        timeout_ms: float | None = 30_000,
        max_output_bytes: int | None = _MAX_BYTES,
        min_confidence: Confidence = ENOUGH,
        prompt: str | re.Pattern[str] | None = None,
    ) -> Begun[CommandResult]:
        """Wait until the program is ready, type `line` and Enter, wait until it is ready again.

        Parameters
        ----------
        line: what to type, in the session's encoding, or bytes. Several lines are pasted as one where the
            program's line editor can take them so, and else each is typed at the prompt that the one before it
            leaves; what is not typed when the time is up is typed ahead then. (What would end a paste,
            `ESC[201~`, is pasted without its ESC: data stays data.) Enter follows
            anyway: a newline at the end of one line adds nothing to it. At the end of several lines it is an Enter of
            its own, which ends a block in Python.
        timeout_ms: the longest the whole may take, in milliseconds; None waits without limit.
        max_output_bytes: the most of the output to return, in bytes, counted from its end; None means all.
        min_confidence: how surely the program must be ready: see `poll`.
        prompt: a regex for the program's prompt in this step, in place of what `start_session` was told.

        Returns a `CommandResult`. The time being up after the line was typed is a result, not an error. So is a
        program that asks something: `status.prompt` has the question, and `run` types the answer. Unread output from
        before is consumed as well (`skipped_bytes`; `read(offset=...)` still has it).

        Raises
        ------
        NotReadyError: the program was not ready within the time; or, at once, it fills the screen and takes keys
            (`less`, `vim`): `send_keys` is for those.
        SessionExitedError: it has exited. InputOverflowError, LineTooLongError, UnicodeEncodeError: as for
            `write_stdin`. In each case nothing was typed, and unread output stays unread.
        UnknownSessionError: the session is closed, or is closed by another thread meanwhile.
        ValueError: a negative number, or no such confidence. TypeError, re.error: `prompt` is no regex.
        """

    @abstractmethod
    def wait(self, timeout_ms: float | None = None) -> Begun[int | None]:
        """Wait until the program has exited; return its exit code (negative: the signal).

        Returns None when `timeout_ms` (milliseconds, None: no limit) is up, and where the exit code cannot be
        known because the host reaps its children itself (`info().running` tells these apart). Output stays
        unread. With `overflow="block"` a program can wait for its output to be read, and never exit.

        Raises UnknownSessionError, and ValueError for a negative time.
        """

    @abstractmethod
    def info(self) -> Begun[SessionInfo]:
        """Return what is known of the session. Raises UnknownSessionError."""

    # Views.

    @abstractmethod
    def send_keys(self, *keys: str) -> Begun[None]:
        """Press keys, by the names that tmux has for them.

        Parameters
        ----------
        keys: `Enter`, `Escape`, `Tab`, `BTab`, `Space`, `BSpace`, `Up`, `Down`, `Left`, `Right`, `Home`, `End`,
            `PageUp`, `PageDown`, `Insert`, `Delete`, `F1` to `F12`, `KP0` to `KP9`, `KPEnter`, with the modifiers
            `C-`, `M-` and `S-`; also `^C`, tmux's other names for them (`IC`, `DC`, `PPage` ...), and what people
            type: `Return`, `Esc`, `Backspace`, `Del`, `Ctrl-C`, `Alt+X`, `Shift-Tab`. As in tmux, upper and lower case
            are the same, but for those last names, which begin with a capital letter. Any other text is typed, and
            pasted where it has several lines. (To type the word "end", use `write_stdin`.)

        What is sent depends on the modes that the program has set: application cursor keys and keypad, and
        bracketed paste for text (whose end no text can hold: see `run`).

        Raises
        ------
        ValueError: what looks like a key's name and is none (`Entr`, `F99`), with the names that are near.
        SessionExitedError, InputOverflowError, LineTooLongError, UnknownSessionError: as for `write_stdin`. In
            each case nothing was typed.
        """

    @abstractmethod
    def click(self, row: int, column: int) -> Begun[None]:
        """Click on a cell of the screen: press and release the left mouse button there.

        Parameters
        ----------
        row, column: the cell, counted from 0 as in `Screen.lines` and `Screen.cursor`.

        Raises
        ------
        ValueError: the program has not asked for the mouse, or there is no such cell.
        SessionExitedError, InputOverflowError, UnknownSessionError: as for `write_stdin`. In each case nothing was
            typed.
        """

    @abstractmethod
    @by_keyword_from("scrollback_lines")
    def screen(self, scrollback_lines: int = 0) -> Begun[Screen]:
        """Return what the terminal shows now. It needs the extra `bgterm[screen]`.

        Parameters
        ----------
        scrollback_lines: how many of the rows above the screen to add, at most.

        The screen is computed when it is asked for, from what is kept of the output: `Screen.complete` says
        whether that was all. Unread output stays unread.

        Raises UnknownSessionError, ModuleNotFoundError where the extra is missing, ValueError for a negative number
        and for a screen of more than a million cells.
        """

    @abstractmethod
    @by_keyword_from("settle_ms")
    def wait_screen(
        self,
        pattern: str | re.Pattern[str] | Callable[[Screen], object],
        timeout_ms: float | None = None,
        settle_ms: float = 0,
    ) -> Begun[Screen | None]:
        """Wait until the screen shows something; return the screen. It needs the extra `bgterm[screen]`.

        Parameters
        ----------
        pattern: a regex that is looked for in the screen's text, or a function that is given each `Screen` and
            says whether it is the one. It is asked each time that output has come; it must be quick and must not
            use the session.
        timeout_ms: the longest wait in milliseconds; None waits without limit.
        settle_ms: go on until output has been still for so many milliseconds, but not beyond `timeout_ms` plus
            `settle_ms`, and return the screen as it is then: programs draw their screens in pieces.

        Returns None when the time is up, or the program has exited without showing it, or, with
        `overflow="block"`, cannot go on before its output is read. Output stays unread.

        Raises UnknownSessionError, ModuleNotFoundError, ValueError for a negative time and for a screen of more than a
        million cells, re.error, and what the function raises.
        """

    @abstractmethod
    @by_keyword_from("settle_ms")
    def expect_screen(
        self,
        pattern: str | re.Pattern[str] | Callable[[Screen], object],
        timeout_ms: float | None = 30_000,
        settle_ms: float = 0,
    ) -> Begun[Screen]:
        """Do as `wait_screen` does, where it is an error that the screen does not show it.

        Parameters
        ----------
        pattern, settle_ms: as for `wait_screen`.
        timeout_ms: the longest wait in milliseconds; None waits without limit.

        Returns the screen that shows it.

        Raises
        ------
        ScreenTimeoutError: the time is up, or the program has exited without showing it. The message has what the
            screen shows instead.
        UnknownSessionError, ModuleNotFoundError, ValueError, re.error, TypeError: as for `wait_screen`.
        """

    @abstractmethod
    @by_keyword_from("offset")
    def search(self, pattern: str | re.Pattern[str], offset: int = 0, max_results: int = 100) -> Begun[list[FoundLine]]:
        """Find lines in all the output that is kept, in the transcript too.

        Parameters
        ----------
        pattern: a regex that is looked for in each line, without its escape sequences.
        offset: the absolute offset to begin at.
        max_results: the most lines to return. To go on, search again from the last one's `end_offset`.

        Returns the lines with their offsets, in order. The unread cursor stays.

        Raises UnknownSessionError, re.error, and ValueError for a negative number.
        """

    @abstractmethod
    def mark(self, label: str = "") -> Begun[None]:
        """Put a marker into the transcript, which players of the recording can jump to.

        Raises ValueError where no transcript is kept, OSError where it has ended (a full disk), UnknownSessionError.
        """

    @abstractmethod
    @by_keyword_from("version")
    def export_recording(self, path: str | os.PathLike[str], version: int = 3, title: str | None = None) -> Begun[None]:
        """Write the transcript as an asciicast, which asciinema and its player show.

        Parameters
        ----------
        path: the file to write, for its owner alone (mode 0600). What is there is replaced once all is written, and
            stays where anything fails.
        version: of the format, 3 or 2 (docs.asciinema.org/manual/asciicast).
        title: what the recording is called.

        Raises ValueError where no transcript is kept or for another version, OSError, UnknownSessionError.
        """

    # End.

    @abstractmethod
    def terminate(self) -> Begun[None]:
        """Send SIGTERM to the program, and keep the session. Raises UnknownSessionError."""

    @abstractmethod
    def kill(self) -> Begun[None]:
        """Send SIGKILL to the program, and keep the session. Raises UnknownSessionError."""
