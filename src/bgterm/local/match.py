"""Look for a pattern in output as it arrives, at a cost that is linear in the output."""

from __future__ import annotations

import codecs
import math
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from bgterm.local.waits import Condition
from bgterm.views.escapes import EscapeStripper

if TYPE_CHECKING:
    from collections.abc import Callable

    from bgterm.engine.output import OutputBuffer
    from bgterm.engine.terminal import Terminal
    from bgterm.results import Reason

AnyPattern = re.Pattern[str] | re.Pattern[bytes]
AnyMatch = re.Match[str] | re.Match[bytes]

_PIECE_BYTES = 65536
_SMALL = 65536
_WINDOW = 1 << 20
_CONTEXT = 256  # what stands before a line counts for ^, \b and lookbehind

_PAUSE_S = 0.002
"""How long output must pause before a search looks back over everything."""


class Match(Condition):
    """A pattern matches what is unread, or the program has exited without."""

    holds: Reason = "match"

    def __init__(
        self, terminal: Terminal, pattern: AnyPattern, encoding: str, errors: str, time_up: float = math.inf
    ) -> None:
        """From `time_up` on (time.monotonic) no pause is waited for."""
        self._terminal = terminal
        self._pattern, self._encoding, self._errors = pattern, encoding, errors
        self._time_up = time_up
        self._begin()

    def _begin(self) -> None:
        self._start = self._terminal.output.cursor
        self._search = Search(self._pattern, self._start, self._encoding, self._errors)

    def met(self, now: float) -> Reason | None:
        """See `waits.Condition`."""
        terminal = self._terminal
        if terminal.output.cursor != self._start:  # somebody else has read, and what is read is not matched again
            self._begin()
        last = terminal.exited or terminal.is_full()
        paused = last or now >= min(terminal.last_output + _PAUSE_S, self._time_up)
        found = self._search.look(terminal.output, paused=paused)
        if found is not None:
            self.match, self.match_end = found
            return "match"
        if last:
            # A program that waits for its reader can write nothing more either.
            return "exit" if terminal.exited else "output"
        self.look_at = terminal.last_output + _PAUSE_S if self._search.owes_look else math.inf
        return None


class Search:
    """One pattern looked for in the output from an offset on, without the escape sequences in it.

    Each look searches what is new together with the line that it continues: that finds whatever stands in one
    line. A match may also begin further back, so everything is searched while it is little (64 KiB), then
    each time it has doubled, and once when the output pauses (`owes_look`). This makes the cost per byte of
    output a constant, whatever the pattern. No more than 1 MiB of text is looked back over.
    """

    def __init__(self, pattern: AnyPattern, start: int, encoding: str, errors: str) -> None:
        # The types of a pattern and of what it searches go together; a checker cannot follow that.
        self._find: Callable[[Any, int], re.Match[Any] | None] = pattern.search
        self._reader = _Reader(encoding if isinstance(pattern.pattern, str) else None, errors, EscapeStripper())
        self._text: Any = self._reader.read(b"")
        self._newline: Any = "\n" if isinstance(pattern.pattern, str) else b"\n"
        self._text_start = 0  # the place of _text in all the text so far
        self._fresh: list[Any] = []  # what follows on _text: joined when all of it is searched
        self._size = 0  # the length of both
        self._recent: Any = self._text  # the end of both: the line that the next output continues, and some context
        self._searched = 0  # the length of all when it was searched
        self._fed = start
        self._marks: list[_Mark] = []

    @property
    def owes_look(self) -> bool:
        """Whether a match that begins further back may have been passed over until now."""
        return self._searched < self._size

    def look(self, output: OutputBuffer, *, paused: bool) -> tuple[AnyMatch, int] | None:
        """Search what has arrived; return the match and the offset of the first byte after it.

        `paused`: nothing new has come for a while, so everything is searched if it has not been.
        """
        found = None
        if self._fed < output.start:
            self._skip_to(output.start)
        while found is None and self._fed < output.end:
            place = self._feed(output.read(self._fed, self._fed + _PIECE_BYTES))
            if self._size <= _SMALL or self._size >= self._searched * 2:
                place = 0
            if place is not None:
                found = self._search(place, output.start)
        if found is None and paused and self.owes_look:
            found = self._search(0, output.start)
        return found

    def _skip_to(self, offset: int) -> None:
        """Begin anew at `offset`: what was dropped before it was never seen, and nothing matches across that."""
        self._text_start += max(self._size, 1)  # what comes is not the beginning of the output
        self._reader = self._reader.fresh()
        self._text = self._recent = "\0" if isinstance(self._newline, str) else b"\0"  # stands for the gap
        self._fresh.clear()
        self._size, self._searched = 1, 0
        self._marks.clear()
        self._fed = offset

    def _feed(self, data: bytes) -> int | None:
        """Add `data` to the text; return the place of the line that it continues if a match stands there or behind it.

        That is looked for in the recent text alone: to join all of it for each piece would make the cost quadratic.
        """
        if not self._marks or self._fed - self._marks[-1].offset >= _PIECE_BYTES:
            self._marks.append(_Mark(self._fed, self._text_start + self._size, self._reader.copy(), []))
        self._marks[-1].pieces.append(data)
        self._fed += len(data)
        new = self._reader.read(data)
        self._fresh.append(new)
        self._size += len(new)
        line = self._line_of(self._recent)
        recent = self._recent + new
        place = None if self._find(recent, line) is None else self._size - len(recent) + line
        self._recent = recent[max(self._line_of(recent) - _CONTEXT, 0) :]
        return place

    def _line_of(self, text: Any) -> int:
        """Where the last line of `text` begins, or the last 64 KiB of it."""
        line: int = text.rfind(self._newline) + 1
        return max(line, len(text) - _SMALL)

    def _join(self) -> None:
        self._text = self._text[:0].join((self._text, *self._fresh))
        self._fresh.clear()

    def _slide(self) -> None:
        """Look no further back than a window."""
        cut = self._size - _WINDOW
        self._text = self._text[cut:]
        self._text_start += cut
        self._size = self._searched = _WINDOW
        del self._marks[: self._mark_before(self._text_start)]

    def _search(self, place: int, kept: int) -> tuple[AnyMatch, int] | None:
        """Search from `place` on for a match that ends after the offset `kept`: one that was dropped is not there."""
        self._join()
        if place == 0:
            self._searched = self._size
        place = max(place, 1 if self._text_start else 0)
        # By place, not by a slice: what stands before still counts for ^, \b and lookbehind.
        while found := self._find(self._text, place):
            after = self._offset_after(found.end())
            if after > kept or not self._marks or self._marks[0].offset >= kept:
                return found, after
            place = max(found.end(), place + 1)
        if self._searched >= 2 * _WINDOW:
            self._slide()
        return None

    def _mark_before(self, place: int) -> int:
        return max(bisect_right(self._marks, place, key=lambda mark: mark.place) - 1, 0)

    def _offset_after(self, end: int) -> int:
        """The offset of the output after `end` characters of the text: where the fewest bytes give as many."""
        end += self._text_start
        if not self._marks:
            return self._fed
        mark = self._marks[self._mark_before(end - 1)]
        data = b"".join(mark.pieces)
        low, high = 0, len(data)
        while low < high:
            middle = (low + high) // 2
            if mark.place + len(mark.reader.copy().read(data[:middle])) >= end:
                high = middle
            else:
                low = middle + 1
        return mark.offset + low


class _Reader:
    """From output to text: without escape sequences, and decoded if an encoding is given."""

    def __init__(
        self, encoding: str | None, errors: str, stripper: EscapeStripper, state: tuple[bytes, int] | None = None
    ) -> None:
        self._encoding, self._errors = encoding, errors
        self._stripper = stripper
        self._decoder = codecs.getincrementaldecoder(encoding)(errors) if encoding is not None else None
        if self._decoder is not None and state is not None:
            self._decoder.setstate(state)

    def read(self, data: bytes) -> Any:
        clean = self._stripper.feed(data)
        return clean if self._decoder is None else self._decoder.decode(clean)

    def fresh(self) -> _Reader:
        return _Reader(self._encoding, self._errors, EscapeStripper())

    def copy(self) -> _Reader:
        state = None if self._decoder is None else self._decoder.getstate()
        return _Reader(self._encoding, self._errors, self._stripper.copy(), state)


class _Mark(NamedTuple):
    """At `offset` of the output the text had come to `place`, and `reader` can go on from there with `pieces`."""

    offset: int
    place: int
    reader: _Reader
    pieces: list[bytes]  # kept here, because the output may drop them before they are searched
