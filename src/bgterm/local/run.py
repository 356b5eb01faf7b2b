"""One step with an interactive program: it is ready, a line is typed, it is ready again."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from bgterm.engine.terminal import Terminal
from bgterm.local.pages import Pages
from bgterm.local.waits import Condition, Ready, Wait
from bgterm.results import CommandResult, PollResult, Reason, Status

if TYPE_CHECKING:
    from bgterm.readiness.panes import Pane

_ENTER = b"\r"
_PROMPT_BYTES = 8192  # no prompt takes more to draw
_ONE_LINE_EDITORS = frozenset({"gdb"})
"""Programs whose line editor takes pasted newlines, and which then take them for blanks in a command."""
_PYTHONS = ("python", "pypy", "ipython", "ptpython", "xonsh")
"""They go on with a block until a line of it is empty, and ask for that by one of these prompts."""
_ASKS_FOR_MORE = ("...", "...:")
_GOES_UP = re.compile(rb"[^\n]*\x1b\[[0-9]*A")  # from the row in which it was typed
_FIRST_LOOK_S = 0.001  # at a program that says nothing; its first output comes sooner


class Sent(NamedTuple):
    """One line that was typed, or several that were pasted as one."""

    line: bytes
    start: int
    """The end of the output then."""
    tail: bytes
    """The last of it: the prompt at which the line was typed."""
    at: Status
    """What was known of the program then."""
    pane: Pane | None
    """The pane of a multiplexer in which it was typed."""


class Typing(Condition):
    """The program is ready once more, after a line was typed each time that it was.

    The terminal's lock is held from the look that finds the program ready to the typing of a line, so nobody else
    types in between. Several lines are pasted as one to a line editor that takes them so, else each is typed at the
    prompt that the one before it leaves.
    """

    def __init__(
        self,
        terminal: Terminal,
        ready: Ready,
        line: bytes,
        type_line: Callable[[bytes, bytes], None],
        encoding: str,
        takes_keys: Callable[[Status], Exception],
    ) -> None:
        """`type_line` types all of its first argument, or raises; also where the second could not be typed.

        `encoding` is that of `line`. `takes_keys` gives what is raised at a full screen.
        """
        self._takes_keys = takes_keys
        self._terminal = terminal
        self._type = type_line
        self._encoding = encoding
        self.ready = ready
        # Enter follows anyway. In several lines one more is meant: an empty line ends a block.
        self._line = line if b"\n" in line[:-1] else line.rstrip(b"\r\n")
        self._rest: list[bytes] = []
        self.sent: list[Sent] = []
        self.typed_at = math.nan
        """When the first line was typed (time.monotonic), NaN before."""
        self.max_bytes: int | None = None
        """How much of the output is returned in the end."""
        self._unread_from = self._read_to = -1  # what was read on the way, -1 for nothing

    def met(self, now: float) -> Reason | None:
        """See `waits.Condition`."""
        reason = self.ready.met(now)
        self.look_at = self.ready.look_at
        if reason == "output" and self.sent:
            self._read_on()
            return None
        status = self.ready.status
        if status is not None and status.state == "fullscreen":
            self._rest.clear()  # a pager of a line before it: what was to be typed next are no keys
            if not self.sent:
                raise self._takes_keys(status)
            return reason
        if reason == "ready" and status is not None and not self.sent:
            self._begin(status)
        elif reason == "ready" and status is not None and self._rest:
            self._send(self._rest.pop(0), status, b"")
        elif reason == "ready" and status is not None and self._is_in_block(status):
            self._send(b"", status, b"")
        elif reason == "exit" and not self.sent:
            self._type(self._line, b"")  # raises: it has exited
        else:
            return reason
        self.look_at = time.monotonic() + _FIRST_LOOK_S
        return None  # it has a line to read now: there is nothing to see yet

    def steps(self) -> list[Sent]:
        """The lines as they were typed; as one where the line editor kept them, and drew them anew with the next."""
        output = self._terminal.output
        steps = self.sent[:1]
        for sent in self.sent[1:]:
            if _GOES_UP.match(output.read(max(sent.start, output.start), sent.start + _PROMPT_BYTES)):
                steps[-1] = steps[-1]._replace(line=steps[-1].line + b"\n" + sent.line)
            else:
                steps.append(sent)
        return steps

    def type_rest(self) -> None:
        """The time is up: what was not typed yet is typed ahead."""
        if self._rest:
            self._type(b"".join(line + _ENTER for line in self._rest), b"")

    def _read_on(self) -> None:
        """With overflow="block": take what has come, so that the program goes on, and keep as much as is returned."""
        terminal = self._terminal
        end = terminal.output.end
        if self._read_to != terminal.output.cursor:  # else it goes on from there
            self._unread_from = terminal.output.cursor
        self._read_to = end
        keep = self._unread_from
        terminal.make_room(keep if self.max_bytes is None else max(keep, end - self.max_bytes))

    def give_back(self) -> None:
        """What was read on the way is unread again."""
        if self._read_to == self._terminal.output.cursor:
            self._terminal.output.cursor = self._unread_from

    def _begin(self, status: Status) -> None:
        lines = self._line.replace(b"\r\n", b"\n").split(b"\n")
        name = _name(status)
        if len(lines) > 1 and name not in _ONE_LINE_EDITORS and self._takes_paste(status):
            if name.startswith(_PYTHONS) and lines[-1]:
                lines.append(b"")
            lines = [b"\n".join(lines)]
        line, *self._rest = lines
        self._send(line, status, self._line)
        self.typed_at = time.monotonic()

    def _is_in_block(self, status: Status) -> bool:
        """Whether Python waits for more of the several lines that were typed, or for the empty one that ends them."""
        return (
            _name(status).startswith(_PYTHONS)
            and b"\n" in self._line
            and self.sent[-1].line != b""
            and status.prompt.strip() in _ASKS_FOR_MORE
        )

    def _send(self, line: bytes, status: Status, whole: bytes) -> None:
        output = self._terminal.output
        sent = Sent(line, output.end, output.read(output.end - _PROMPT_BYTES, output.end), status, self.ready.pane())
        self._type(self._keys(line, status), whole)
        self.sent.append(sent)

    def _keys(self, line: bytes, status: Status) -> bytes:
        """The line as keys: pasted, where the line editor would take a tab or a newline in it for a command."""
        if (b"\t" in line or b"\n" in line) and self._takes_paste(status):
            from bgterm.views.paste import pasted_bytes  # noqa: PLC0415 - most lines are typed

            return pasted_bytes(line, self._encoding) + _ENTER
        return line + _ENTER

    def _takes_paste(self, status: Status) -> bool:
        """Whether the line editor that drew this prompt has switched bracketed paste on."""
        if not self.ready.takes_paste():
            return False
        output = self._terminal.output
        tail = output.read(output.end - _PROMPT_BYTES, output.end)
        return self.ready.drawings().before(tail, output.end, _owner(status)).edits


class Step(Wait[CommandResult]):
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
        if not typing.sent or status is None:
            raise self._not_ready(status)
        if reason == "timeout":
            typing.type_rest()
        start = typing.sent[0].start
        typing.give_back()  # all of it is one page
        page = self._pages.last(reason, start, self._max_bytes)
        self._page = page
        self._pages.consume(page)
        duration = time.monotonic() - typing.typed_at
        return CommandResult(
            output=self._said(page, status, reason),
            data=page.data,
            exit_code=typing.ready.exit_code_since(start),
            directory=typing.ready.directory(),
            status=status,
            timed_out=reason == "timeout",
            duration_ms=duration * 1000,
            start_offset=page.start_offset,
            end_offset=page.end_offset,
            dropped_bytes=page.dropped_bytes,
            skipped_bytes=page.skipped_bytes,
            truncated=page.start_offset > start,
        )

    def _said(self, page: PollResult, status: Status, reason: Reason) -> str:
        from bgterm.readiness.command_output import Typed, command_output  # noqa: PLC0415 - patterns take time to compile

        typing, encoding = self._typing, self._pages.encoding
        output, drawings = self._terminal.output, typing.ready.drawings()
        said = ""
        steps = typing.steps()
        for sent, after in zip_longest(steps, steps[1:]):
            end = page.end_offset if after is None else after.start
            waits = reason == "ready" and status.state != "fullscreen" if after is None else True
            if sent.pane is not None:
                said += sent.pane.said(sent.line.decode(encoding, "replace"), waits=waits) + "\n"
                continue
            start = max(sent.start, output.start)
            prompt = drawings.before(sent.tail, sent.start, _owner(sent.at))
            typed = Typed(sent.line.decode(encoding, "replace"), sent.at.prompt, prompt, sent.at.state != "password")
            part = command_output(
                output.read(start, end),
                typed if start == sent.start else None,
                drawings if waits else None,
                end=end,
                owner=_owner(status if after is None else after.at),
                secret=typing.ready.secret,
                shown_from=max(page.start_offset - start, 0),
                columns=self._terminal.size()[1],
                encoding=encoding,
            )
            # A blank line alone, before a prompt, is how some programs draw their prompts.
            if len(steps) == 1 or part.strip("\n"):
                said += part.rstrip("\n") + "\n" * part.endswith("\n")
        return said.rstrip("\n")

    def give_back(self) -> None:
        """See `Wait`."""
        if self._page is not None:
            self._pages.give_back(self._page)
        else:
            self._typing.give_back()


def _owner(status: Status | None) -> int:
    """The process at whose prompt that is, 0 where it is not known."""
    return 0 if status is None or status.foreground is None else status.foreground.pid


def _name(status: Status) -> str:
    """The program at whose prompt that is, "" where it is not known."""
    return "" if status.foreground is None else status.foreground.name
