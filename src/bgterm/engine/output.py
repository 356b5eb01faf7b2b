"""What a terminal has written so far: the newest bytes, at absolute offsets that never reset."""

from __future__ import annotations

import os
import sys
from bisect import bisect_right

_BLOCK_BYTES = 4096
"""Reads are merged up to this size. A read of a pty returns at most 4095 bytes, so a flood is kept without a copy."""


class OutputBuffer:
    """A bounded store of bytes, allocated as it fills.

    The bytes from `start` to `end` can be read; what lies before `start` is forgotten. `cursor` is where the unread
    output begins. Where all is kept, nothing unread is forgotten: whoever fills the buffer asks for `room` first.

    A signal handler may raise (KeyboardInterrupt) after any Python call. No byte is lost to that: what is read is
    kept within one C call, and each step that follows changes its fields without a call in between, because
    CPython looks for signals only after calls and at backward jumps.
    """

    __slots__ = ("_arrived", "_blocks", "_offsets", "_returnable", "cursor", "end", "keeps_all", "limit", "start")

    def __init__(self, limit_bytes: int = sys.maxsize, *, keep_all: bool = False) -> None:
        """`limit_bytes` bounds what is kept, and with `keep_all` what may be unread; without it the oldest bytes go."""
        self.limit, self.keeps_all = limit_bytes, keep_all
        self.cursor = 0
        """The next unread byte; before `start` where unread output was forgotten."""
        self._returnable = 0  # where the last page began: its reader may be interrupted, and give it back
        self._arrived: list[bytes] = []  # read from the terminal, not at an offset yet
        self._blocks: list[bytes] = []
        self._offsets: list[int] = []  # where each block begins
        self.start = 0
        self.end = 0

    def receive(self, fd: int, size: int) -> bytes:
        """Read `fd` once, at most `size` bytes, to the end of the buffer; return what it was.

        Raises what `os.read` raises (BlockingIOError where nothing is there, EIO where the terminal is gone).
        """
        arrived = self._arrived
        if arrived:  # a signal handler raised before it was stored
            return self._store()
        arrived.extend(map(os.read, (fd,), (size,)))
        return self._store()

    def _store(self) -> bytes:
        arrived, blocks, offsets = self._arrived, self._blocks, self._offsets
        data = arrived[0]
        size = len(data)
        if blocks and len(blocks[-1]) + size <= _BLOCK_BYTES:
            merged = blocks[-1] + data
            # No call from here to the end of the branch (see the class).
            blocks[-1] = merged
            self.end += size
            del arrived[0]
        elif size:
            block, offset = (data,), (self.end,)
            blocks += block
            offsets += offset
            self.end += size
            del arrived[0]
        else:
            del arrived[0]
        return data

    def room(self) -> int:
        """How much may be received before some is consumed, where all is kept."""
        return self.limit - (self.end - self.cursor)

    def consume(self, offset: int) -> None:
        """What lies before `offset` is read."""
        self._returnable = self.cursor
        self.cursor = offset
        if self.keeps_all:
            self.forget_excess()

    def consume_all(self, keep: int) -> None:
        """All is read; what lies from the offset `keep` on may be wanted again."""
        self._returnable = keep
        self.cursor = self.end
        self.forget_excess()

    def forget_excess(self) -> None:
        """Forget what is beyond the bound, the oldest first."""
        oldest = self.end - self.limit
        self.forget_before(min(oldest, self._returnable) if self.keeps_all else oldest)

    def forget_before(self, offset: int) -> None:
        """Forget the bytes before `offset`. Whole blocks are freed, an eighth of what is kept at a time."""
        if offset <= self.start:
            return
        self.start = offset
        offsets = self._offsets
        if offsets and (offset - offsets[0]) * 8 >= self.end - offset:
            dead = slice(0, bisect_right(offsets, offset) - (offset < self.end))
            # No call in between (see the class).
            del self._blocks[dead]
            del offsets[dead]

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from `start` up to `stop`, as far as they are kept."""
        blocks, offsets = self._blocks, self._offsets
        if offsets and start >= offsets[-1] and start >= self.start:  # what is new is asked for most
            return blocks[-1][start - offsets[-1] : max(stop - offsets[-1], 0)]
        start = max(start, self.start)
        stop = min(stop, self.end)
        if start >= stop:
            return b""
        index = bisect_right(offsets, start) - 1
        offset = offsets[index]
        if stop <= offset + len(blocks[index]):
            return blocks[index][start - offset : stop - offset]
        last = bisect_right(offsets, stop - 1) - 1
        parts = blocks[index : last + 1]
        parts[0] = parts[0][start - offset :]
        parts[-1] = parts[-1][: stop - offsets[last]]
        return b"".join(parts)
