"""A session's views: keys in the modes of its terminal, its transcript, its screen.

The rooms that do the work are loaded when a view is asked for, so a session that nobody looks at costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from bgterm.arguments import shown
from bgterm.loading import load
from bgterm.local.waits import Condition, Wait
from bgterm.views.sizes import SizeChange, Sizes

if TYPE_CHECKING:
    from bgterm.engine.terminal import Terminal
    from bgterm.results import Reason
    from bgterm.views.line_search import FoundLine, Kept
    from bgterm.views.live_screen import LiveScreen
    from bgterm.views.modes import Modes
    from bgterm.views.screen import Screen
    from bgterm.views.transcript import Recording, Transcript

_PIECE_BYTES = 1 << 20


class Views:
    """The views of one session. Methods that say "lock held" are called with the terminal's lock held."""

    __slots__ = ("_encoding", "_modes", "_screen", "_sizes", "_terminal", "transcript")

    def __init__(self, terminal: Terminal, encoding: str, rows: int, cols: int) -> None:
        """Begin before the terminal does."""
        self._terminal = terminal
        self._encoding = encoding
        self._sizes = Sizes(rows, cols)
        self._modes: Modes | None = None
        self._screen: LiveScreen | None = None
        self.transcript: Transcript | None = None
        """What the terminal shows its output to."""

    def close(self) -> None:
        """Close the transcript. It stays on the disk. Lock held."""
        if self.transcript is not None:
            self.transcript.close()

    # Keys.

    def keys(self, keys: Iterable[str]) -> str:
        """What the terminal sends for `keys`. Raises ValueError for an unknown one. Lock held."""
        from bgterm.views.keys import encode_keys  # noqa: PLC0415 - loaded before the lock was taken

        return encode_keys(keys, self._modes_now())

    def click(self, row: int, column: int) -> bytes:
        """What the terminal sends for a click at a cell. Raises ValueError: it is none, or nobody asked. Lock held."""
        from bgterm.views.mouse import encode_click  # noqa: PLC0415 - loaded before the lock was taken

        rows, columns = self._terminal.size()
        if row >= rows or column >= columns:
            raise ValueError(f"row {row}, column {column} is not on the screen of {rows} rows and {columns} columns")
        return encode_click(row, column, self._modes_now())

    def _modes_now(self) -> Modes:
        from bgterm.views.modes import Modes  # noqa: PLC0415 - loaded before the lock was taken

        if self._modes is None:
            self._modes = Modes()
        self._modes.update(self._terminal.output)
        return self._modes

    def resized(self, rows: int, cols: int) -> None:
        """The terminal has another size now. Lock held."""
        if (rows, cols) == self._sizes.now[1:]:
            return
        output = self._terminal.output
        # Nobody draws again what the screen has read, or what is kept nowhere.
        needed = (self.transcript or output).start if self._screen is None else self._screen.position
        self._sizes.change(SizeChange(output.end, rows, cols), needed)
        if self.transcript is not None:
            self.transcript.resized(rows, cols)

    # Output that was kept.

    def kept_at(self, offset: int) -> Kept:
        """Where the output at `offset` is: in the buffer, or else in the transcript. Lock held."""
        output, transcript = self._terminal.output, self.transcript
        if transcript is not None and offset < output.start and offset < transcript.end:
            return transcript
        return output

    def search(self, pattern: re.Pattern[str], offset: int, max_results: int) -> list[FoundLine]:
        """The first lines from `offset` on in which `pattern` is found."""
        load("bgterm.views.line_search")
        from bgterm.views.line_search import search_lines  # noqa: PLC0415 - see the module

        found: list[FoundLine] = []
        if max_results:
            for line in search_lines(_Locked(self, self._terminal), pattern, self._encoding, offset):
                found.append(line)
                if len(found) == max_results:
                    break
        return found

    def mark(self, label: str) -> None:
        """Put a marker into the transcript. Raises as `export`."""
        self._readable_transcript().mark(label)

    def _readable_transcript(self) -> Transcript:
        if self.transcript is None:
            raise ValueError("no transcript is kept: start the session with transcript=path")
        if self.transcript.error is not None:
            raise self.transcript.error
        return self.transcript

    def recording(self) -> Recording:
        """What is kept now, to be exported and closed. Raises as `export`. Lock held."""
        return self._readable_transcript().snapshot()

    def export(self, recording: Recording, path: str, version: int, title: str | None, exit_code: int | None) -> None:
        """Write a recording as asciicast. Raises ValueError where there is none, OSError where it ended early."""
        load("bgterm.views.asciicast")
        from bgterm.views.asciicast import export_asciicast  # noqa: PLC0415 - see the module

        try:
            export_asciicast(
                recording, path, version=version, encoding=self._encoding, exit_code=exit_code, title=title
            )
        finally:
            recording.close()

    # The screen.

    def load_screen(self) -> None:
        """Load what screens need, which takes a moment: without the lock. Raises ModuleNotFoundError."""
        load("bgterm.views.live_screen")

    def cursor(self) -> tuple[int, int] | None:
        """The cursor's row and column, from 1, where a screen is kept; None where none was asked for. Lock held."""
        if self._screen is None:
            return None
        while self._screen.update():
            pass
        return self._screen.cursor

    def live_screen(self) -> LiveScreen:
        """The screen, which may have to be brought up to date. Lock held."""
        from bgterm.views.live_screen import LiveScreen  # noqa: PLC0415 - loaded before the lock was taken

        if self._screen is None:
            self._screen = LiveScreen(self._terminal.output, self.transcript, self._sizes)
        return self._screen


class _Locked:
    """All that is kept of the output, for readers without the lock."""

    def __init__(self, views: Views, terminal: Terminal) -> None:
        self._views = views
        self._terminal = terminal

    @property
    def start(self) -> int:
        with self._terminal.lock:
            transcript, output = self._views.transcript, self._terminal.output
            return output.start if transcript is None else min(output.start, transcript.start)

    @property
    def end(self) -> int:
        with self._terminal.lock:
            return self._terminal.output.end

    def read(self, start: int, stop: int) -> bytes:
        with self._terminal.lock:
            return self._views.kept_at(start).read(start, stop)


class OnScreen(Condition):
    """A condition of a wait: the screen shows a pattern, or a predicate holds for it; or the program has exited."""

    def __init__(
        self, terminal: Terminal, screen: LiveScreen, wanted: re.Pattern[str] | Callable[[Screen], object]
    ) -> None:
        self._terminal = terminal
        self._screen = screen
        self._wanted = wanted
        self.screen: Screen | None = None
        """The screen that was waited for."""

    @property
    def wanted(self) -> str:
        """What is waited for, for people."""
        return shown(self._wanted.pattern if isinstance(self._wanted, re.Pattern) else self._wanted)

    def is_shown_by(self, screen: Screen) -> bool:
        """Whether this screen is one that was wanted."""
        if isinstance(self._wanted, re.Pattern):
            return self._wanted.search(screen.text) is not None
        return bool(self._wanted(screen))

    def met(self, _now: float, /) -> Reason | None:
        """See `waits.Condition`. Output is looked at as it comes, so there is no other time to look at."""
        while self._screen.update():
            pass
        if isinstance(self._wanted, re.Pattern):
            if self._wanted.search(self._screen.text()):
                self.screen = self._screen.snapshot()
        else:
            screen = self._screen.snapshot()
            if self._wanted(screen):
                self.screen = screen
        if self.screen is not None:
            return "match"
        if self._terminal.exited:
            return "exit"
        # A program that waits for its reader draws nothing more either.
        return "output" if self._terminal.is_full() else None

    def look_again(self) -> None:
        """Take the screen as it is now, if it has been what was wanted."""
        if self.screen is not None:
            while self._screen.update():
                pass
            self.screen = self._screen.snapshot()


class ScreenWait(Wait[OnScreen]):
    """A wait for the screen to show something. Its outcome is the condition, which has the screen or none."""

    __slots__ = ("_on_screen",)

    def __init__(
        self,
        terminal: Terminal,
        condition: OnScreen,
        deadline: float,
        settle_s: float,
        closed: Callable[[], Exception],
    ) -> None:
        super().__init__(terminal, condition, deadline, settle_s, closed)
        self._on_screen = condition

    def _outcome(self, reason: Reason) -> OnScreen:
        if reason not in {"match", "timeout"}:
            self._on_screen.look_again()
        return self._on_screen
