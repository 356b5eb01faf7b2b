"""The same questions where the kernel does not tell on what a program sleeps (macOS, the BSDs). Not tested there.

Nothing here is certain: what the program waits for is told by prompts, marks and quiet.
"""

from __future__ import annotations

import array
import fcntl
import select
import termios
from typing import TYPE_CHECKING

from bgterm.readiness.observation import Finding, Observation

if TYPE_CHECKING:
    from bgterm.engine.terminal import Terminal
    from bgterm.readiness.observation import Multiplexer, Place


class PortableTerminal:
    """A terminal, from its slave end."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.drawn_by: Multiplexer | None = None  # not known here
        self._count = array.array("i", [0])

    @classmethod
    def of(cls, terminal: Terminal) -> PortableTerminal:
        """One of our own terminals."""
        return cls(terminal)

    def observe(self, still_since: float) -> Observation:  # noqa: ARG002 - nothing is certain here anyway
        """Look at the terminal now."""
        slave = self._terminal.slave
        select.select([slave], [], [], 0)
        fcntl.ioctl(slave, termios.FIONREAD, self._count)
        if self._count[0]:
            return Observation(Finding.UNREAD_INPUT, why=f"{self._count[0]} typed bytes are not read yet")
        group = self._terminal.foreground_group()
        local = termios.tcgetattr(slave)[3]
        canonical, echo = bool(local & termios.ICANON), bool(local & termios.ECHO)
        why = "this system does not tell what the program waits for"
        return Observation(Finding.LISTENING, group, group, "", canonical, echo, why)

    def command(self, pid: int) -> str:  # noqa: ARG002 - not known here
        """Arguments are not known here: ""."""
        return ""

    def arguments(self, pid: int) -> list[str]:  # noqa: ARG002 - not known here
        """Arguments are not known here: none."""
        return []

    def place(self, observation: Observation) -> Place | None:  # noqa: ARG002 - not known here
        """Where a program sleeps is not known here: None."""
        return None

    def executable(self, pid: int) -> str:  # noqa: ARG002 - not known here
        """What a process runs is not known here: ""."""
        return ""

    def cpu_seconds(self, group: int) -> float:  # noqa: ARG002 - not known here
        """CPU time is not known here: 0.0."""
        return 0.0

    def at_work(self, most: int, timed: bool = False, woken: bool = False) -> int:  # noqa: ARG002 - not known here
        """Who else works is not known here: 0."""
        return 0

    def runs(self, pid: int) -> bool:  # noqa: ARG002 - not known here
        """Whether a program runs is not known here: False."""
        return False

    def sleeps_since(self, group: int, now: float) -> float | None:  # noqa: ARG002 - not known here
        """Turns on a CPU are not counted here: None."""
        return None
