"""What Python does not reach without ctypes: io_uring, timers, inotify, message queues."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import struct
import sys

_LIBC = ctypes.CDLL(None, use_errno=True)
_SYS_IO_URING_SETUP, _SYS_IO_URING_ENTER = 425, 426  # the same numbers on every machine (unistd.h)
_OP_POLL_ADD, _OP_TIMEOUT = 6, 11
_ENTER_GETEVENTS = 1
_ENTRIES = 64
_SQE_BYTES, _CQE_BYTES = 64, 16
_TIMEOUT = 1 << 32


def _checked(result: int) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


class Ring:
    """An io_uring instance (io_uring_setup(2)) that polls."""

    def __init__(self) -> None:
        parameters = ctypes.create_string_buffer(120)
        self._fd = _checked(_LIBC.syscall(_SYS_IO_URING_SETUP, _ENTRIES, parameters))
        words = struct.unpack_from("=30I", parameters.raw)
        _, self._tail, self._mask, _, _, _, self._array, *_ = words[10:20]
        self._cq_head, self._cq_tail, self._cq_mask, _, _, self._cqes, *_ = words[20:30]
        size = max(self._array + 4 * words[0], self._cqes + _CQE_BYTES * words[1])
        self._ring = mmap.mmap(self._fd, size, flags=mmap.MAP_SHARED, offset=0)
        self._entries = mmap.mmap(self._fd, _SQE_BYTES * words[0], flags=mmap.MAP_SHARED, offset=0x10000000)
        self._kept: list[ctypes.Array[ctypes.c_char]] = []
        self._timer = 0

    def _word(self, offset: int) -> int:
        word: int = struct.unpack_from("=I", self._ring, offset)[0]
        return word

    def _submit(self, entry: bytes) -> None:
        tail = self._word(self._tail)
        index = tail & self._word(self._mask)
        self._entries[_SQE_BYTES * index : _SQE_BYTES * (index + 1)] = entry.ljust(_SQE_BYTES, b"\0")
        struct.pack_into("=I", self._ring, self._array + 4 * index, index)
        struct.pack_into("=I", self._ring, self._tail, tail + 1)
        _checked(_LIBC.syscall(_SYS_IO_URING_ENTER, self._fd, 1, 0, 0, None, 0))

    def poll(self, fd: int) -> None:
        """Ask once for input on a descriptor."""
        self._submit(struct.pack("=BBHiQQIIQ", _OP_POLL_ADD, 0, 0, fd, 0, 0, 0, 1, fd))

    def wait(self, seconds: float | None) -> set[int]:
        """The descriptors that have input."""
        self._timer += 1
        if seconds is not None:
            time = ctypes.create_string_buffer(struct.pack("=qq", int(seconds), int(seconds % 1 * 1e9)))
            self._kept = [*self._kept[-8:], time]
            self._submit(
                struct.pack(
                    "=BBHiQQIIQ", _OP_TIMEOUT, 0, 0, -1, 0, ctypes.addressof(time), 1, 0, _TIMEOUT + self._timer
                )
            )
        found: set[int] = set()
        timed_out = False
        while not found and not timed_out:
            while _LIBC.syscall(_SYS_IO_URING_ENTER, self._fd, 0, 1, _ENTER_GETEVENTS, None, 0) < 0:
                if ctypes.get_errno() != errno.EINTR:
                    _checked(-1)
            head, tail = self._word(self._cq_head), self._word(self._cq_tail)
            for number in range(head, tail):
                at = self._cqes + _CQE_BYTES * (number & self._word(self._cq_mask))
                (data,) = struct.unpack_from("=Q", self._ring, at)
                if data < _TIMEOUT:
                    found.add(data)
                timed_out = timed_out or data == _TIMEOUT + self._timer
            struct.pack_into("=I", self._ring, self._cq_head, tail)
        return found


def timerfd(seconds: float) -> int:
    """A descriptor that has something after so many seconds (timerfd_create(2))."""
    fd = _checked(_LIBC.timerfd_create(1, 0))
    _checked(_LIBC.timerfd_settime(fd, 0, struct.pack("=qqqq", 0, 0, *_parts(seconds)), None))
    return fd


def posix_timer(seconds: float, number: int) -> None:
    """Have a signal sent after so many seconds (timer_create(2))."""
    event = struct.pack("=QiiQ", 0, number, 0, 0).ljust(64, b"\0")
    timer = ctypes.c_void_p()
    library = ctypes.CDLL("librt.so.1") if sys.platform == "linux" else _LIBC
    _checked(library.timer_create(1, event, ctypes.byref(timer)))
    _checked(library.timer_settime(timer, 0, struct.pack("=qqqq", 0, 0, *_parts(seconds)), None))


def inotify(path: str) -> int:
    """A descriptor that has something once the file was closed by a writer (inotify(7))."""
    fd = _checked(_LIBC.inotify_init1(os.O_CLOEXEC))
    _checked(_LIBC.inotify_add_watch(fd, path.encode(), 8))
    return fd


def signalfd(number: int) -> int:
    """A descriptor that has something when the signal, which is blocked, comes (signalfd(2))."""
    return _checked(_LIBC.signalfd(-1, struct.pack("=Q128x", 1 << (number - 1)), 0))


def message_queue(name: str) -> int:
    """A POSIX message queue (mq_overview(7)), whose descriptor can be polled."""
    library = ctypes.CDLL("librt.so.1")
    return _checked(library.mq_open(name.encode(), os.O_RDWR | os.O_CREAT, 0o600, struct.pack("=qqqq32x", 0, 4, 8, 0)))


def send(queue: int) -> None:
    """Send a message."""
    _checked(ctypes.CDLL("librt.so.1").mq_send(queue, b"x", 1, 0))


def receive(queue: int) -> None:
    """Wait for a message."""
    _checked(ctypes.CDLL("librt.so.1").mq_receive(queue, ctypes.create_string_buffer(8), 8, None))


def unlink(name: str) -> None:
    """Let the name of a message queue go."""
    _LIBC.mq_unlink(name.encode())


def _parts(seconds: float) -> tuple[int, int]:
    return int(seconds), int(seconds % 1 * 1e9)
