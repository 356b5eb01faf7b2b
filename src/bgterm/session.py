"""One live terminal and its verbs."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

from bgterm.arguments import integer, page_size, string, text_pattern
from bgterm.arguments import path as path_argument
from bgterm.engine.ending import finish
from bgterm.local.closing import closing, grace
from bgterm.local.endpoint import Live
from bgterm.local.launch import Command, Launch, terminal_size
from bgterm.local.waits import deadline
from bgterm.readiness.confidence import ENOUGH
from bgterm.results import CommandResult, Confidence, Foreground, PollResult, SessionInfo, Status
from bgterm.until import EXIT, Until

if TYPE_CHECKING:
    from bgterm.views.line_search import FoundLine
    from bgterm.views.screen import Screen

_MAX_BYTES = 65536


class Starter(Protocol):
    """What a session knows of its manager."""

    def start(self, launch: Launch, name: str | None) -> Session:
        """Start a program in a new session."""
        ...

    def open(self, sid: int | str) -> Session:
        """The session with this id or name."""
        ...


class Session:
    """One program in a terminal of its own, from its start to `close`.

    Every verb may be called from any thread, on the same session too; no byte of output is given to two callers.
    An argument of another type is a TypeError, and one out of range a ValueError, before anything is done.
    Sessions are made by `Session.start`, or by a `SessionManager`, and found again by `Session.open`.
    Used in a `with` statement a session is closed at the end.
    """

    __slots__ = ("_closing", "_directory", "_started", "live", "name", "sid")

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
        self._started = time.time()
        self._directory = launch.directory
        self._closing = threading.RLock()  # a signal handler may close what its thread is closing
        label = str(sid) if name is None else f"{sid} ({name!r})"
        self.live = Live(label, launch, lambda exit_code: forget(self, exit_code))
        """The program itself, for the other faces of this library."""

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
        prompt: str | re.Pattern[str] | None = None,
        pager: bool = True,
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
            prompt,
            pager,
        )
        return cls.manager.start(launch, name)

    @classmethod
    def open(cls, sid: int | str) -> Session:
        """Return the open session with this id or name. Raises UnknownSessionError."""
        return cls.manager.open(sid)

    def __repr__(self) -> str:
        name = "" if self.name is None else f" {self.name!r}"
        terminal = self.live.terminal
        state = "closed" if terminal.closed else f"exited {terminal.child.exit_code}" if terminal.exited else "running"
        return f"<bgterm.Session {self.sid}{name} {self.live.launch.command!r} {state}>"

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
        wait = self.live.page(yield_time_ms, max_output_bytes, until, settle_ms, min_confidence)
        data = self.live.encoded("chars", chars)
        return self.live.terminal.wait(wait, partial(self.live.type, data) if data else None)

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
        ValueError: a negative number, or no such confidence. re.error: `until` is no pattern. TypeError: an argument of
            another type.
        UnicodeDecodeError: only with `errors="strict"`; the output stays unread.
        """
        wait = self.live.page(yield_time_ms, max_output_bytes, until, settle_ms, min_confidence)
        return self.live.terminal.wait(wait)

    def read(self, max_output_bytes: int | None = _MAX_BYTES, *, offset: int | None = None) -> PollResult:
        """Return what is unread, at once; or, with `offset`, output from that absolute byte on.

        A read by offset leaves the unread cursor where it is. Where the bytes at `offset` are not kept any
        more, nor in a transcript, it begins with the oldest that are (`start_offset` says so).

        Raises UnknownSessionError, and ValueError for a negative number or an `offset` beyond the end.
        """
        if offset is None:
            return self.poll(0, max_output_bytes)
        offset = integer("offset", offset)
        max_output_bytes = page_size(max_output_bytes)
        terminal = self.live.terminal
        with terminal.lock:
            self.live.check_open()
            terminal.look()
            if offset > terminal.output.end:
                raise ValueError(f"offset {offset} is beyond the end of the output ({terminal.output.end})")
            return self.live.pages.at(offset, max_output_bytes, self.live.views.kept_at(offset))

    def send_eof(self) -> None:
        """Type the end-of-file character so that the program reads the end of its input.

        In the middle of a line, in canonical mode, it takes two of them (termios(3): VEOF). A program that
        edits its lines itself gets one Ctrl-D.

        Raises UnknownSessionError, SessionExitedError.
        """
        with self.live.terminal.lock:
            self.live.check_running()
            self.live.terminal.type(self.live.terminal.end_of_file())

    def interrupt(self) -> None:
        """Send SIGINT to the foreground process group, whatever mode the terminal is in.

        A program that carries the terminal elsewhere (`ssh`, `docker`) gets the key Ctrl-C instead: the signal would
        end the connection, the key interrupts what runs at its far end.

        Raises UnknownSessionError, SessionExitedError.
        """
        self.live.interrupt()

    def resize(self, rows: int, cols: int) -> None:
        """Change the terminal's size; the foreground is told by SIGWINCH.

        Raises UnknownSessionError, and ValueError for a size that is not between 1 and 65535.
        """
        rows, cols = terminal_size(rows, cols)
        with self.live.terminal.lock:
            self.live.check_open()
            self.live.terminal.resize(rows, cols)
            self.live.views.resized(rows, cols)

    # Know.

    def status(self) -> Status:
        """Return what is known at this moment about whether the program waits for input.

        `state` and `confidence` say it in short, `reason` in words; on Linux it is mostly the kernel's own
        knowledge (proc(5): /proc/PID/syscall).

        Raises UnknownSessionError.
        """
        return self.live.status()

    def run(
        self,
        line: str | bytes,
        timeout_ms: float | None = 30_000,
        max_output_bytes: int | None = _MAX_BYTES,
        *,
        min_confidence: Confidence = ENOUGH,
        prompt: str | re.Pattern[str] | None = None,
    ) -> CommandResult:
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
        return self.live.terminal.wait(self.live.step(line, timeout_ms, max_output_bytes, min_confidence, prompt))

    def wait(self, timeout_ms: float | None = None) -> int | None:
        """Wait until the program has exited; return its exit code (negative: the signal).

        Returns None when `timeout_ms` (milliseconds, None: no limit) is up, and where the exit code cannot be
        known because the host reaps its children itself (`info().running` tells these apart). Output stays
        unread. With `overflow="block"` a program can wait for its output to be read, and never exit.

        Raises UnknownSessionError, and ValueError for a negative time.
        """
        terminal = self.live.terminal
        reason = terminal.wait(self.live.reason(EXIT, deadline("timeout_ms", timeout_ms)))
        return terminal.child.exit_code if reason == "exit" else None

    @property
    def running(self) -> bool:
        """Whether the program has not exited, as far as is known now; also of a session that has been closed."""
        self._look()
        terminal = self.live.terminal
        return not (terminal.child.exited if terminal.closed else terminal.exited)

    @property
    def exit_code(self) -> int | None:
        """The program's exit code, negative for a signal; also of a session that has been closed.

        None while it runs, and where the host made the code unknowable.
        """
        return None if self.running else self.live.terminal.child.exit_code

    def _look(self) -> None:
        if not self.live.terminal.closed:  # in a forked child, a thread that does not exist may have had the lock
            with self.live.terminal.lock:
                if not self.live.terminal.closed:
                    self.live.terminal.look()

    def info(self) -> SessionInfo:
        """Return what is known of the session. Raises UnknownSessionError."""
        terminal = self.live.terminal
        with terminal.lock:
            self.live.check_open()
            terminal.look()
            rows, cols = terminal.size()
            output = terminal.output
            exited = terminal.exited
            info = SessionInfo(
                sid=self.sid,
                name=self.name,
                pid=terminal.child.pid,
                command=self.live.launch.command,
                cwd=self._directory,
                rows=rows,
                cols=cols,
                started=self._started,
                running=not exited,
                exit_code=terminal.child.exit_code if exited else None,
                unread_offset=max(output.cursor, output.start),
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
            `PageUp`, `PageDown`, `Insert`, `Delete`, `F1` to `F12`, `KP0` to `KP9`, `KPEnter`, with the modifiers
            `C-`, `M-` and `S-`; also `^C`, and tmux's other names for them (`IC`, `DC`, `PPage` ...). As in tmux,
            upper and lower case are the same. Any other text is typed, and pasted where it has several lines. (To
            type the word "end", use `write_stdin`.)

        What is sent depends on the modes that the program has set: application cursor keys and keypad, and
        bracketed paste for text (whose end no text can hold: see `run`).

        Raises
        ------
        ValueError: what looks like a key's name and is none (`Ctrl-C`, `Entr`), with the names that are near.
        SessionExitedError, InputOverflowError, LineTooLongError, UnknownSessionError: as for `write_stdin`. In
            each case nothing was typed.
        """
        self.live.press(keys)

    def screen(self, *, scrollback_lines: int = 0) -> Screen:
        """Return what the terminal shows now. It needs the extra `bgterm[screen]`.

        Parameters
        ----------
        scrollback_lines: how many of the rows above the screen to add, at most.

        The screen is computed when it is asked for, from what is kept of the output: `Screen.complete` says
        whether that was all. Unread output stays unread.

        Raises UnknownSessionError, ModuleNotFoundError where the extra is missing, ValueError for a negative number
        and for a screen of more than a million cells.
        """
        scrollback_lines = integer("scrollback_lines", scrollback_lines)
        live = self.live.live_screen()
        with self.live.terminal.lock:
            self.live.check_open()
            return live.snapshot(scrollback_lines)

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

        Returns None when the time is up, or the program has exited without showing it, or, with
        `overflow="block"`, cannot go on before its output is read. Output stays unread.

        Raises UnknownSessionError, ModuleNotFoundError, ValueError for a negative time and for a screen of more than a
        million cells, re.error, and what the function raises.
        """
        return self.live.terminal.wait(self.live.on_screen(pattern, timeout_ms, settle_ms)).screen

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
        wanted = text_pattern("pattern", pattern)
        offset, max_results = integer("offset", offset), integer("max_results", max_results)
        with self.live.terminal.lock:
            self.live.check_open()
            self.live.terminal.look()
        return self.live.views.search(wanted, offset, max_results)

    def mark(self, label: str = "") -> None:
        """Put a marker into the transcript, which players of the recording can jump to.

        Raises ValueError where no transcript is kept, OSError where it has ended (a full disk), UnknownSessionError.
        """
        string("label", label)
        with self.live.terminal.lock:
            self.live.check_open()
            self.live.terminal.look()
            self.live.views.mark(label)

    def export_recording(self, path: str | os.PathLike[str], *, version: int = 3, title: str | None = None) -> None:
        """Write the transcript as an asciicast, which asciinema and its player show.

        Parameters
        ----------
        path: the file to write, for its owner alone (mode 0600). What is there is replaced once all is written, and
            stays where anything fails.
        version: of the format, 3 or 2 (docs.asciinema.org/manual/asciicast).
        title: what the recording is called.

        Raises ValueError where no transcript is kept or for another version, OSError, UnknownSessionError.
        """
        path = path_argument("path", path)
        version = integer("version", version)
        if title is not None:
            string("title", title)
        terminal = self.live.terminal
        with terminal.lock:
            self.live.check_open()
            terminal.look()
            exit_code = terminal.child.exit_code if terminal.exited else None
            recording = self.live.views.recording()
        self.live.views.export(recording, path, version, title, exit_code)

    # End.

    def terminate(self) -> None:
        """Send SIGTERM to the program, and keep the session. Raises UnknownSessionError."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL to the program, and keep the session. Raises UnknownSessionError."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        with self.live.terminal.lock:
            self.live.check_open()
            self.live.terminal.child.send_signal(number)

    def close(self, terminate: bool = True, kill_after_ms: float | None = 1000) -> int | None:
        """End the program and everything that it started, and free the id. Closing twice is no error.

        Parameters
        ----------
        terminate: False only closes the terminal: the kernel hangs up the program, which may ignore that.
        kill_after_ms: how long, in milliseconds, the programs may take to end by themselves (None: as long as
            they like). Each is asked by SIGTERM, or by SIGHUP if it ignores that, as interactive shells do; one
            that ignores both has the time as well, for it may be at work on something. What is left is killed.

        Returns the program's exit code, None where it is not known. It takes `kill_after_ms` and two seconds at
        the very most. Whoever waits on the session is woken with an UnknownSessionError.

        Raises ValueError for a negative time.
        """
        ending = closing([self.live], grace(terminate, kill_after_ms))
        if self.live.terminal.closed:  # also in a forked child, where a thread that does not exist may have the lock
            return self.live.terminal.child.exit_code
        with self._closing:
            return finish(ending)[0]
