"""One pair of files of a transcript: output, and when it came."""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from bgterm.views.files import check_unused, claim, is_at, make_owners_alone, release

TIMES = ".times"
"""What the name of the file of times ends with."""

_HEADER_BYTES = 1 << 20


@dataclass(slots=True)
class Segment:
    """One pair of files: the output from `start` on."""

    path: str
    start: int
    size: int
    fd: int
    times_fd: int
    about: dict[str, Any] = field(default_factory=dict[str, Any])
    made: list[str] = field(default_factory=list[str])
    """Which of the files were not there before."""
    is_copy: bool = False
    """It shares the lock of the files with the segment that it was copied from."""
    _noted: int = 0
    """The size of the times."""

    @classmethod
    def claim(cls, path: str) -> Segment:
        """Files to be written once it has begun, which nobody else can claim meanwhile: what is there stays till then.

        Raises OSError and its kinds: see `views.files.claim`.
        """
        fd, made = claim(path, _in_use)
        segment = cls(path, 0, 0, fd, -1, made=[path] if made else [])
        try:
            segment.times_fd, made = claim(path + TIMES, _in_use)
        except BaseException:
            segment.discard()
            raise
        if made:
            segment.made += (path + TIMES,)  # no call: a handler may raise after one
        return segment

    def begin(self, start: int, about: dict[str, Any]) -> None:
        """Replace what is there. Raises OSError."""
        self.start, self.about = start, {**about, "start_offset": start}
        for fd in (self.fd, self.times_fd):
            make_owners_alone(fd)
            os.ftruncate(fd, 0)
        self.note(json.dumps(self.about))

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
        data = line.encode() + b"\n"
        _write(self.times_fd, data, self._noted)
        self._noted += len(data)

    def lines(self) -> list[bytes]:
        """The header and the events. What a crash left of the last line is not returned."""
        pieces: list[bytes] = []
        while piece := os.pread(self.times_fd, 1 << 20, sum(map(len, pieces))):
            pieces.append(piece)
        return b"".join(pieces).split(b"\n")[:-1]

    def move_to(self, path: str) -> None:
        """Give the files another name. Raises OSError where something is there that may not be replaced."""
        self.check_replaceable(path)
        os.replace(self.path, path)
        os.replace(self.path + TIMES, path + TIMES)
        self.path = path

    @staticmethod
    def check_replaceable(path: str) -> None:
        """Raise OSError and its kinds unless files of this name may be taken away or replaced."""
        for name in (path, path + TIMES):
            check_unused(name, _in_use)

    @staticmethod
    def remove(path: str) -> None:
        """Take the files of this name away, if they are there."""
        for name in (path, path + TIMES):
            with suppress(FileNotFoundError):
                os.unlink(name)

    def discard(self) -> None:
        """Close the files, and take away those that were made."""
        for name in self.made:
            if is_at(self.fd if name == self.path else self.times_fd, name):
                os.unlink(name)
        self.close()

    def abandon(self) -> None:
        """In a forked child: close the files, and leave them locked for the parent."""
        for fd in (self.fd, self.times_fd):
            if fd >= 0:
                os.close(fd)
        self.fd = self.times_fd = -1

    def copy(self) -> Segment:
        """The same files with descriptors of their own, to be read. Raises OSError."""
        twin = replace(self, fd=-1, times_fd=-1, is_copy=True)
        try:
            twin.fd = os.dup(self.fd)
            twin.times_fd = os.dup(self.times_fd)
        except BaseException:
            twin.close()
            raise
        return twin

    def close(self) -> None:
        """Close the files. Can be done again, where it was interrupted: no descriptor is closed twice."""
        give_back = os.close if self.is_copy else release
        try:
            fd, self.fd = self.fd, -1
            if fd >= 0:
                give_back(fd)
        finally:
            fd, self.times_fd = self.times_fd, -1
            if fd >= 0:
                give_back(fd)


def _in_use(path: str) -> OSError:
    """The error for files that a transcript is being written to: it names the session, as the times begin with it."""
    who = "another session"
    for name in (path + TIMES, path):
        with suppress(OSError, ValueError, KeyError, TypeError):
            fd = os.open(name, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                about = json.loads(os.pread(fd, _HEADER_BYTES, 0).split(b"\n")[0])
            finally:
                os.close(fd)
            who = f"session {about['session']} of process {about['pid']}"
            break
    return OSError(errno.EBUSY, f"{who} writes its transcript there: close it, or use another path", path)


def _write(fd: int, data: bytes, offset: int) -> None:
    while data:
        written = os.pwrite(fd, data, offset)
        data = data[written:]
        offset += written
