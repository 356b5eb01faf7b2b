"""One pair of files of a transcript: output, and when it came."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

TIMES = ".times"
"""What the name of the file of times ends with."""


@dataclass(slots=True)
class Segment:
    """One pair of files: the output from `start` on."""

    path: str
    start: int
    size: int
    fd: int
    times_fd: int
    about: dict[str, Any] = field(default_factory=dict[str, Any])

    @classmethod
    def create(cls, path: str, start: int, about: dict[str, Any]) -> Segment:
        """Make new files, or replace those that are there. Raises OSError."""
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        fd = os.open(path, flags, 0o600)  # what is typed and shown is nobody else's business
        try:
            times_fd = os.open(path + TIMES, flags | os.O_APPEND, 0o600)
        except BaseException:
            os.close(fd)
            raise
        segment = cls(path, start, 0, fd, times_fd, {**about, "start_offset": start})
        try:
            segment.note(json.dumps(segment.about))
        except BaseException:
            segment.close()
            raise
        return segment

    @classmethod
    def open(cls, path: str) -> Segment:
        """Open files that are there, for reading. Raises OSError, and ValueError where they are no transcript's."""
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            times_fd = os.open(path + TIMES, os.O_RDONLY | os.O_CLOEXEC)
        except BaseException:
            os.close(fd)
            raise
        segment = cls(path, 0, os.fstat(fd).st_size, fd, times_fd)
        try:
            segment.about = json.loads(segment.lines()[0])
            segment.start = int(segment.about["start_offset"])
        except (IndexError, KeyError, TypeError, ValueError) as error:
            segment.close()
            raise ValueError(f"{path + TIMES} does not begin as a transcript's times do") from error
        return segment

    def write(self, offset: int, data: bytes) -> None:
        """Write the output at `offset`: by its place, so that what comes twice is there once."""
        _write(self.fd, data, offset - self.start)
        self.size = offset - self.start + len(data)

    def note(self, line: str) -> None:
        """Add a line to the times."""
        _write(self.times_fd, line.encode() + b"\n")

    def lines(self) -> list[bytes]:
        """The header and the events. What a crash left of the last line is not returned."""
        pieces: list[bytes] = []
        while piece := os.pread(self.times_fd, 1 << 20, sum(map(len, pieces))):
            pieces.append(piece)
        return b"".join(pieces).split(b"\n")[:-1]

    def move_to(self, path: str) -> None:
        """Give the files another name."""
        os.replace(self.path, path)
        os.replace(self.path + TIMES, path + TIMES)
        self.path = path

    @staticmethod
    def remove(path: str) -> None:
        """Take the files of this name away, if they are there."""
        for name in (path, path + TIMES):
            with suppress(FileNotFoundError):
                os.unlink(name)

    def close(self) -> None:
        """Close the files."""
        os.close(self.fd)
        os.close(self.times_fd)


def _write(fd: int, data: bytes, offset: int | None = None) -> None:
    while data:
        written = os.write(fd, data) if offset is None else os.pwrite(fd, data, offset)
        data = data[written:]
        if offset is not None:
            offset += written
