"""The unread cursor: what of the output a session's callers have been given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bgterm.decoding import page_decoder
from bgterm.results import PollResult, Reason

if TYPE_CHECKING:
    from bgterm.decoding import PageDecoder
    from bgterm.engine.terminal import Terminal
    from bgterm.waits import Match

_LONGEST_CHARACTER = 4
"""Bytes of UTF-8. In an encoding with longer ones `has_unread` may be true for an unfinished one: an empty page."""


class Pages:
    """Cuts the output into results. All of it is used with the terminal's lock held."""

    __slots__ = ("_decoder", "_encoding", "_errors", "_terminal")

    def __init__(self, terminal: Terminal, encoding: str, errors: str) -> None:
        self._terminal = terminal
        self._encoding, self._errors = encoding, errors
        self._decoder = page_decoder(encoding, errors)

    def has_unread(self) -> bool:
        """Whether there is at least one whole character to return."""
        terminal = self._terminal
        output = terminal.output
        unread = output.end - terminal.cursor
        if unread >= _LONGEST_CHARACTER or not unread:
            return unread > 0
        return bool(self._page(self._decoder, max(terminal.cursor, output.start), output.end, None)[1])

    def next(self, reason: Reason, max_bytes: int | None, match: Match | None) -> PollResult:
        """The next unread page, which `consume` makes read.

        With `match` the page is the end of all that is unread through the match.
        """
        terminal, decoder = self._terminal, self._decoder
        output, cursor = terminal.output, terminal.cursor
        start, stop = cursor, output.end
        if start < output.start:
            start = output.start
            start += decoder.continues(output.read(start, start + _LONGEST_CHARACTER))
        dropped = start - cursor
        skipped = 0
        if match is not None:
            stop = max(match.match_end, start)
            if max_bytes is not None and stop - start > max_bytes:
                skipped = stop - max_bytes - start
                skipped += decoder.continues(output.read(start + skipped, stop))
                start += skipped
                max_bytes = None
        text, data = self._page(decoder, start, stop, max_bytes)
        result = self._result(reason, text, data, start)
        result.dropped_bytes = dropped
        result.skipped_bytes = skipped
        result.remaining_bytes = output.end - result.end_offset
        result.match = None if match is None else match.match
        return result

    def consume(self, page: PollResult) -> None:
        """Move the cursor behind `page`."""
        self._decoder.advance(page.data)
        self._terminal.cursor = page.end_offset
        self._terminal.consumed()

    def give_back(self, page: PollResult) -> None:
        """Make `page` unread again if it was the last to be consumed: its reader was interrupted before it got it."""
        if self._terminal.cursor == page.end_offset:
            self._terminal.cursor = page.start_offset - page.skipped_bytes

    def at(self, offset: int, max_bytes: int | None) -> PollResult:
        """The page at an absolute offset; the cursor stays."""
        terminal = self._terminal
        output = terminal.output
        start = max(offset, output.start)
        text, data = self._page(page_decoder(self._encoding, self._errors), start, output.end, max_bytes)
        result = self._result("output" if data else "exit" if terminal.exited else "timeout", text, data, start)
        result.remaining_bytes = output.end - max(terminal.cursor, output.start)
        return result

    def _page(self, decoder: PageDecoder, start: int, stop: int, max_bytes: int | None) -> tuple[str, bytes]:
        """Whole characters from `start` on: `max_bytes` of them, but one at least, so that paging goes on."""
        terminal = self._terminal
        output = terminal.output
        end = stop if max_bytes is None or max_bytes >= stop - start else start + max_bytes
        while True:
            data = output.read(start, end)
            text, used = decoder.decode(data, final=terminal.exited and end == output.end)
            if used or end >= stop or not max_bytes:
                return text, data if used == len(data) else data[:used]
            end += 1

    def _result(self, reason: Reason, text: str, data: bytes, start: int) -> PollResult:
        terminal = self._terminal
        output = terminal.output
        size = len(data)
        exited = terminal.exited
        return PollResult(
            text,
            data,
            start,
            start + size,
            output.start,
            output.end,
            size,
            0,
            0,
            0,
            terminal.input.pending_bytes,
            not exited,
            terminal.child.exit_code if exited else None,
            reason,
        )
