"""Every byte of output with its time, in files, beyond what the buffer keeps.

The transcript at `path` is the output itself, byte for byte. Beside it `path.times` says when it came: a line of
JSON about the session, then one line for each event, with the offset of the output that it stands before and the
seconds since the start:

    o 5120 3.141593             output from here on came now
    r 5120 3.150000 30 100      the terminal was resized to 30 rows of 100 columns
    m 5120 4.000000 "label"     a marker

Both are appended to with each read of the terminal and nothing is held back in memory, so they are whole up to the
last read even if this process is killed. With a bound the files are turned over: `path.1` and `path.1.times` have the
older part.
"""

from __future__ import annotations

import json
import os
import time
import weakref
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from bgterm.views.segment import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDER = ".1"
"""What the name of the older pair has behind the path."""

_RESOLUTION = 0.001
"""Output that follows within this many seconds belongs to the event before it: a flood need not be told apart."""

_PIECE_BYTES = 1 << 16


@dataclass(slots=True)
class Event:
    """Something that happened in a terminal: output `"o"`, a resize `"r"` or a marker `"m"`."""

    kind: Literal["o", "r", "m"]
    offset: int
    """Of the output that it stands before, or is."""
    seconds: float
    """Since the session's start."""
    data: bytes = b""
    """The output."""
    rows: int = 0
    cols: int = 0
    label: str = ""


class Recording:
    """What the files of a transcript have, to be read. Not for use by two threads at a time."""

    def __init__(self, segments: list[Segment]) -> None:
        self._segments = segments

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Recording:
        """Open the files of a session that has ended, also of one whose process was killed.

        Raises OSError where there are none, ValueError where they are no transcript's.
        """
        path = os.path.abspath(path)
        segments = [Segment.open(path)]
        with suppress(FileNotFoundError):
            segments.insert(0, Segment.open(path + OLDER))
        return cls(segments)

    @property
    def start(self) -> int:
        """The offset of the oldest byte that is kept."""
        return self._segments[0].start if self._segments else 0

    @property
    def end(self) -> int:
        """The offset after the newest byte."""
        return self._segments[-1].start + self._segments[-1].size if self._segments else 0

    @property
    def about(self) -> dict[str, Any]:
        """What was noted of the session: `started` (seconds since the epoch), `rows` and `cols` at `start`, ..."""
        return dict(self._segments[0].about) if self._segments else {}

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` up to `stop`, as far as they are kept."""
        parts: list[bytes] = []
        for segment in self._segments:
            first = max(start, segment.start)
            last = min(stop, segment.start + segment.size)
            while first < last and (part := os.pread(segment.fd, last - first, first - segment.start)):
                parts.append(part)
                first += len(part)
        return b"".join(parts)

    def events(self) -> Iterator[Event]:
        """Yield everything that happened so far, in its order. Output comes in pieces of at most 64 KiB."""
        lines = [line for segment in self._segments for line in segment.lines()[1:]]
        end = self.end
        position, seconds = self.start, 0.0
        for event in map(_parse, lines):
            yield from self._output(position, event.offset, seconds)
            position, seconds = max(position, event.offset), event.seconds
            if event.kind != "o":
                yield event
        yield from self._output(position, end, seconds)

    def _output(self, start: int, stop: int, seconds: float) -> Iterator[Event]:
        while start < stop:
            data = self.read(start, min(stop, start + _PIECE_BYTES))
            if not data:  # turned over meanwhile
                return
            yield Event("o", start, seconds, data)
            start += len(data)

    def close(self) -> None:
        """Close the files, which stay. Can be done again, where it was interrupted."""
        each = ExitStack()  # also where one of them cannot be closed
        for segment in self._segments:
            each.callback(segment.close)
        each.close()
        self._segments = []


class Transcript(Recording):
    """The transcript of a live terminal: an observer of its output. All of it is used with the terminal's lock held.

    Parameters
    ----------
    path: the file to write. What is there is replaced, as script(1) does.
    rows, cols: the terminal's size.
    max_bytes: keep no more output than this; the oldest goes first. None: keep everything.
    about: what else to note of the session: its command and the like.

    Nothing of what is there is touched before it begins. Raises OSError and its kinds where the files cannot be made,
    or may not be replaced, or another transcript is being written to them. Later errors (a full disk) end the
    transcript and are kept in `error`, so that the terminal goes on.
    """

    def __init__(
        self, path: str, rows: int, cols: int, max_bytes: int | None = None, about: Mapping[str, str] | None = None
    ) -> None:
        self.path = os.path.abspath(path)
        self.error: OSError | None = None
        """What ended the transcript early."""
        self._segment_bytes = None if max_bytes is None else max(1, max_bytes // 2)
        self._began = time.monotonic()
        self._stamped = -1.0
        self._about: dict[str, Any] = {"version": 1, "started": time.time(), **(about or {})}
        self._size = (rows, cols)
        self._claimed: Segment | None = None
        super().__init__([])
        segment = Segment.claim(self.path)
        try:
            segment.check_replaceable(self.path + OLDER)
        except BaseException:
            segment.discard()
            raise
        self._claimed = segment
        _transcripts.add(self)

    def begin(self) -> None:
        """Replace what is there: the program has been started. The first output does so too. Raises OSError."""
        if self.error is not None:
            raise self.error
        if self._claimed is not None:
            self._begin(self._claimed)

    def _begin(self, segment: Segment) -> None:
        Segment.remove(self.path + OLDER)  # of another session
        self._begin_segment(segment, 0)
        self._claimed, self._segments = None, [segment]

    def _begin_segment(self, segment: Segment, start: int) -> None:
        rows, cols = self._size
        segment.begin(start, {**self._about, "rows": rows, "cols": cols})

    def __call__(self, offset: int, data: bytes) -> bool:
        """Append `data`, the output at `offset`: see `engine.observers.Observer`."""
        if self.error is not None:
            return False
        try:
            if self._claimed is not None:
                self._begin(self._claimed)
            if not self._segments:  # closed
                return False
            self._append(offset, data)
        except OSError as error:
            self.error = error
        return True

    def _append(self, offset: int, data: bytes) -> None:
        segment = self._segments[-1]
        if offset < segment.start:
            offset, data = segment.start, data[segment.start - offset :]
        now = time.monotonic()
        if now - self._stamped >= _RESOLUTION:
            self._stamped = now
            segment.note(f"o {offset} {now - self._began:.6f}")
        limit = self._segment_bytes
        if limit is not None:
            if len(data) > 2 * limit:
                offset, data = offset + len(data) - 2 * limit, data[-2 * limit :]
                segment = self._turn_over(offset, now)
            while offset + len(data) - segment.start > limit:
                room = segment.start + limit - offset
                segment.write(offset, data[:room])
                offset, data = offset + room, data[room:]
                segment = self._turn_over(offset, now)
        segment.write(offset, data)

    def _turn_over(self, offset: int, now: float) -> Segment:
        *older, current = self._segments
        for segment in older:
            segment.close()
        self._segments = [current]
        current.move_to(self.path + OLDER)
        newest = Segment.claim(self.path)
        self._segments = [current, newest]
        self._begin_segment(newest, offset)
        newest.note(f"o {offset} {now - self._began:.6f}")
        return newest

    def discard(self) -> None:
        """Close the files, and take away those that were made: the program could not be started."""
        each = ExitStack()
        for segment in (*self._segments, *filter(None, [self._claimed])):
            each.callback(segment.discard)
        each.close()
        self._segments, self._claimed = [], None

    def snapshot(self) -> Recording:
        """What is there now, with descriptors of its own: to be read without the lock. Raises OSError."""
        copies: list[Segment] = []
        try:
            copies.extend(map(Segment.copy, self._segments))
        except BaseException:
            Recording(copies).close()
            raise
        return Recording(copies)

    def close(self) -> None:
        """Close the files, which stay."""
        if self._claimed is not None:  # it never began
            self.discard()
        super().close()

    def abandon(self) -> None:
        """In a forked child: give the descriptors back, and touch nothing that is the parent's."""
        for segment in (*self._segments, *filter(None, [self._claimed])):
            segment.abandon()
        self._segments, self._claimed = [], None

    def resized(self, rows: int, cols: int) -> None:
        """Note a new size of the terminal."""
        self._size = (rows, cols)
        self._note_event("r", f"{rows} {cols}")

    def mark(self, label: str) -> None:
        """Note a marker. Raises OSError: the transcript has ended, by this if not before."""
        self._note_event("m", json.dumps(label))
        if self.error is not None:
            raise self.error

    def _note_event(self, kind: str, rest: str) -> None:
        if not self._segments or self.error is not None:
            return
        segment = self._segments[-1]
        self._stamped = -1.0
        try:
            segment.note(f"{kind} {segment.start + segment.size} {time.monotonic() - self._began:.6f} {rest}")
        except OSError as error:
            self.error = error


_transcripts: weakref.WeakSet[Transcript] = weakref.WeakSet()


def _after_fork() -> None:
    for transcript in list(_transcripts):
        transcript.abandon()
    _transcripts.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _parse(line: bytes) -> Event:
    kind, offset, seconds, *rest = line.decode().split(" ", 3)
    if kind == "r":
        rows, cols = rest[0].split()
        return Event("r", int(offset), float(seconds), rows=int(rows), cols=int(cols))
    if kind == "m":
        return Event("m", int(offset), float(seconds), label=json.loads(rest[0]))
    return Event("o", int(offset), float(seconds))
