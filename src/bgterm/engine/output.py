"""What a terminal has written so far: the newest bytes, at absolute offsets that never reset."""

from __future__ import annotations

import os
from bisect import bisect_right

_BLOCK_BYTES = 4096
"""Reads are merged up to this size. A read of a pty returns at most 4095 bytes, so a flood is kept without a copy."""


class OutputBuffer:
    """A bounded store of bytes, allocated as it fills.

    The bytes from `start` to `end` can be read; what lies before `start` is forgotten. Reading does not
    change anything: who reads keeps a cursor of its own, a plain integer.

    A signal handler may raise (KeyboardInterrupt) after any Python call. No byte is lost to that: what is read is
    kept within one C call, and each step that follows changes its fields without a call in between, because
    CPython looks for signals only after calls and at backward jumps.
    """

    __slots__ = ("_arrived", "_blocks", "_offsets", "end", "start")

    def __init__(self) -> None:
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
