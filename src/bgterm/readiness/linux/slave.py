"""The slave end, held open: the only way to ask how much typed input the program has not read yet."""

from __future__ import annotations

import array
import fcntl
import os
import select
import termios

from bgterm.readiness.linux.blocked import TerminalDevice

_TIOCGPTPEER = 0x5441  # opens the slave of a master, in whatever mount namespace (ioctl_tty(2))


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

    def unread_input(self) -> int:
        """Bytes that were typed and that the program could read now but has not.

        The poll comes first: it pushes typed bytes through the kernel's work queue, where FIONREAD does not look.
        Of a line that has no end yet, a program in canonical mode can read nothing: it counts 0.
        """
        self._poll.poll(0)
        fcntl.ioctl(self._fd, termios.FIONREAD, self._count)
        return self._count[0]

    def modes(self) -> tuple[bool, bool]:
        """Whether the terminal is in canonical mode, and whether it echoes."""
        local = termios.tcgetattr(self._fd)[3]
        return bool(local & termios.ICANON), bool(local & termios.ECHO)

    def close(self) -> None:
        """Close `fd`: for who opened it by `of` or `at`."""
        os.close(self._fd)
