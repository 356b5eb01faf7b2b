"""The ways in which an adversary waits for its terminal, and perhaps for other descriptors."""

from __future__ import annotations

import fcntl
import os
import queue
import resource
import select
import signal
import termios
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

READ_MAX = 1024
MANY = 1100  # more than an fd_set holds
_PAUSE_S = 0.02


class Wait:
    """Waits for the terminal and for `others`, all of them descriptors."""

    takes_others = True
    """It can wait for other descriptors beside the terminal."""
    ends_in_time = True
    """It can wait for a time."""

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        self.tty = tty
        self.others = others

    def __call__(self, seconds: float | None = None) -> tuple[bytes, set[int]]:
        """What was typed, b"" for nothing, and which of the others have something."""
        ready = self.ready(seconds)
        typed = self.read() if self.tty in ready else b""
        return typed, ready - {self.tty}

    def read(self) -> bytes:
        """What is typed. Raises EOFError where the terminal has gone."""
        typed = os.read(self.tty, READ_MAX)
        if not typed:
            raise EOFError
        return typed

    def ready(self, seconds: float | None) -> set[int]:
        """Which descriptors have something, after so many seconds at the latest."""
        raise NotImplementedError


class Select(Wait):
    def ready(self, seconds: float | None) -> set[int]:
        return set(select.select([self.tty, *self.others], [], [], seconds)[0])


class Poll(Wait):
    def __init__(self, tty: int, others: Sequence[int]) -> None:
        super().__init__(tty, others)
        self.poll = select.poll()
        for fd in (tty, *others):
            self.poll.register(fd, select.POLLIN)

    def ready(self, seconds: float | None) -> set[int]:
        return {fd for fd, _ in self.poll.poll(None if seconds is None else int(seconds * 1000))}


class PollOfMany(Poll):
    """Beside more than a thousand other descriptors; the terminal's own is a high one."""

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
        nothing, _ = os.pipe()
        many = [os.dup(nothing) for _ in range(MANY)]
        super().__init__(fcntl.fcntl(tty, fcntl.F_DUPFD, 2000), others)
        for fd in many:
            self.poll.register(fd, select.POLLIN)


class PollHigh(Poll):
    """By a descriptor above 1024."""

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
        super().__init__(fcntl.fcntl(tty, fcntl.F_DUPFD, 1500), others)


class Epoll(Wait):
    flags = 0

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        super().__init__(tty, others)
        self.epoll = select.epoll()
        self.epoll.register(tty, select.EPOLLIN | self.flags)
        for fd in others:
            self.epoll.register(fd, select.EPOLLIN)

    def ready(self, seconds: float | None) -> set[int]:
        return {fd for fd, _ in self.epoll.poll(seconds)}


class EpollEdge(Epoll):
    flags = select.EPOLLET


class EpollOneshot(Epoll):
    flags = select.EPOLLONESHOT

    def ready(self, seconds: float | None) -> set[int]:
        self.epoll.modify(self.tty, select.EPOLLIN | self.flags)
        return super().ready(seconds)


class PollOfEpoll(Epoll):
    """Poll on an epoll descriptor."""

    def ready(self, seconds: float | None) -> set[int]:
        select.select([self.epoll], [], [], seconds)
        return {fd for fd, _ in self.epoll.poll(0)}


class EpollOfEpoll(Epoll):
    """An epoll instance within two others."""

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        super().__init__(tty, others)
        self.middle, self.outer = select.epoll(), select.epoll()
        self.middle.register(self.epoll, select.EPOLLIN)
        self.outer.register(self.middle, select.EPOLLIN)

    def ready(self, seconds: float | None) -> set[int]:
        self.outer.poll(seconds)
        return super().ready(0)


class OthersInEpoll(Poll):
    """The terminal itself, and an epoll descriptor with all the others."""

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        self.inner = select.epoll()
        for fd in others:
            self.inner.register(fd, select.EPOLLIN)
        super().__init__(tty, [self.inner.fileno()])

    def ready(self, seconds: float | None) -> set[int]:
        found = super().ready(seconds)
        return {fd for fd, _ in self.inner.poll(0)} | (found & {self.tty})


class Uring(Wait):
    def __init__(self, tty: int, others: Sequence[int]) -> None:
        from readiness.adversary.kernel import Ring  # noqa: PLC0415 - ctypes takes time

        super().__init__(tty, others)
        self.ring = Ring()
        self.asked: set[int] = set()

    def ready(self, seconds: float | None) -> set[int]:
        for fd in {self.tty, *self.others} - self.asked:
            self.ring.poll(fd)
            self.asked.add(fd)
        found = self.ring.wait(seconds)
        self.asked -= found
        return found


class Read(Wait):
    takes_others = ends_in_time = False

    def ready(self, seconds: float | None) -> set[int]:
        del seconds
        return {self.tty}


class Readv(Read):
    def __call__(self, seconds: float | None = None) -> tuple[bytes, set[int]]:
        del seconds
        typed = bytearray(READ_MAX)
        count = os.readv(self.tty, [typed])
        if not count:
            raise EOFError
        return bytes(typed[:count]), set()


class VTime(Wait):
    """Reads that end by themselves."""

    takes_others = False

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        super().__init__(tty, others)
        modes = termios.tcgetattr(tty)
        modes[3] &= ~(termios.ICANON | termios.ECHO)
        modes[6][termios.VMIN], modes[6][termios.VTIME] = 0, 1
        termios.tcsetattr(tty, termios.TCSANOW, modes)

    def __call__(self, seconds: float | None = None) -> tuple[bytes, set[int]]:
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            begin = time.monotonic()
            typed = os.read(self.tty, READ_MAX)
            now = time.monotonic()
            if not typed and now - begin < _PAUSE_S:  # it would have waited longer
                raise EOFError
            if typed or (end is not None and now >= end):
                return typed, set()


class NonBlocking(Wait):
    """Reads that do not block, with sleeps."""

    takes_others = False

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        super().__init__(tty, others)
        os.set_blocking(tty, False)

    def __call__(self, seconds: float | None = None) -> tuple[bytes, set[int]]:
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            try:
                return self.read(), set()
            except BlockingIOError:
                time.sleep(_PAUSE_S)
        return b"", set()


class Sigio(Wait):
    """A signal tells of input."""

    takes_others = False

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        super().__init__(tty, others)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGIO})
        fcntl.fcntl(tty, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(tty, fcntl.F_SETFL, os.O_RDWR | os.O_NONBLOCK | os.O_ASYNC)

    def __call__(self, seconds: float | None = None) -> tuple[bytes, set[int]]:
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            try:
                return self.read(), set()
            except BlockingIOError:
                if end is None:
                    signal.sigwaitinfo({signal.SIGIO})  # which runs Python's handlers, too
                elif not signal.sigtimedwait({signal.SIGIO}, max(end - time.monotonic(), 0)):
                    return b"", set()


class ReaderThread(Wait):
    """A thread reads, and the main thread waits for its queue."""

    takes_others = False

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        super().__init__(tty, others)
        self.typed: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self.hand_on, daemon=True).start()

    def hand_on(self) -> None:
        with suppress(OSError):
            while typed := os.read(self.tty, READ_MAX):
                self.typed.put(typed)
        os._exit(0)

    def __call__(self, seconds: float | None = None) -> tuple[bytes, set[int]]:
        try:
            return self.typed.get(timeout=seconds), set()
        except queue.Empty:
            return b"", set()


class ReaderChild(Select):
    """A child reads, and hands on by a pipe."""

    def __init__(self, tty: int, others: Sequence[int]) -> None:
        passed, passes = os.pipe()
        if not os.fork():
            with suppress(OSError):
                while typed := os.read(tty, READ_MAX):
                    os.write(passes, typed)
            os._exit(0)
        os.close(passes)
        super().__init__(passed, others)


WAITS: dict[str, Callable[[int, Sequence[int]], Wait]] = {
    "read": Read,
    "readv": Readv,
    "select": Select,
    "poll": Poll,
    "poll-high": PollHigh,
    "poll-of-many": PollOfMany,
    "epoll": Epoll,
    "epoll-edge": EpollEdge,
    "epoll-oneshot": EpollOneshot,
    "poll-of-epoll": PollOfEpoll,
    "epoll-of-epoll": EpollOfEpoll,
    "others-in-epoll": OthersInEpoll,
    "io_uring": Uring,
    "vtime": VTime,
    "non-blocking": NonBlocking,
    "sigio": Sigio,
    "reader-thread": ReaderThread,
    "reader-child": ReaderChild,
}
