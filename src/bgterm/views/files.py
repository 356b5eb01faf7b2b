"""The files that views are kept in: for their owner alone, and what stands at their names is replaced or refused whole.

What a terminal has shown is nobody else's business, so files are made with mode 0600. Links are never followed:
in a directory where others may write, one could lead anywhere. What is no regular file (a device, a FIFO) is never
replaced: `/dev/null` would be gone.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import IO

from bgterm.engine.noted import give_back, noted

_FLAGS = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
_OWNERS = 0o600


def check_replaceable(path: str) -> None:
    """Raise IsADirectoryError, FileExistsError or PermissionError for what may not be replaced at `path`."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(found.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(found.st_mode) else "no regular file"
        raise FileExistsError(errno.EEXIST, f"{kind} is there, which is neither followed nor replaced", path)
    if found.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, "a file of another user is there, who could read what is written", path)


def claim(path: str, in_use: Callable[[str], OSError]) -> tuple[int, bool]:
    """Open a file to be written later, and lock it; return the descriptor, and whether the file was made.

    Nothing of a file that is there is changed. Raises OSError and its kinds (see `check_replaceable`), and what
    `in_use` makes of the path where another descriptor has the lock, of this process or another (flock(2)).
    """
    while True:
        made: list[int] = []
        found: list[int] = []
        try:
            _open(path, made, found)
            if opened := made or found:
                _lock(opened[0], path, in_use)
                if is_at(opened[0], path):
                    return opened[0], bool(made)
        except BaseException:
            if made and is_at(made[0], path):
                os.unlink(path)
            give_back(made + found)
            raise
        give_back(made + found)  # their owner has moved it since


def _open(path: str, made: list[int], found: list[int]) -> None:
    """Add the descriptor to the list that it belongs to, within the call of C that opens it; to none if it is gone."""
    try:
        noted(made, os.open, path, _FLAGS | os.O_CREAT | os.O_EXCL, _OWNERS)
    except FileExistsError:
        check_replaceable(path)
        with suppress(FileNotFoundError):
            noted(found, os.open, path, _FLAGS)


def check_unused(path: str, in_use: Callable[[str], OSError]) -> None:
    """Raise as `check_replaceable`, and what `in_use` makes of the path where the file is locked."""
    check_replaceable(path)
    with suppress(FileNotFoundError):
        fd = os.open(path, _FLAGS)
        try:
            _lock(fd, path, in_use)
        finally:
            os.close(fd)


def _lock(fd: int, path: str, in_use: Callable[[str], OSError]) -> None:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise in_use(path) from None
    except OSError:
        pass  # a file system that knows no locks


def is_at(fd: int, path: str) -> bool:
    """Whether this very file is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(fd), os.lstat(path))
    except FileNotFoundError:
        return False


def make_owners_alone(fd: int) -> None:
    """Let nobody but its owner open the file from now on."""
    mode = stat.S_IMODE(os.fstat(fd).st_mode)
    if mode & ~_OWNERS:
        os.fchmod(fd, mode & _OWNERS)


def release(fd: int) -> None:
    """Close a file that was claimed. Its lock goes, though a forked child may have the descriptor still."""
    with suppress(OSError):
        fcntl.flock(fd, fcntl.LOCK_UN)
    os.close(fd)


@contextmanager
def replacing(path: str) -> Generator[IO[bytes]]:
    """A file to be written, which takes the place of what is at `path` once all is written; else that stays.

    Raises OSError and its kinds (see `check_replaceable`).
    """
    path = os.path.abspath(path)
    check_replaceable(path)
    beside = os.path.join(os.path.dirname(path), f".bgterm-{os.urandom(8).hex()}")
    try:
        file = open(beside, "xb", opener=lambda name, flags: os.open(name, flags | os.O_CLOEXEC, _OWNERS))  # noqa: SIM115 - below
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None
    try:
        with file:
            yield file
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise
