"""One step with an interactive program: it is ready, a line is typed, it is ready again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from bgterm.engine.terminal import Terminal
from bgterm.paging import Pages
from bgterm.results import CommandResult, PollResult, Reason, Status
from bgterm.waits import Consuming, Ready

_ENTER = b"\r"
_PROMPT_BYTES = 8192  # no prompt takes more to draw
_FIRST_LOOK_S = 0.001  # at a program that says nothing; its first output comes sooner


class Typing:
    """The program is ready a second time, after a line was typed the first time.

    The terminal's lock is held from the look that finds the program ready to the typing of the line, so nobody else
    types in between.
    """

    def __init__(
        self, terminal: Terminal, ready: Ready, line: bytes, type_line: Callable[[bytes], None], encoding: str
    ) -> None:
        """`type_line` types all that it is given, or raises. `encoding` is that of `line`."""
        self._terminal = terminal
        self._type = type_line
        self._encoding = encoding
        self.ready = ready
        # Enter follows anyway. In several lines one more is meant: an empty line ends a block.
        self.line = line if b"\n" in line[:-1] else line.rstrip(b"\r\n")
        self.look_at = math.inf
        self.typed_at = math.nan
        """When the line was typed (time.monotonic), NaN before."""
        self.start = 0
        """The end of the output then."""
        self.tail = b""
        """The last of it then: the prompt at which the line was typed."""
        self.at: Status | None = None
        """What was known of the program then."""
        self.max_bytes: int | None = None
        """How much of the output is returned in the end."""
        self._unread_from = self._read_to = -1  # what was read on the way, -1 for nothing

    @property
    def is_typed(self) -> bool:
        """Whether the line was typed."""
        return not math.isnan(self.typed_at)

    def met(self, now: float) -> Reason | None:
        """See `waits.Condition`."""
        reason = self.ready.met(now)
        self.look_at = self.ready.look_at
        if self.is_typed and reason == "output":
            self._read_on()
            return None
        if self.is_typed or reason is None:
            return reason
        if reason == "ready":
            self._type_line()
            self.look_at = self.typed_at + _FIRST_LOOK_S
        elif reason == "exit":
            self._type(self.line)  # raises: it has exited
        else:
            return reason
        return None  # it has a line to read now: there is nothing to see yet

    def _read_on(self) -> None:
        """With overflow="block": take what has come, so that the program goes on, and keep as much as is returned."""
        terminal = self._terminal
        end = terminal.output.end
        if self._read_to != terminal.cursor:  # else it goes on from there
            self._unread_from = terminal.cursor
        self._read_to = end
        terminal.make_room(
            self._unread_from if self.max_bytes is None else max(self._unread_from, end - self.max_bytes)
        )

    def give_back(self) -> None:
        """What was read on the way is unread again."""
        if self._read_to == self._terminal.cursor:
            self._terminal.cursor = self._unread_from

    def _type_line(self) -> None:
        self.at = self.ready.status
        output = self._terminal.output
        self.start = output.end
        self.tail = output.read(self.start - _PROMPT_BYTES, self.start)
        self._type(self._keys())
        self.typed_at = time.monotonic()

    def _keys(self) -> bytes:
        """The line as keys: pasted, where the line editor would take a tab or a newline in it for a command."""
        line = self.line
        if (b"\t" in line or b"\n" in line) and self.ready.takes_paste():
            from bgterm.views.paste import pasted_bytes  # noqa: PLC0415 - most lines are typed

            return pasted_bytes(line, self._encoding) + _ENTER
        return line.replace(b"\r\n", _ENTER).replace(b"\n", _ENTER) + _ENTER


class Step(Consuming[CommandResult]):
    """The wait behind `Session.run`, and what came of it."""

    __slots__ = ("_max_bytes", "_not_ready", "_page", "_pages", "_typing")

    def __init__(
        self,
        terminal: Terminal,
        typing: Typing,
        deadline: float,
        closed: Callable[[], Exception],
        pages: Pages,
        max_bytes: int | None,
        not_ready: Callable[[Status | None], Exception],
    ) -> None:
        """`not_ready` gives what is raised where the line could not be typed in time."""
        super().__init__(terminal, typing, deadline, 0, closed)
        self._typing = typing
        self._pages = pages
        self._max_bytes = max_bytes
        self._not_ready = not_ready
        self._page: PollResult | None = None
        typing.max_bytes = max_bytes

    def _outcome(self, reason: Reason) -> CommandResult:
        typing = self._typing
        status = typing.ready.status
        if not typing.is_typed or status is None:
            raise self._not_ready(status)
        typing.give_back()  # all of it is one page
        page = self._pages.last(reason, typing.start, self._max_bytes)
        self._page = page
        self._pages.consume(page)
        duration = time.monotonic() - typing.typed_at
        return CommandResult(
            output=self._said(page, status, reason),
            data=page.data,
            exit_code=typing.ready.exit_code_since(typing.start),
            directory=typing.ready.directory(),
            status=status,
            timed_out=reason == "timeout",
            duration_ms=duration * 1000,
            start_offset=page.start_offset,
            end_offset=page.end_offset,
            dropped_bytes=page.dropped_bytes,
            skipped_bytes=page.skipped_bytes,
        )

    def _said(self, page: PollResult, status: Status, reason: Reason) -> str:
        from bgterm.readiness.command_output import Typed, command_output  # noqa: PLC0415 - patterns take time to compile

        typing, encoding = self._typing, self._pages.encoding
        at, output, drawings = typing.at, self._terminal.output, typing.ready.drawings()
        start = max(typing.start, output.start)
        whole = start == typing.start and at is not None
        prompt = drawings.before(typing.tail, typing.start, _owner(at))
        typed = Typed(
            typing.line.decode(encoding, "replace") if whole else "",
            at.prompt if whole and at is not None else "",
            prompt if whole else None,
            echoed=at is None or at.state != "password",
        )
        return command_output(
            output.read(start, page.end_offset),
            typed,
            drawings if reason == "ready" and status.state != "fullscreen" else None,
            end=page.end_offset,
            owner=_owner(status),
            secret=typing.ready.secret,
            shown_from=page.start_offset - start,
            columns=self._terminal.size()[1],
            encoding=encoding,
        )

    def give_back(self) -> None:
        """See `Consuming`."""
        if self._page is not None:
            self._pages.give_back(self._page)
        else:
            self._typing.give_back()


def _owner(status: Status | None) -> int:
    """The process at whose prompt that is, 0 where it is not known."""
    return 0 if status is None or status.foreground is None else status.foreground.pid
