"""A new pseudo-terminal."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
import sys
import termios

from bgterm.engine.noted import all_noted, noted

_FLUSHES = 64  # in case that somebody else types without end

if sys.platform == "linux":
    _TIOCGPTN = 0x80045430  # the number of the slave (ioctl_tty(2))
    _TIOCSPTLCK = 0x40045431  # lock or unlock the slave
    _IUTF8 = 0o40000  # termios(3); Python's termios module does not name it

    def _open_master(opened: list[int]) -> str:
        # Not os.openpty: it makes the master close-on-exec only afterwards, and a child that another thread
        # spawns in between would keep this terminal open.
        master = _open(opened, "/dev/ptmx", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC | os.O_NONBLOCK)
        fcntl.ioctl(master, _TIOCSPTLCK, struct.pack("i", 0))
        number = struct.unpack("i", fcntl.ioctl(master, _TIOCGPTN, bytes(4)))[0]
        return f"/dev/pts/{number}"

    _TERMIOS_BYTES = 60
    _LFLAG_BYTE = 12 if sys.byteorder == "little" else 15  # struct termios: the fourth int, of which it is the low byte

    def is_canonical(fd: int) -> bool:
        """Whether the line discipline collects lines (termios(3): ICANON)."""
        # A third of what tcgetattr takes, and it is asked for each key that is typed.
        mode = bytearray(_TERMIOS_BYTES)  # not bytes: for those fcntl.ioctl raises and catches an exception
        fcntl.ioctl(fd, termios.TCGETS, mode)
        return bool(mode[_LFLAG_BYTE] & termios.ICANON)

else:  # macOS: not tested, see the README

    def _open_master(opened: list[int]) -> str:
        all_noted(opened, os.openpty)
        path = os.ttyname(opened[-1])
        os.set_blocking(opened[0], False)
        slave = opened[-1]
        # No call in between (see `noted`).
        del opened[-1]
        os.close(slave)
        _put_above_standard(opened)
        return path

    def is_canonical(fd: int) -> bool:
        """Whether the line discipline collects lines (termios(4): ICANON)."""
        return bool(termios.tcgetattr(fd)[3] & termios.ICANON)

    _IUTF8 = 0x4000  # termios(4)


def flush_input(slave: int) -> None:
    """Forget what was written to the master, and the program has not read. Raises OSError.

    tcflush(3) forgets what has arrived at the slave. The rest is on its way, in the kernel's work queue, which poll(2)
    waits for (n_tty.c: n_tty_poll); where much was on its way, it arrives once there is room.
    """
    arrived = select.poll()
    arrived.register(slave, select.POLLIN)
    arrived.poll(0)
    try:
        termios.tcflush(slave, termios.TCIFLUSH)
        for _ in range(_FLUSHES):
            if not arrived.poll(0):
                return
            termios.tcflush(slave, termios.TCIFLUSH)
    except termios.error as error:
        if error.args[0] != errno.EIO:  # it was hung up: nobody can read it
            raise OSError(*error.args) from None


def _open(opened: list[int], path: str, flags: int) -> int:
    noted(opened, os.open, path, flags)
    return _put_above_standard(opened)


def _put_above_standard(opened: list[int]) -> int:
    """Have the newest at a number above 2: a host that closed its standard output must not print into a terminal."""
    low = opened[-1]
    if low <= 2:
        noted(opened, fcntl.fcntl, low, fcntl.F_DUPFD_CLOEXEC, 3)
        # No call in between (see `noted`).
        del opened[-2]
        os.close(low)
    return opened[-1]


def open_pty(opened: list[int], rows: int, cols: int, *, utf8: bool) -> str:
    """Open a terminal of the given size, add the master and a slave to `opened`, and return the slave's path.

    The master does not block. Both are close-on-exec. The slave is kept by the caller while the program runs:
    it keeps the terminal's end from being seen before (a program may close its terminal and open it again;
    macOS discards output when the last slave closes), and it is where the terminal's input queue can be seen.

    Raises OSError where the system has no terminal or no descriptor left: what is in `opened` is to be given back.
    """
    try:
        path = _open_master(opened)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EAGAIN, errno.ENODEV}:
            message = "the system has no pseudo-terminal left (kernel.pty.max): close sessions that are done"
            raise OSError(error.errno, message) from None
        raise
    _open(opened, path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    set_size(opened[0], rows, cols)
    if utf8:
        _erase_whole_characters(opened[0])
    return path


def _erase_whole_characters(fd: int) -> None:
    """Let the line discipline erase whole UTF-8 characters (termios(3): IUTF8)."""
    mode = termios.tcgetattr(fd)
    mode[0] |= _IUTF8
    termios.tcsetattr(fd, termios.TCSANOW, mode)


def is_hung_up(master: int, error: OSError) -> bool:
    """Whether `error` of a read or a write says that nobody has the slave open: EIO does, where poll(2) says so too.

    No memory, or a sandbox that forbids the call, says nothing of the terminal.
    """
    if error.errno != errno.EIO:
        return False
    poll = select.poll()
    poll.register(master, 0)
    found = poll.poll(0)  # of one descriptor; and no generator, whose end Ctrl-C could be raised in
    return bool(found) and bool(found[0][1] & (select.POLLHUP | select.POLLERR))


def nothing_more(master: int, error: OSError) -> bytes:
    """What a read that failed with `error` has brought: b"" where nobody has the slave open. Raises it otherwise."""
    if not is_hung_up(master, error):
        raise error
    return b""


def set_size(fd: int, rows: int, cols: int) -> None:
    """Set the terminal's size; the kernel tells the foreground by SIGWINCH where it changed."""
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def size(fd: int) -> tuple[int, int]:
    """The terminal's rows and columns."""
    rows, cols, _, _ = struct.unpack("HHHH", fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8)))
    return rows, cols
