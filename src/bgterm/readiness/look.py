"""Is the program waiting for me? The procedure, in its order:

1. Take all output from the terminal, and see whether the program has exited.
2. Typed input that it has not read yet: it is busy.
3. Which process group has the terminal, and 4. does a thread of it sleep until the terminal has input,
5. really asleep, neither stopped nor held by a debugger?
6. Still no output? Else begin again: it wrote something before it slept.
7. How sure is it: `certain` by the kernel, else by prompt, marks, or mere quiet.
8. Does it wait for a line, a password, or fill the screen?

Between 2 and 6 the terminal's lock keeps anybody from typing, so what was found asleep has nothing to wake it.
"""

from __future__ import annotations

import errno
import select
import sys
from typing import TYPE_CHECKING

from bgterm.readiness.backoff import Backoff
from bgterm.readiness.confidence import waits_surely
from bgterm.readiness.judgement import Judgement
from bgterm.readiness.observation import Finding
from bgterm.results import Status

if sys.platform == "linux":
    from bgterm.readiness.linux.terminal import LinuxTerminal as TerminalKernel
else:
    from bgterm.readiness.portable import PortableTerminal as TerminalKernel

if TYPE_CHECKING:
    import re

    from bgterm.engine.terminal import Terminal
    from bgterm.readiness.drawing import Drawings
    from bgterm.readiness.marks import Marks
    from bgterm.readiness.observation import Kernel, Multiplexer

_TRIES = 3
_HOLDS_S = 0.01
_SLEEPING = frozenset({Finding.READING, Finding.LISTENING})


class Readiness:
    """Knows whether one terminal's program waits for input. Made at the first question; called with the lock held."""

    def __init__(self, terminal: Terminal, now: float, secret: str = "", prompt: re.Pattern[str] | None = None) -> None:
        """`secret` is what the session's shell integration signs its marks with; `prompt` is told of the program."""
        self._terminal = terminal
        self._prompt = prompt
        self._kernel: Kernel | None = None
        self.secret = secret
        self.drawings: Drawings | None = None
        """What `run` knows of the prompts; None before its first step."""
        self._judgement = Judgement(terminal, now, secret)
        self._backoff = Backoff()
        self._found: Status | None = None
        self._found_at = (0.0, 0, 0.0)
        self._poll = select.poll()
        self._poll.register(terminal.master, select.POLLIN)

    @property
    def marks(self) -> Marks:
        """The marks in the output as of the last look that needed them."""
        return self._judgement.marks

    @property
    def drawn_by(self) -> Multiplexer | None:
        """The multiplexer that draws what shows, None where what shows comes from the program itself."""
        return None if self._kernel is None else self._kernel.drawn_by

    def close(self) -> None:
        """Close the files of /proc that are kept open, also where an exception's traceback still holds this object."""
        self._kernel = None

    def look(self, now: float, prompt: re.Pattern[str] | None = None) -> tuple[Status, float]:
        """What is known at `now`, and when to look again though nothing has come (time.monotonic).

        `prompt` is the program's, where it is told for this look.
        """
        terminal = self._terminal
        if self._found is not None and self._holds(now):
            return self._found, now
        self._found = None
        status = self._status(now, prompt or self._prompt)
        if status.confidence == "certain" and waits_surely(status, "certain"):
            self._found, self._found_at = status, (now, terminal.output.end, terminal.last_input)
        again = self._backoff.next(max(terminal.last_output, terminal.last_input), now)
        if self._judgement.again_at:
            again = min(again, self._judgement.again_at)
        return status, again

    def _holds(self, now: float) -> bool:
        """Whether what was found just now need not be asked again: only input could have woken the program."""
        terminal = self._terminal
        found_at, end, last_input = self._found_at
        if now - found_at > _HOLDS_S or terminal.output.end != end or terminal.last_input != last_input:
            return False
        return not (terminal.exited or self._poll.poll(0) or terminal.notice_exit())

    def _status(self, now: float, prompt: re.Pattern[str] | None) -> Status:
        terminal = self._terminal
        for _ in range(_TRIES):
            if self._poll.poll(0):
                terminal.drain()
            known = self._known_without_the_kernel()
            if known is not None:
                return known
            if self._kernel is None:
                self._kernel = TerminalKernel.of(terminal)
            try:
                observation = self._kernel.observe(max(terminal.last_output, terminal.last_input))
            except OSError as error:
                if error.errno != errno.EIO:  # which the slave's end gives from then on (vhangup(2))
                    raise
                return Status("unknown", "none", "the terminal was hung up, and who waits on it now cannot be seen")
            if observation.finding in _SLEEPING and self._poll.poll(0):
                continue
            status = self._judgement.status(observation, self._kernel, now, prompt)
            # What only listens may have written something since.
            if observation.finding is not Finding.LISTENING or not self._poll.poll(0):
                return status
        return Status("busy", "certain", "its output is still coming")

    def _known_without_the_kernel(self) -> Status | None:
        terminal = self._terminal
        if terminal.notice_exit():
            self._kernel = None  # it keeps files of /proc open
            return Status("exited", "certain", _exit_in_words(terminal.child.exit_code))
        if terminal.input.pending_bytes:
            return Status("busy", "certain", f"{terminal.input.pending_bytes} typed bytes are not taken yet")
        if terminal.owes_answer:
            return Status("busy", "certain", "it has asked its terminal something, and is answered in a moment")
        return None


def _exit_in_words(code: int | None) -> str:
    if code is None:
        return "the program has exited, its exit code cannot be known"
    return f"the program was ended by signal {-code}" if code < 0 else f"the program has exited with code {code}"
