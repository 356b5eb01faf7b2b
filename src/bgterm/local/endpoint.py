"""The verbs of a terminal of our own: what each checks, and what it waits for."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast

from bgterm.arguments import deadline, integer, page_size, seconds, string, text_pattern
from bgterm.arguments import path as path_argument
from bgterm.begun import Done, Waiting, Work
from bgterm.endpoint import Endpoint
from bgterm.engine.terminals import kill_all
from bgterm.loading import load
from bgterm.local.closing import closing
from bgterm.local.launch import terminal_size
from bgterm.local.live import Live
from bgterm.local.pages import AnyOutput, Paged, Pages, PageWait
from bgterm.local.run import Step, Typing
from bgterm.local.views import OnScreen, ScreenWait
from bgterm.local.waits import Condition, Exit, FirstOf, Output, ReasonWait, Then
from bgterm.readiness.confidence import ENOUGH, check_confidence
from bgterm.readiness.told import told_prompt
from bgterm.results import CommandResult, Confidence, Foreground, PollResult, Reason, SessionInfo, Status
from bgterm.until import EXIT, READY, CheckedOne, Until, checked_until

if TYPE_CHECKING:
    from bgterm.engine.ending import Ending
    from bgterm.local.launch import Launch
    from bgterm.local.match import AnyPattern
    from bgterm.views.line_search import FoundLine
    from bgterm.views.screen import Screen

T = TypeVar("T")

_LAST_CELL = 65534  # of the largest terminal (ioctl_tty(2))
_MAX_BYTES = 65536


def label(sid: int, name: str | None) -> str:
    """What names a session in errors."""
    return str(sid) if name is None else f"{sid} ({name!r})"


class LocalEndpoint(Endpoint):
    """See `Endpoint`, which says what each verb does."""

    __slots__ = ("_directory", "_pages", "_started", "_unknown", "live", "name", "sid", "terminal")

    def __init__(self, sid: int, name: str | None, launch: Launch, closed: Callable[[int | None], None]) -> None:
        """Begin without a program; `closed` is called with the exit code once it has been closed."""
        self.sid = sid
        self.name = name
        self._started = time.time()
        self._directory = launch.directory
        self.live = Live(label(sid, name), launch, closed)
        self.terminal = self.live.terminal
        self._unknown = self.live.unknown
        self._pages = Pages(self.terminal, launch.encoding, launch.errors)

    def __repr__(self) -> str:
        terminal = self.terminal
        state = "closed" if terminal.closed else f"exited {terminal.child.exit_code}" if terminal.exited else "running"
        return f"{self.live.launch.command!r} {state}"

    def hang_up(self) -> None:
        """For `closing`."""
        self.live.hang_up()

    @staticmethod
    def closing(endpoints: Sequence[Endpoint], grace_seconds: float | None) -> Ending[list[int | None]]:
        """See `Endpoint`."""
        return closing([each for each in endpoints if isinstance(each, LocalEndpoint)], grace_seconds)

    @staticmethod
    def kill_all(endpoints: Sequence[Endpoint]) -> None:
        """Kill what is left of them, without waiting."""
        kill_all([each.terminal for each in endpoints if isinstance(each, LocalEndpoint)])

    @property
    def closed(self) -> bool:
        """See `Endpoint`."""
        return self.terminal.closed

    @property
    def running(self) -> bool:
        """See `Endpoint`."""
        terminal = self.terminal
        if not terminal.closed:  # in a forked child, a thread that does not exist may have had the lock
            with terminal.lock:
                if not terminal.closed:
                    terminal.look()
        return not (terminal.child.exited if terminal.closed else terminal.exited)

    @property
    def exit_code(self) -> int | None:
        """See `Endpoint`."""
        return None if self.running else self.terminal.child.exit_code

    # Talk.

    def write_stdin(
        self,
        chars: str | bytes = "",
        yield_time_ms: float | None = 0,
        max_output_bytes: int | None = _MAX_BYTES,
        until: Until = None,
        settle_ms: float = 0,
        min_confidence: Confidence = ENOUGH,
    ) -> Paged:
        """See `Endpoint`."""
        page = self.poll(yield_time_ms, max_output_bytes, until, settle_ms, min_confidence)
        if data := self.live.encoded("chars", chars):
            page.types = partial(self.live.type, data)
        return page

    def poll(
        self,
        yield_time_ms: float | None = 0,
        max_output_bytes: int | None = _MAX_BYTES,
        until: Until = None,
        settle_ms: float = 0,
        min_confidence: Confidence = ENOUGH,
    ) -> Paged:
        """See `Endpoint`."""
        if type(max_output_bytes) is not int or max_output_bytes < 0:  # nearly never, and else at no cost
            max_output_bytes = page_size(max_output_bytes)
        time_up = deadline("yield_time_ms", yield_time_ms)
        if until is None and settle_ms == 0 and settle_ms is not False and min_confidence is ENOUGH:  # type: ignore[redundant-expr]
            return AnyOutput(self.terminal, time_up, self._unknown, self._pages, max_output_bytes)
        wanted = checked_until(until)
        settle_s = seconds("settle_ms", settle_ms)
        check_confidence(min_confidence)
        condition = self._condition(wanted, time_up, min_confidence, reads=True)
        return PageWait(self.terminal, condition, time_up, settle_s, self._unknown, self._pages, max_output_bytes)

    def reason(self, until: Until, time_up: float) -> Waiting[Reason]:
        """See `Endpoint`."""
        return self._reason(until, time_up)

    def _reason(self, until: Until, time_up: float) -> ReasonWait:
        condition = self._condition(checked_until(until), time_up, ENOUGH, reads=False)
        return ReasonWait(self.terminal, condition, time_up, 0, self._unknown)

    def _condition(
        self,
        until: CheckedOne | tuple[CheckedOne, ...] | None,
        time_up: float,
        min_confidence: Confidence,
        *,
        reads: bool,
    ) -> Condition:
        if isinstance(until, tuple):
            return FirstOf([self._condition(one, time_up, min_confidence, reads=reads) for one in until])
        if until is READY:
            return self.live.ready(min_confidence)
        if until is None:
            return Output(self.terminal, self._pages.has_unread)
        if until is EXIT:
            return Exit(self.terminal, reads=reads)
        load("bgterm.local.match")
        from bgterm.local.match import Match  # noqa: PLC0415 - its own patterns take time to compile

        launch = self.live.launch
        return Match(self.terminal, cast("AnyPattern", until), launch.encoding, launch.errors, time_up)

    def read(self, max_output_bytes: int | None = _MAX_BYTES, offset: int | None = None) -> Paged | Done[PollResult]:
        """See `Endpoint`."""
        if offset is None:
            return self.poll(0, max_output_bytes)
        offset = integer("offset", offset)
        max_output_bytes = page_size(max_output_bytes)
        terminal = self.terminal
        with terminal.lock:
            self.live.look()
            if offset > terminal.output.end:
                raise ValueError(f"offset {offset} is beyond the end of the output ({terminal.output.end})")
            return Done(self._pages.at(offset, max_output_bytes, self.live.views.kept_at(offset)))

    def send_eof(self) -> Done[None]:
        """See `Endpoint`."""
        with self.terminal.lock:
            self.live.check_running()
            self.terminal.type(self.terminal.end_of_file())
        return Done(None)

    def flush_input(self) -> Done[None]:
        """See `Endpoint`."""
        with self.terminal.lock:
            self.live.check_running()
            self.terminal.flush_input()
        return Done(None)

    def interrupt(self) -> Done[None]:
        """See `Endpoint`."""
        self.live.interrupt()
        return Done(None)

    def resize(self, rows: int, cols: int) -> Done[None]:
        """See `Endpoint`."""
        rows, cols = terminal_size(rows, cols)
        with self.terminal.lock:
            self.live.check_open()
            self.terminal.resize(rows, cols)
            self.live.views.resized(rows, cols)
        return Done(None)

    # Know.

    def status(self) -> Done[Status]:
        """See `Endpoint`."""
        return Done(self.live.status())

    def run(
        self,
        line: str | bytes,
        timeout_ms: float | None = 30_000,
        max_output_bytes: int | None = _MAX_BYTES,
        min_confidence: Confidence = ENOUGH,
        prompt: str | re.Pattern[str] | None = None,
    ) -> Waiting[CommandResult]:
        """See `Endpoint`."""
        live = self.live
        keys = live.encoded("line", line)
        max_output_bytes = page_size(max_output_bytes)
        time_up = deadline("timeout_ms", timeout_ms)
        check_confidence(min_confidence)
        ready = live.ready(min_confidence, told_prompt(prompt))
        load("bgterm.readiness.command_output", "bgterm.readiness.drawing", "bgterm.views.paste", "urllib.parse")
        typing = Typing(live.terminal, ready, keys, live.type, live.launch.encoding, live.takes_keys)
        return Step(live.terminal, typing, time_up, live.unknown, self._pages, max_output_bytes, live.not_ready)

    def wait(self, timeout_ms: float | None = None) -> Waiting[int | None]:
        """See `Endpoint`."""
        child = self.terminal.child
        return Then(
            self._reason(EXIT, deadline("timeout_ms", timeout_ms)),
            lambda reason: child.exit_code if reason == "exit" else None,
        )

    def info(self) -> Done[SessionInfo]:
        """See `Endpoint`."""
        terminal = self.terminal
        with terminal.lock:
            self.live.look()
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
            return Done(info)
        return Done(info._replace(held_by=tuple(Foreground(one.name, one.pid) for one in terminal.holders())))

    # Views.

    def send_keys(self, *keys: str) -> Done[None]:
        """See `Endpoint`."""
        self.live.press(keys)
        return Done(None)

    def click(self, row: int, column: int) -> Done[None]:
        """See `Endpoint`."""
        self.live.click(integer("row", row, 0, _LAST_CELL), integer("column", column, 0, _LAST_CELL))
        return Done(None)

    def screen(self, scrollback_lines: int = 0) -> Work[Screen]:
        """See `Endpoint`."""
        scrollback_lines = integer("scrollback_lines", scrollback_lines)
        return Work(lambda: Done(self._snapshot(scrollback_lines)))

    def wait_screen(
        self,
        pattern: str | re.Pattern[str] | Callable[[Screen], object],
        timeout_ms: float | None = None,
        settle_ms: float = 0,
    ) -> Work[Screen | None]:
        """See `Endpoint`."""
        return self._screen_wait(pattern, timeout_ms, settle_ms, lambda on_screen: on_screen.screen)

    def expect_screen(
        self,
        pattern: str | re.Pattern[str] | Callable[[Screen], object],
        timeout_ms: float | None = 30_000,
        settle_ms: float = 0,
    ) -> Work[Screen]:
        """See `Endpoint`."""
        return self._screen_wait(pattern, timeout_ms, settle_ms, self._expected)

    def _screen_wait(
        self,
        pattern: str | re.Pattern[str] | Callable[[Screen], object],
        timeout_ms: float | None,
        settle_ms: float,
        make: Callable[[OnScreen], T],
    ) -> Work[T]:
        wanted = pattern if callable(pattern) else text_pattern("pattern", pattern, " or a function")
        settle_s = seconds("settle_ms", settle_ms)
        time_up = deadline("timeout_ms", timeout_ms)

        def wait() -> Waiting[T]:
            on_screen = OnScreen(self.terminal, self.live.live_screen(), wanted)  # the first one loads the emulator
            return Then(ScreenWait(self.terminal, on_screen, time_up, settle_s, self._unknown), make)

        return Work(wait)

    def _snapshot(self, scrollback_lines: int) -> Screen:
        screen = self.live.live_screen()
        with self.terminal.lock:
            self.live.check_open()
            return screen.snapshot(scrollback_lines)

    def _expected(self, on_screen: OnScreen) -> Screen:
        if on_screen.screen is not None:
            return on_screen.screen
        screen = self._snapshot(0)
        if on_screen.is_shown_by(screen):
            return screen  # at the last moment
        from bgterm.views.screen import ScreenTimeoutError  # noqa: PLC0415 - loaded with the screen

        why = "the program has exited" if self.terminal.exited else "the time is up"
        raise ScreenTimeoutError(
            f"session {self.live.label}: {why}, and the screen does not show {on_screen.wanted} but:\n{screen.text}",
            screen=screen,
        )

    def search(self, pattern: str | re.Pattern[str], offset: int = 0, max_results: int = 100) -> Work[list[FoundLine]]:
        """See `Endpoint`."""
        wanted = text_pattern("pattern", pattern)
        offset, max_results = integer("offset", offset), integer("max_results", max_results)

        def search() -> Done[list[FoundLine]]:
            with self.terminal.lock:
                self.live.look()
            return Done(self.live.views.search(wanted, offset, max_results))

        return Work(search)

    def mark(self, label: str = "") -> Done[None]:
        """See `Endpoint`."""
        string("label", label)
        with self.terminal.lock:
            self.live.look()
            self.live.views.mark(label)
        return Done(None)

    def export_recording(self, path: str | os.PathLike[str], version: int = 3, title: str | None = None) -> Work[None]:
        """See `Endpoint`."""
        path = path_argument("path", path)
        version = integer("version", version)
        if title is not None:
            string("title", title)

        def export() -> Done[None]:
            terminal = self.terminal
            with terminal.lock:
                self.live.look()
                exit_code = terminal.child.exit_code if terminal.exited else None
                recording = self.live.views.recording()
            self.live.views.export(recording, path, version, title, exit_code)
            return Done(None)

        return Work(export)

    # End.

    def terminate(self) -> Done[None]:
        """See `Endpoint`."""
        return self._signal(signal.SIGTERM)

    def kill(self) -> Done[None]:
        """See `Endpoint`."""
        return self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> Done[None]:
        with self.terminal.lock:
            self.live.check_open()
            self.terminal.child.send_signal(number)
        return Done(None)
