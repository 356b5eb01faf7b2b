"""The slave end, held open: the only way to ask how much typed input the program has not read yet."""

from __future__ import annotations

import array
import fcntl
import os
import select
import termios
from typing import NamedTuple

from bgterm.readiness.linux.blocked import TerminalDevice

_NONE = (0, b"\0")  # tcgetattr gives numbers in raw mode, else bytes
_TIOCGPTPEER = 0x5441  # opens the slave of a master, in whatever mount namespace (ioctl_tty(2))


class Modes(NamedTuple):
    """How a terminal treats what is typed (termios(3))."""

    canonical: bool
    echo: bool
    reads_end_by_themselves: bool
    """A read returns after a time though nothing was typed: VMIN is 0 and VTIME is not."""


class Slave:
    """The slave of a terminal, open as `fd`. While it is open the master shows no end of output."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        status = os.fstat(fd)
        self.device = TerminalDevice(status.st_dev, status.st_rdev)
        self._poll = select.poll()
        self._poll.register(fd, select.POLLIN)
        self._count = array.array("i", [0])

    @classmethod
    def of(cls, master: int) -> Slave:
        """The slave of a master. Raises OSError where another process has the terminal for itself (TIOCEXCL)."""
        return cls(fcntl.ioctl(master, _TIOCGPTPEER, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))

    @classmethod
    def at(cls, index: int) -> Slave:
        """The slave /dev/pts/`index`. Raises OSError where we may not open it."""
        return cls(os.open(f"/dev/pts/{index}", os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC))

    @property
    def path(self) -> str:
        """Its name in /dev/pts, "" where it has none here."""
        try:
            return os.ttyname(self._fd)
        except OSError:
            return ""

    def unread_input(self) -> int:
        """Bytes that were typed and that the program could read now but has not.

        The poll comes first: it pushes typed bytes through the kernel's work queue, where FIONREAD does not look.
        Of a line that has no end yet, a program in canonical mode can read nothing: it counts 0.
        """
        self._poll.poll(0)
        fcntl.ioctl(self._fd, termios.FIONREAD, self._count)
        return self._count[0]

    def modes(self) -> Modes:
        """The terminal's modes."""
        attributes = termios.tcgetattr(self._fd)
        local, characters = attributes[3], attributes[6]
        canonical = bool(local & termios.ICANON)
        by_themselves = not canonical and characters[termios.VMIN] in _NONE and characters[termios.VTIME] not in _NONE
        return Modes(canonical, bool(local & termios.ECHO), by_themselves)

    def close(self) -> None:
        """Close `fd`: for who opened it by `of` or `at`."""
        os.close(self._fd)
