"""A new pseudo-terminal."""

from __future__ import annotations

import errno
import fcntl
import os
import select
import struct
import sys
import termios

if sys.platform == "linux":
    _TIOCGPTN = 0x80045430  # the number of the slave (ioctl_tty(2))
    _TIOCSPTLCK = 0x40045431  # lock or unlock the slave
    _IUTF8 = 0o40000  # termios(3); Python's termios module does not name it

    def _open_master() -> tuple[int, str]:
        # Not os.openpty: it makes the master close-on-exec only afterwards, and a child that another thread
        # spawns in between would keep this terminal open.
        master = _above_standard(os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC | os.O_NONBLOCK))
        try:
            fcntl.ioctl(master, _TIOCSPTLCK, struct.pack("i", 0))
            number = struct.unpack("i", fcntl.ioctl(master, _TIOCGPTN, bytes(4)))[0]
        except OSError:
            os.close(master)
            raise
        return master, f"/dev/pts/{number}"

    _TERMIOS_BYTES = 60
    _LFLAG_BYTE = 12 if sys.byteorder == "little" else 15  # struct termios: the fourth int, of which it is the low byte

    def is_canonical(fd: int) -> bool:
        """Whether the line discipline collects lines (termios(3): ICANON)."""
        # A third of what tcgetattr takes, and it is asked for each key that is typed.
        mode = bytearray(_TERMIOS_BYTES)  # not bytes: for those fcntl.ioctl raises and catches an exception
        fcntl.ioctl(fd, termios.TCGETS, mode)
        return bool(mode[_LFLAG_BYTE] & termios.ICANON)

else:  # macOS: not tested, see the README

    def _open_master() -> tuple[int, str]:
        master, slave = os.openpty()
        try:
            path = os.ttyname(slave)
        finally:
            os.close(slave)
        os.set_blocking(master, False)
        return _above_standard(master), path

    def is_canonical(fd: int) -> bool:
        """Whether the line discipline collects lines (termios(4): ICANON)."""
        return bool(termios.tcgetattr(fd)[3] & termios.ICANON)

    _IUTF8 = 0x4000  # termios(4)


def _above_standard(fd: int) -> int:
    """The same file at a number above 2: a host that closed its standard output must not print into a terminal."""
    if fd > 2:
        return fd
    try:
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 3)
    finally:
        os.close(fd)


def open_pty(rows: int, cols: int, *, utf8: bool) -> tuple[int, int, str]:
    """Open a terminal of the given size: the master, a slave, and the slave's path.

    The master does not block. Both are close-on-exec. The slave is kept by the caller while the program runs:
    it keeps the terminal's end from being seen before (a program may close its terminal and open it again;
    macOS discards output when the last slave closes), and it is where the terminal's input queue can be seen.

    Raises OSError where the system has no terminal or no descriptor left: nothing stays open.
    """
    try:
        master, path = _open_master()
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EAGAIN, errno.ENODEV}:
            message = "the system has no pseudo-terminal left (kernel.pty.max): close sessions that are done"
            raise OSError(error.errno, message) from None
        raise
    try:
        slave = _above_standard(os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        os.close(master)
        raise
    set_size(master, rows, cols)
    if utf8:
        _erase_whole_characters(master)
    return master, slave, path


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
    return any(events & (select.POLLHUP | select.POLLERR) for _, events in poll.poll(0))


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
