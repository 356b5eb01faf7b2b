"""The unread cursor: what of the output a session's callers have been given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bgterm.local.decoding import page_decoder
from bgterm.local.waits import Condition, Wait
from bgterm.results import PollResult, Reason

if TYPE_CHECKING:
    from bgterm.engine.terminal import Terminal
    from bgterm.local.match import AnyMatch
    from bgterm.views.line_search import Kept

Decode = Callable[[bytes, str, bool], tuple[str, int]]

_LONGEST_CHARACTER = 4
"""Bytes of UTF-8. In an encoding with longer ones `has_unread` may be true for an unfinished one: an empty page."""


class Pages:
    """Cuts the output into results. All of it is used with the terminal's lock held."""

    __slots__ = ("_decode", "_decoder", "_errors", "_terminal", "encoding")

    def __init__(self, terminal: Terminal, encoding: str, errors: str) -> None:
        self._terminal = terminal
        self.encoding, self._errors = encoding, errors
        self._decoder = page_decoder(encoding)
        self._decode = self._decoder.decode

    def has_unread(self) -> bool:
        """Whether there is at least one whole character to return."""
        terminal = self._terminal
        output = terminal.output
        if output.end - output.cursor >= _LONGEST_CHARACTER:
            return True
        if output.end == output.cursor:
            return False
        return self._decode(output.read(output.cursor, output.end), self._errors, terminal.exited)[1] > 0

    def next(self, reason: Reason, max_bytes: int | None, met: Condition | None) -> PollResult:
        """The next unread page, which `consume` makes read.

        Where the condition that was `met` has a match, the page is the end of all that is unread through the match.
        """
        terminal = self._terminal
        output = terminal.output
        start, stop = output.cursor, output.end
        if start < output.start:
            start = output.start
            start += self._decoder.continues(output.read(start, start + _LONGEST_CHARACTER))
        dropped = start - output.cursor
        skipped = 0
        match = None if met is None else met.match
        if met is not None and match is not None:
            stop = max(met.match_end, start)
            if max_bytes is not None and stop - start > max_bytes:
                skipped = stop - max_bytes - start
                skipped += self._decoder.continues(output.read(start + skipped, stop))
                start += skipped
                max_bytes = None
        return self._page(reason, self._decode, start, stop, max_bytes, dropped, skipped, match)

    def last(self, reason: Reason, offset: int, max_bytes: int | None) -> PollResult:
        """The last `max_bytes` of what has come since `offset`, which `consume` makes read with all before it."""
        terminal = self._terminal
        output = terminal.output
        start = max(offset, output.start, 0 if max_bytes is None else output.end - max_bytes)
        if start > offset:
            start += self._decoder.continues(output.read(start, start + _LONGEST_CHARACTER))
        dropped = max(output.start - output.cursor, 0)
        skipped = max(start - max(output.cursor, output.start), 0)
        return self._page(reason, page_decoder(self.encoding).decode, start, output.end, None, dropped, skipped, None)

    def consume(self, page: PollResult) -> None:
        """Move the cursor behind `page`."""
        self._decoder.advance(page.data, self._errors)
        self._terminal.consume(page.end_offset)

    def give_back(self, page: PollResult) -> None:
        """Make `page` unread again if it was the last to be consumed: its reader was interrupted before it got it."""
        if self._terminal.output.cursor == page.end_offset:
            self._decoder.retreat()
            self._terminal.output.cursor = page.start_offset - page.skipped_bytes - page.dropped_bytes

    def at(self, offset: int, max_bytes: int | None, kept: Kept) -> PollResult:
        """The page of `kept` at an absolute offset; the cursor stays."""
        terminal = self._terminal
        output = terminal.output
        reason: Reason = "output" if offset < output.end else "exit" if terminal.exited else "timeout"
        decode = page_decoder(self.encoding).decode
        return self._page(reason, decode, max(offset, kept.start), kept.end, max_bytes, 0, 0, None, kept)

    def _page(
        self,
        reason: Reason,
        decode: Decode,
        start: int,
        stop: int,
        max_bytes: int | None,
        dropped: int,
        skipped: int,
        match: AnyMatch | None,
        kept: Kept | None = None,
    ) -> PollResult:
        """Whole characters from `start` on: `max_bytes` of them, but one at least, so that paging goes on."""
        terminal = self._terminal
        output = terminal.output
        read = output.read if kept is None else kept.read
        exited = terminal.exited
        end = stop if max_bytes is None or max_bytes >= stop - start else start + max_bytes
        while True:
            data = read(start, end)
            text, used = decode(data, self._errors, exited and end == output.end)
            if used or end >= stop or not max_bytes:
                break
            end += 1
        if used != len(data):
            data = data[:used]
        return PollResult(
            text,
            data,
            start,
            start + used,
            output.start,
            output.end,
            used,
            output.end - start - used,
            dropped,
            skipped,
            terminal.input.pending_bytes if terminal.input.queue else 0,
            not exited,
            terminal.child.exit_code if exited else None,
            reason,
            match,
        )


class Paged(Wait[PollResult]):
    """A wait for a page, before which something may be typed."""

    __slots__ = ("_max_bytes", "_page", "_pages", "types")

    _page: PollResult | None
    _pages: Pages
    types: Callable[[], None] | None
    """Types, with the lead taken and the lock held; or the I/O thread could wake up for the answer first."""

    def outcome(self) -> PollResult:
        """See `begun.Waiting`."""
        return self._terminal.wait(self, self.types)

    def begin(self) -> None:
        """See `begun.Waiting`."""
        if self.types is not None:
            with self._terminal.lock:
                self.types()

    def give_back(self) -> None:
        """See `Wait`."""
        if self._page is not None:
            self._pages.give_back(self._page)


class AnyOutput(Paged):
    """A wait for anything unread, and its page.

    It does what a `PageWait` for `Output` does that need not settle. It is written out, because it is what most
    calls are, and a round trip is shorter by it.
    """

    __slots__ = ()

    def __init__(
        self, terminal: Terminal, deadline: float, closed: Callable[[], Exception], pages: Pages, max_bytes: int | None
    ) -> None:
        self._terminal = terminal
        self._closed = closed
        self._pages = pages
        self._max_bytes = max_bytes
        self._page: PollResult | None = None
        self.types = None
        self.look_at = deadline

    def __call__(self, now: float) -> PollResult | None:
        """See `Wait`."""
        terminal = self._terminal
        if terminal.closed:
            raise self._closed()
        pages, output = self._pages, terminal.output
        if output.end != output.cursor:
            page = pages.next("output", self._max_bytes, None)
            if page.bytes_returned or pages.has_unread():  # otherwise it is the beginning of a character
                self._page = page
                pages.consume(page)
                return page
        if not terminal.exited and now < self.look_at:
            return None
        reason: Reason = "exit" if terminal.exited else "timeout"
        if terminal.look():
            reason = "output" if pages.has_unread() else "exit" if terminal.exited else "timeout"
        self._page = page = pages.next(reason, self._max_bytes, None)
        pages.consume(page)
        return page


class PageWait(Paged):
    """A wait for the next page: through the match of its condition, or of all that is unread once that has settled."""

    __slots__ = ()

    def __init__(
        self,
        terminal: Terminal,
        condition: Condition,
        deadline: float,
        settle_s: float,
        closed: Callable[[], Exception],
        pages: Pages,
        max_bytes: int | None,
    ) -> None:
        super().__init__(terminal, condition, deadline, settle_s, closed)
        self._pages = pages
        self._max_bytes = max_bytes
        self._page: PollResult | None = None
        self.types = None

    def _outcome(self, reason: Reason) -> PollResult:
        condition = self._condition
        page = self._pages.next(reason, self._max_bytes, None if self._settle_s else condition)
        self._page = page
        self._pages.consume(page)
        if condition.status is None and condition.index is None and (condition.match is None or not self._settle_s):
            return page
        return page._replace(match=condition.match, status=condition.status, index=condition.index)
