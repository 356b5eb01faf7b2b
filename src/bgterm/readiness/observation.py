"""What a kernel can tell about a terminal: the small interface behind which the platforms differ."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol


class Finding(Enum):
    """What the kernel knows of the program that has the terminal."""

    UNREAD_INPUT = "it has not read all that was typed"
    READING = "only input from the terminal can wake it"
    LISTENING = "it would wake for input, and for other things"
    WORKING = "it does not wait for the terminal"
    STOPPED = "it is stopped"
    REFUSED = "the kernel refuses to tell"
    UNSEEN = "the kernel cannot tell"


@dataclass(slots=True)
class Observation:
    """One look at a terminal. It holds for the moment between its own first and last question."""

    finding: Finding
    group: int = 0
    """The foreground process group, 0 where there is none."""
    pid: int = 0
    name: str = ""
    """The program that has the terminal, as the kernel names it."""
    canonical: bool = True
    echo: bool = True
    """The modes of the terminal that this program reads."""
    why: str = ""
    """In words, what the finding rests on."""


class Place(NamedTuple):
    """A place in a program, where one of its processes sleeps."""

    program: Hashable
    """What is the same for all processes of one program."""
    image: int
    """Another one when the process begins to run another program."""
    depth: int
    """How many bytes its stack holds there."""
    started: float
    """When the process began (time.monotonic), not to be relied on beyond a hundredth of a second."""


class Multiplexer(NamedTuple):
    """Who draws a picture of other terminals on this one."""

    name: str
    pid: int
    terminal: str
    """The path of this one, by which the multiplexer knows it."""


class Kernel(Protocol):
    """What readiness asks of the operating system about one terminal. Called with the terminal's lock held."""

    drawn_by: Multiplexer | None
    """The multiplexer that was found at the last look, None where there was none."""

    def observe(self, still_since: float) -> Observation:
        """Look at the terminal now. Nothing was read from it or typed since `still_since` (time.monotonic)."""
        ...

    def command(self, pid: int) -> str:
        """The arguments with which a process was started, "" where they cannot be known."""
        ...

    def arguments(self, pid: int) -> list[str]:
        """The same, one by one; none where they cannot be known."""
        ...

    def place(self, observation: Observation) -> Place | None:
        """Where in its program the main thread of the process sleeps that was observed; None: that does not show."""
        ...

    def executable(self, pid: int) -> str:
        """The name of the file that a process runs, "" where it cannot be known."""
        ...

    def cpu_seconds(self, group: int) -> float:
        """CPU time that the members of a process group have used, 0.0 where that cannot be known."""
        ...

    def at_work(self, most: int, timed: bool = False, woken: bool = False) -> int:
        """How many could bring output by themselves to whom the last look found listening.

        A time-out of its own (unless it may be `timed`), a descriptor to which others write, a thread, a process: each
        counts, up to one more than `most`. 0 where that cannot be known. With `woken` it must have had its time to see
        what the others have done.
        """
        ...

    def runs(self, pid: int) -> bool:
        """Whether any thread of a process runs, or is about to; False where that cannot be known."""
        ...

    def sleeps_since(self, group: int, now: float) -> float | None:
        """Since when (monotonic) no member of the group has run, None if one runs or that cannot be known."""
        ...
