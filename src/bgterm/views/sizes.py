"""The sizes that a terminal has had."""

from __future__ import annotations

from bisect import bisect_right
from operator import attrgetter
from typing import NamedTuple

MOST_CHANGES = 10_000
"""How many changes of size are remembered: more than any person makes while some megabytes of output come."""

_offset = attrgetter("offset")


class SizeChange(NamedTuple):
    """The size of a terminal from an offset of its output on."""

    offset: int
    rows: int
    cols: int


class Sizes:
    """The sizes that a terminal has had, each from an offset of its output on, as far back as somebody may ask."""

    __slots__ = ("_changes",)

    def __init__(self, rows: int, cols: int) -> None:
        self._changes = [SizeChange(0, rows, cols)]

    @property
    def start(self) -> int:
        """The offset before which the sizes are not known any more."""
        return self._changes[0].offset

    @property
    def now(self) -> SizeChange:
        """The size that the terminal has."""
        return self._changes[-1]

    def at(self, offset: int) -> SizeChange:
        """The size that the terminal had at `offset`, or the first known one."""
        return self._changes[max(0, bisect_right(self._changes, offset, key=_offset) - 1)]

    def next_change(self, offset: int) -> int | None:
        """The offset of the first change after `offset`, or None."""
        following = bisect_right(self._changes, offset, key=_offset)
        return self._changes[following].offset if following < len(self._changes) else None

    def change(self, change: SizeChange, needed: int) -> None:
        """Add a change, which is not before the last one.

        Of two without output between them the later counts, and nobody asks for a size before the offset `needed`.
        """
        changes = self._changes
        if changes[-1].offset == change.offset:
            changes.pop()
        changes.append(change)
        # The size at the offset that is needed may be much older than the offset.
        forgotten = max(bisect_right(changes, needed, key=_offset) - 1, len(changes) - MOST_CHANGES)
        if forgotten > 0:
            del changes[:forgotten]
