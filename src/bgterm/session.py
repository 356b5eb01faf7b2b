"""One live terminal and its verbs."""

from __future__ import annotations

import errno
import math
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, Self, TypeVar

from bgterm.engine.ending import Ending, finish
from bgterm.engine.input import CANONICAL_LINE_BYTES, INPUT_LIMIT_BYTES
from bgterm.engine.terminal import ending_all, kill_all
from bgterm.engine.undisturbed import undisturbed
from bgterm.errors import InputOverflowError, LineTooLongError, NotReadyError, SessionExitedError, UnknownSessionError
from bgterm.following import FollowedWait
from bgterm.launch import Command, Launch, check_size
from bgterm.paging import AnyOutput, Pages, PageWait, ReadyPageWait
from bgterm.readiness.confidence import ENOUGH, check_confidence
from bgterm.readiness.queries import Queries
from bgterm.results import CommandResult, Confidence, Foreground, PollResult, Reason, SessionInfo, Status
from bgterm.run import Step, Typing
from bgterm.viewing import OnScreen, ScreenWait, Views
from bgterm.waits import Condition, Consuming, Exit, Output, Ready, ReasonWait

if TYPE_CHECKING:
    from bgterm.readiness.look import Readiness
    from bgterm.searching import Match
    from bgterm.views.line_search import FoundLine
    from bgterm.views.live_screen import LiveScreen
    from bgterm.views.screen import Screen

T = TypeVar("T")


class _Until:
    """A named condition for `until=`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"bgterm.{self._name}"


READY: Final = _Until("READY")
"""`until=READY`: the program waits for input."""

EXIT: Final = _Until("EXIT")
"""`until=EXIT`: the program has exited."""

Until = str | bytes | re.Pattern[str] | re.Pattern[bytes] | _Until | None

_MAX_BYTES = 65536


class Starter(Protocol):
    """What a session knows of its manager."""

    def start(self, launch: Launch, name: str | None) -> Session:
        """Start a program in a new session."""

    def open(self, sid: int | str) -> Session:
        """The session with this id or name."""


class Session:
    """One program in a terminal of its own, from its start to `close`.

    Every verb may be called from any thread, on the same session too; no byte of output is given to two callers.
    Sessions are made by `Session.start`, or by a `SessionManager`, and found again by `Session.open`.
    Used in a `with` statement a session is closed at the end.
    """

    __slots__ = (
        "_closing",
        "_directory",
        "_encode_errors",
        "_encoding",
        "_forget",
        "_launch",
        "_pages",
        "_readiness",
        "_started",
        "_terminal",
        "_views",
        "name",
        "sid",
    )

    manager: ClassVar[Starter]
    """The manager of `start` and `open`: the shared one."""

    def __init__(
        self, sid: int, name: str | None, launch: Launch, forget: Callable[[Session, int | None], None]
    ) -> None:
        """For managers; `forget` is called with the exit code when the session has been closed."""
        self.sid = sid
        """The id, a positive integer that is never given twice by one manager."""
        self.name = name
        """The name that it was started with, or None."""
        self._launch = launch
        self._forget = forget
        self._encoding = launch.encoding
        # A byte that came as a lone surrogate goes back as the same byte; nothing else is made up.
        self._encode_errors = launch.errors if launch.errors.startswith("surrogate") else "strict"
        self._closing = threading.RLock()  # a signal handler may close what its thread is closing
        self._started = time.time()
        self._directory = launch.directory
        transcript = launch.open_transcript()
        try:
            self._terminal = launch.open_terminal([] if transcript is None else [transcript])
        except BaseException:
            if transcript is not None:
                transcript.discard()
            raise
        self._pages = Pages(self._terminal, launch.encoding, launch.errors)
        self._readiness: Readiness | None = None
        self._views = Views(self._terminal, launch.encoding, launch.rows, launch.cols, transcript)
        with self._terminal.lock:
            Queries(self._terminal, self._views.cursor)

    @classmethod
    def start(
        cls,
        cmd: Command | None = None,
        cwd: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        shell: bool | None = None,
        encoding: str = "utf-8",
        errors: str = "replace",
        max_buffer_bytes: int = 1_000_000,
        *,
        name: str | None = None,
        rows: int = 24,
        cols: int = 80,
        overflow: str = "drop",
        shell_integration: bool = False,
        transcript: str | os.PathLike[str] | None = None,
        max_transcript_bytes: int | None = None,
    ) -> Session:
        """Do as `start_session` does, and return the session itself."""
        launch = Launch(
            cmd,
            cwd,
            env,
            shell,
            encoding,
            errors,
            max_buffer_bytes,
            rows,
            cols,
            overflow,
            shell_integration,
            transcript,
            max_transcript_bytes,
        )
        return cls.manager.start(launch, name)

    @classmethod
    def open(cls, sid: int | str) -> Session:
        """Return the open session with this id or name. Raises UnknownSessionError."""
        return cls.manager.open(sid)

    def __repr__(self) -> str:
        name = "" if self.name is None else f" {self.name!r}"
        terminal = self._terminal
        state = "closed" if terminal.closed else f"exited {terminal.child.exit_code}" if terminal.exited else "running"
        return f"<bgterm.Session {self.sid}{name} {self._launch.command!r} {state}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # Talk.

    def write_stdin(
        self,
        chars: str | bytes = "",
        yield_time_ms: float | None = 0,
        max_output_bytes: int | None = _MAX_BYTES,
        *,
        until: Until = None,
        settle_ms: float = 0,
        min_confidence: Confidence = ENOUGH,
    ) -> PollResult:
        """Type `chars`, then do as `poll` does.

        Parameters
        ----------
        chars: text in the session's encoding, or bytes; Enter is "\\n" for programs that read lines.
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
        wait = self._page_wait(yield_time_ms, max_output_bytes, until, settle_ms, min_confidence)
        data = self._encoded(chars)
        return self._finish(wait, partial(self._type, data) if data else None)

    def poll(
        self,
        yield_time_ms: float | None = 0,
        max_output_bytes: int | None = _MAX_BYTES,
        *,
        until: Until = None,
        settle_ms: float = 0,
        min_confidence: Confidence = ENOUGH,
    ) -> PollResult:
        """Return the output that has not been returned yet, and wait for some where there is none.

        Parameters
        ----------
        yield_time_ms: the longest wait in milliseconds; 0 only looks, None waits without limit.
        max_output_bytes: the most to return, in bytes; what is left stays unread. None means all.
        until: what to wait for instead of any output: a regex (str, bytes or compiled), which is looked for in
            everything unread without its escape sequences; `READY`, until the program waits for input; or
            `EXIT`. Everything through the end of a match is consumed, and the text returned ends with it.
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
        ValueError: a negative number. TypeError, re.error: `until` is no pattern.
        UnicodeDecodeError: only with `errors="strict"`; the output stays unread.
        """
        return self._finish(self._page_wait(yield_time_ms, max_output_bytes, until, settle_ms, min_confidence))

    def _page_wait(
        self,
        yield_time_ms: float | None,
        max_output_bytes: int | None,
        until: Until,
        settle_ms: float,
        min_confidence: Confidence,
    ) -> Consuming[PollResult]:
        """What `poll` waits for, checked, and beginning now."""
        _check_size(max_output_bytes)
        if until is None and settle_ms == 0:
            return AnyOutput(
                self._terminal, deadline("yield_time_ms", yield_time_ms), self._unknown, self._pages, max_output_bytes
            )
        if not settle_ms >= 0:
            raise ValueError(f"settle_ms must be 0 or more, not {settle_ms!r}")
        if until is READY:
            return ReadyPageWait(
                self._terminal,
                self._ready(min_confidence),
                deadline("yield_time_ms", yield_time_ms),
                settle_ms / 1000,
                self._unknown,
                self._pages,
                max_output_bytes,
            )
        match = None if until is None or until is EXIT else self._match(until)
        return PageWait(
            self._terminal,
            match or self._condition(until),
            deadline("yield_time_ms", yield_time_ms),
            settle_ms / 1000,
            self._unknown,
            self._pages,
            max_output_bytes,
            # What settles goes on beyond the match, and the page with it.
            None if settle_ms else match,
        )

    def _condition(self, until: Until) -> Condition:
        if until is None:
            return Output(self._terminal, self._pages.has_unread)
        if until is EXIT:
            return Exit(self._terminal)
        return self._match(until)

    def _match(self, pattern: object) -> Match:
        from bgterm.searching import Match, compiled  # noqa: PLC0415 - its own patterns take time to compile

        return Match(self._terminal, compiled(pattern), self._launch.encoding, self._launch.errors)

    def _ready(self, min_confidence: Confidence) -> Ready:
        check_confidence(min_confidence)
        with self._terminal.lock:
            return Ready(self._terminal, self._known_readiness(), min_confidence)

    def _known_readiness(self) -> Readiness:
        """What answers for readiness, made at the first question. Lock held."""
        self._check_open()
        if self._readiness is None:
            from bgterm.readiness.look import Readiness  # noqa: PLC0415 - who never asks need not load it

            self._readiness = Readiness(self._terminal, time.monotonic())
        return self._readiness

    def _finish(self, wait: Consuming[T], begin: Callable[[], None] | None = None) -> T:
        return self._terminal.wait(wait, begin)

    def _encoded(self, chars: str | bytes) -> bytes:
        if not isinstance(chars, str):
            return bytes(chars)
        return chars.encode(self._encoding, self._encode_errors)

    def _type(self, data: bytes) -> None:
        """Type `data`, all of it or nothing. Lock held."""
        terminal = self._terminal
        if terminal.closed or terminal.exited:
            self._check_running()
        refusal = terminal.input.refusal(data)
        if refusal == "overflow":
            raise InputOverflowError(
                f"session {self.label}: {terminal.input.pending_bytes} bytes of input wait already, and the program "
                f"does not read; at most {INPUT_LIMIT_BYTES} may wait: let it read first, or interrupt or close it"
            )
        if refusal == "line":
            raise LineTooLongError(
                f"session {self.label}: the terminal is in canonical mode and would cut a line after "
                f"{CANONICAL_LINE_BYTES} bytes: send shorter lines, or have the program read in raw mode (stty -icanon)"
            )
        terminal.type(data)

    def read(self, max_output_bytes: int | None = _MAX_BYTES, *, offset: int | None = None) -> PollResult:
        """Return what is unread, at once; or, with `offset`, output from that absolute byte on.

        A read by offset leaves the unread cursor where it is. Where the bytes at `offset` are not kept any
        more, nor in a transcript, it begins with the oldest that are (`start_offset` says so).

        Raises UnknownSessionError, and ValueError for a negative number or an `offset` beyond the end.
        """
        if offset is None:
            return self.poll(0, max_output_bytes)
        if not offset >= 0:
            raise ValueError(f"offset must be 0 or more, not {offset!r}")
        _check_size(max_output_bytes)
        terminal = self._terminal
        with terminal.lock:
            self._check_open()
            terminal.look()
            if offset > terminal.output.end:
                raise ValueError(f"offset {offset} is beyond the end of the output ({terminal.output.end})")
            return self._pages.at(offset, max_output_bytes, self._views.kept_at(offset))

    def send_eof(self) -> None:
        """Type the end-of-file character so that the program reads the end of its input.

        In the middle of a line, in canonical mode, it takes two of them (termios(3): VEOF). A program that
        edits its lines itself gets one Ctrl-D.

        Raises UnknownSessionError, SessionExitedError.
        """
        with self._terminal.lock:
            self._check_running()
            self._terminal.type(self._terminal.end_of_file())

    def interrupt(self) -> None:
        """Send SIGINT to the foreground process group, whatever mode the terminal is in.

        Raises UnknownSessionError, SessionExitedError.
        """
        with self._terminal.lock:
            self._check_running()
            self._terminal.interrupt()

    def resize(self, rows: int, cols: int) -> None:
        """Change the terminal's size; the foreground is told by SIGWINCH.

        Raises UnknownSessionError, and ValueError for a size that is not between 1 and 65535.
        """
        check_size(rows, cols)
        with self._terminal.lock:
            self._check_open()
            self._terminal.resize(rows, cols)
            self._views.resized(rows, cols)

    # Know.

    def status(self) -> Status:
        """Return what is known at this moment about whether the program waits for input.

        `state` and `confidence` say it in short, `reason` in words; on Linux it is mostly the kernel's own
        knowledge (proc(5): /proc/PID/syscall).

        Raises UnknownSessionError.
        """
        with self._terminal.lock:
            return self._known_readiness().look(time.monotonic())[0]

    def run(
        self,
        line: str | bytes,
        timeout_ms: float | None = 30_000,
        max_output_bytes: int | None = _MAX_BYTES,
        *,
        min_confidence: Confidence = ENOUGH,
    ) -> CommandResult:
        """Wait until the program is ready, type `line` and Enter, wait until it is ready again.

        Parameters
        ----------
        line: what to type, in the session's encoding, or bytes. Several lines are pasted as one where the
            program's line editor can take them so, and else typed one after the other.
        timeout_ms: the longest the whole may take, in milliseconds; None waits without limit.
        max_output_bytes: the most of the output to return, in bytes, counted from its end; None means all.
        min_confidence: how surely the program must be ready: see `poll`.

        Returns a `CommandResult`. The time being up after the line was typed is a result, not an error. Unread
        output from before is consumed as well (`skipped_bytes`; `read(offset=...)` still has it).

        Raises
        ------
        NotReadyError: the program was not ready within the time.
        SessionExitedError: it has exited. InputOverflowError, LineTooLongError, UnicodeEncodeError: as for
            `write_stdin`. In each case nothing was typed, and unread output stays unread.
        UnknownSessionError: the session is closed, or is closed by another thread meanwhile.
        ValueError: a negative number, or no such confidence.
        """
        return self._finish(self._step(line, timeout_ms, max_output_bytes, min_confidence))

    def _step(
        self,
        line: str | bytes,
        timeout_ms: float | None,
        max_output_bytes: int | None,
        min_confidence: Confidence,
    ) -> Step:
        """What `run` waits for, checked, and beginning now."""
        _check_size(max_output_bytes)
        return Step(
            self._terminal,
            Typing(self._terminal, self._ready(min_confidence), self._encoded(line), self._type),
            deadline("timeout_ms", timeout_ms),
            self._unknown,
            self._pages,
            max_output_bytes,
            self._not_ready,
        )

    def wait(self, timeout_ms: float | None = None) -> int | None:
        """Wait until the program has exited; return its exit code (negative: the signal).

        Returns None when `timeout_ms` (milliseconds, None: no limit) is up, and where the exit code cannot be
        known because the host reaps its children itself (`info().running` tells these apart). Output stays
        unread. With `overflow="block"` a program can wait for its output to be read, and never exit.

        Raises UnknownSessionError, and ValueError for a negative time.
        """
        terminal = self._terminal
        reason = terminal.wait(
            ReasonWait(terminal, Exit(terminal), deadline("timeout_ms", timeout_ms), 0, self._unknown)
        )
        return terminal.child.exit_code if reason == "exit" else None

    def info(self) -> SessionInfo:
        """Return what is known of the session. Raises UnknownSessionError."""
        terminal = self._terminal
        with terminal.lock:
            self._check_open()
            terminal.look()
            rows, cols = terminal.size()
            output = terminal.output
            exited = terminal.exited
            info = SessionInfo(
                sid=self.sid,
                name=self.name,
                pid=terminal.child.pid,
                command=self._launch.command,
                cwd=self._directory,
                rows=rows,
                cols=cols,
                started=self._started,
                running=not exited,
                exit_code=terminal.child.exit_code if exited else None,
                unread_offset=max(terminal.cursor, output.start),
                buffer_start_offset=output.start,
                buffer_end_offset=output.end,
                pending_input_bytes=terminal.input.pending_bytes,
                held_by=(),
            )
        if not exited:
            return info
        return info._replace(held_by=tuple(Foreground(one.name, one.pid) for one in terminal.holders()))

    # Views.

    def send_keys(self, *keys: str) -> None:
        """Press keys, by the names that tmux has for them.

        Parameters
        ----------
        keys: `Enter`, `Escape`, `Tab`, `BTab`, `Space`, `BSpace`, `Up`, `Down`, `Left`, `Right`, `Home`, `End`,
            `PageUp`, `PageDown`, `IC`, `DC`, `F1` to `F12`, `KP0` to `KP9`, `KPEnter`, with the modifiers `C-`,
            `M-` and `S-`; also `^C`. As in tmux, upper and lower case are the same. Any other text is typed, and
            pasted where it has several lines. (To type the word "end", use `write_stdin`.)

        What is sent depends on the modes that the program has set: application cursor keys and keypad, and
        bracketed paste for text.

        Raises
        ------
        ValueError: a name that is none, with those that are near.
        SessionExitedError, InputOverflowError, LineTooLongError, UnknownSessionError: as for `write_stdin`. In
            each case nothing was typed.
        """
        with self._terminal.lock:
            self._check_running()
            self._terminal.look()
            self._type(self._encoded(self._views.keys(keys)))

    def screen(self, *, scrollback_lines: int = 0) -> Screen:
        """Return what the terminal shows now. It needs the extra `bgterm[screen]`.

        Parameters
        ----------
        scrollback_lines: how many of the rows above the screen to add, at most.

        The screen is computed when it is asked for, from what is kept of the output: `Screen.complete` says
        whether that was all. Unread output stays unread.

        Raises UnknownSessionError, ModuleNotFoundError where the extra is missing, ValueError for a negative number.
        """
        if scrollback_lines < 0:
            raise ValueError(f"scrollback_lines must be 0 or more, not {scrollback_lines!r}")
        live = self._live_screen()
        with self._terminal.lock:
            self._check_open()
            return live.snapshot(scrollback_lines)

    def _live_screen(self) -> LiveScreen:
        """The screen, brought up to where the output ends now, in pieces: others may read meanwhile."""
        self._views.load_screen()
        terminal = self._terminal
        with terminal.lock:
            self._check_open()
            terminal.look()
            live = self._views.live_screen()
            end = terminal.output.end
        while True:
            with terminal.lock:
                self._check_open()
                if not live.update() or live.position >= end:
                    return live

    def wait_screen(
        self,
        pattern: str | re.Pattern[str] | Callable[[Screen], object],
        timeout_ms: float | None = None,
        *,
        settle_ms: float = 0,
    ) -> Screen | None:
        """Wait until the screen shows something; return the screen. It needs the extra `bgterm[screen]`.

        Parameters
        ----------
        pattern: a regex that is looked for in the screen's text, or a function that is given each `Screen` and
            says whether it is the one. It is asked each time that output has come; it must be quick and must not
            use the session.
        timeout_ms: the longest wait in milliseconds; None waits without limit.
        settle_ms: go on until output has been still for so many milliseconds, but not beyond `timeout_ms` plus
            `settle_ms`, and return the screen as it is then: programs draw their screens in pieces.

        Returns None when the time is up, or the program has exited without showing it. Output stays unread.

        Raises UnknownSessionError, ModuleNotFoundError, ValueError for a negative time, re.error, and what the
        function raises.
        """
        return self._terminal.wait(self._screen_wait(pattern, timeout_ms, settle_ms)).screen

    def _screen_wait(
        self, pattern: str | re.Pattern[str] | Callable[[Screen], object], timeout_ms: float | None, settle_ms: float
    ) -> ScreenWait:
        """What `wait_screen` waits for, checked, and beginning now."""
        wanted = re.compile(pattern) if isinstance(pattern, str) else pattern
        if not settle_ms >= 0:
            raise ValueError(f"settle_ms must be 0 or more, not {settle_ms!r}")
        ends = deadline("timeout_ms", timeout_ms)
        shown = OnScreen(self._terminal, self._live_screen(), wanted)
        return ScreenWait(self._terminal, shown, ends, settle_ms / 1000, self._unknown)

    def search(self, pattern: str | re.Pattern[str], *, offset: int = 0, max_results: int = 100) -> list[FoundLine]:
        """Find lines in all the output that is kept, in the transcript too.

        Parameters
        ----------
        pattern: a regex that is looked for in each line, without its escape sequences.
        offset: the absolute offset to begin at.
        max_results: the most lines to return. To go on, search again from the last one's `end_offset`.

        Returns the lines with their offsets, in order. The unread cursor stays.

        Raises UnknownSessionError, re.error, and ValueError for a negative number.
        """
        if offset < 0 or max_results < 0:
            raise ValueError(f"offset and max_results must be 0 or more, not {offset!r} and {max_results!r}")
        compiled_pattern = re.compile(pattern) if isinstance(pattern, str) else pattern
        with self._terminal.lock:
            self._check_open()
            self._terminal.look()
        return self._views.search(compiled_pattern, offset, max_results)

    def mark(self, label: str = "") -> None:
        """Put a marker into the transcript, which players of the recording can jump to.

        Raises ValueError where no transcript is kept, OSError where it has ended (a full disk), UnknownSessionError.
        """
        with self._terminal.lock:
            self._check_open()
            self._terminal.look()
            self._views.mark(label)

    def export_recording(self, path: str | os.PathLike[str], *, version: int = 3, title: str | None = None) -> None:
        """Write the transcript as an asciicast, which asciinema and its player show.

        Parameters
        ----------
        path: the file to write; what is there is replaced.
        version: of the format, 3 or 2 (docs.asciinema.org/manual/asciicast).
        title: what the recording is called.

        Raises ValueError where no transcript is kept or for another version, OSError, UnknownSessionError.
        """
        terminal = self._terminal
        with terminal.lock:
            self._check_open()
            terminal.look()
            exit_code = terminal.child.exit_code if terminal.exited else None
        self._views.export(path, version, title, exit_code)

    # End.

    def terminate(self) -> None:
        """Send SIGTERM to the program, and keep the session. Raises UnknownSessionError."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL to the program, and keep the session. Raises UnknownSessionError."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with self._terminal.lock:
            self._check_open()
            self._terminal.child.send_signal(number)

    def close(self, terminate: bool = True, kill_after_ms: float = 1000) -> int | None:
        """End the program and everything that it started, and free the id. Closing twice is no error.

        Parameters
        ----------
        terminate: False only closes the terminal: the kernel hangs up the program, which may ignore that.
        kill_after_ms: how long, in milliseconds, the programs may take to end by themselves. Each is asked by
            SIGTERM (by SIGHUP if it ignores that, as interactive shells do); what is left is killed.

        Returns the program's exit code, None where it is not known. It takes `kill_after_ms` and two seconds at
        the very most. Whoever waits on the session is woken with an UnknownSessionError.

        Raises ValueError for a negative time.
        """
        ending = closing([self], terminate, kill_after_ms)
        if self._terminal.closed:  # also in a forked child, where a thread that does not exist may have the lock
            return self._terminal.child.exit_code
        with self._closing:
            return finish(ending)[0]

    def _hang_up(self) -> None:
        if not self._terminal.closed:
            self._terminal.close()
            self._readiness = None  # it keeps files of /proc open
            self._views.close()
            self._forget(self, self._terminal.child.exit_code)

    @property
    def waits(self) -> Waits:
        """What the verbs wait for, for the other faces of this library."""
        return Waits(self)

    # What every verb checks: lock held.

    @property
    def label(self) -> str:
        """The id and the name, for messages."""
        return str(self.sid) if self.name is None else f"{self.sid} ({self.name!r})"

    def _unknown(self) -> UnknownSessionError:
        code = self._terminal.child.exit_code
        return UnknownSessionError(
            f"session {self.label} has been closed (exit code {code}): start a new one", closed=True, exit_code=code
        )

    def _check_open(self) -> None:
        if self._terminal.closed:
            raise self._unknown()

    def _not_ready(self, status: Status | None) -> NotReadyError:
        known = "nothing is known" if status is None else status.reason
        return NotReadyError(
            f"session {self.label}: the program was not ready for input within the time ({known}), nothing was typed: "
            "wait longer, look at its output, or interrupt it; min_confidence='quiet' takes a guess for ready",
            status=status,
        )

    def _check_running(self) -> None:
        self._check_open()
        terminal = self._terminal
        if terminal.exited:
            code = terminal.child.exit_code
            raise SessionExitedError(
                f"the program of session {self.label} has exited (exit code {code}) and reads no more input: "
                "read what is left of its output, then close the session",
                exit_code=code,
            )


class Waits:
    """What a session's verbs wait for, begun for those who sleep on it in their own way (see `following`).

    The methods take what the verbs of `Session` take, and raise for a wrong argument as they do.
    """

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def write_stdin(
        self,
        chars: str | bytes,
        yield_time_ms: float | None,
        max_output_bytes: int | None,
        until: Until,
        settle_ms: float,
        min_confidence: Confidence,
    ) -> FollowedWait[PollResult]:
        """The wait of `Session.write_stdin`, and of `Session.poll` where `chars` is empty."""
        session = self._session
        wait = session._page_wait(yield_time_ms, max_output_bytes, until, settle_ms, min_confidence)
        data = session._encoded(chars)
        return FollowedWait(session._terminal, wait, partial(session._type, data) if data else None)

    def run(
        self, line: str | bytes, timeout_ms: float | None, max_output_bytes: int | None, min_confidence: Confidence
    ) -> FollowedWait[CommandResult]:
        """The wait of `Session.run`."""
        session = self._session
        return FollowedWait(session._terminal, session._step(line, timeout_ms, max_output_bytes, min_confidence))

    def until(self, until: Until, deadline: float) -> FollowedWait[Reason]:
        """A wait that consumes nothing; `deadline` is a time of time.monotonic."""
        session = self._session
        condition = session._ready(ENOUGH) if until is READY else session._condition(until)
        wait = ReasonWait(session._terminal, condition, deadline, 0, session._unknown)
        return FollowedWait(session._terminal, wait)

    def screen(
        self, pattern: str | re.Pattern[str] | Callable[[Screen], object], timeout_ms: float | None, settle_ms: float
    ) -> FollowedWait[OnScreen]:
        """The wait of `Session.wait_screen`."""
        session = self._session
        return FollowedWait(session._terminal, session._screen_wait(pattern, timeout_ms, settle_ms))

    @property
    def exit_code(self) -> int | None:
        """The exit code once the program has exited, None where it cannot be known."""
        return self._session._terminal.child.exit_code


def _check_size(max_output_bytes: int | None) -> None:
    if max_output_bytes is not None and not max_output_bytes >= 0:
        raise ValueError(f"max_output_bytes must be 0 or more, or None for all, not {max_output_bytes!r}")


def deadline(name: str, time_ms: float | None) -> float:
    """When `time_ms` from now is over (time.monotonic). Raises ValueError for a negative time, `name` in it."""
    if time_ms is None:
        return math.inf
    if not time_ms >= 0:
        raise ValueError(f"{name} must be 0 or more, or None for no limit, not {time_ms!r}")
    return time.monotonic() + time_ms / 1000


def closing(sessions: Sequence[Session], terminate: bool, kill_after_ms: float) -> Ending[list[int | None]]:
    """Close sessions, many in the time of one, as `Session.close` says; the outcome is their exit codes.

    It pauses and does not sleep (see `engine.ending`). Raises ValueError for a negative time, at once.
    """
    if not kill_after_ms >= 0:
        raise ValueError(f"kill_after_ms must be 0 or more, not {kill_after_ms!r}")
    return _closing(sessions, kill_after_ms / 1000 if terminate else None)


def _closing(sessions: Sequence[Session], grace_seconds: float | None) -> Ending[list[int | None]]:
    ours = [session for session in sessions if not session._terminal.closed]
    terminals = [session._terminal for session in ours]
    try:
        if grace_seconds is not None:
            yield from ending_all(terminals, grace_seconds)
    except BaseException as error:  # Ctrl-C, a cancellation, no descriptor left
        for session in ours:
            undisturbed(session._hang_up)  # which gives back some descriptors to look for programs with
        undisturbed(kill_all, terminals)
        if not (isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}):
            raise
    finally:
        for session in ours:
            undisturbed(session._hang_up)
    return [session._terminal.child.exit_code for session in sessions]


def close_sessions(sessions: Sequence[Session], kill_after_ms: float) -> None:
    """Close many sessions in the time of one. Raises ValueError for a negative time."""
    finish(closing(sessions, terminate=True, kill_after_ms=kill_after_ms))
