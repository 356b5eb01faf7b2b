"""A shell's own prompt, and what else waits in a shell: `read -e`, `select`, `vared`, a continuation, a search.

All of them look alike from outside, up to the line editor. What tells them apart is how deep the shell's stack is
where it sleeps: each place in a program that asks for input has a depth of its own, the same each time and in each
process of that program. The first time that a new shell waits, before anybody typed anything to it, it prompts. So the
depth of its prompts is known from then on, and with it the rows that they show: a continuation of some kinds (bash's
`for`) is read at the same depth.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING

from bgterm.readiness.marks import EDITS
from bgterm.readiness.programs import RELAYS, SHELLS
from bgterm.readiness.prompts import ENDS, in_general
from bgterm.readiness.questions import question
from bgterm.readiness.shell_arguments import shell_arguments

if TYPE_CHECKING:
    from bgterm.engine.terminal import Terminal
    from bgterm.readiness.marks import Marks
    from bgterm.readiness.observation import Kernel, Observation, Place

_START_S = 0.01
"""The kernel tells when a process started to so many seconds (USER_HZ)."""
_ECHO_BYTES = 4096
_FIRST_BYTES = 1 << 16
_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")
_CONTINUATION = ">"  # what POSIX makes PS2

_OF_ONES_OWN = frozenset({"nu", "xonsh", "elvish"})
"""Shells whose arguments are not like those of the others."""


class ShellPrompts:
    """Knows the prompts of the shells in one terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._depths: dict[Hashable, int] = {}
        self._rows: dict[str, set[str]] = {}
        self._shown: tuple[int, float] | None = None
        """The process that prompts, and the last input before: without another it prompts still."""
        self._shown_at = 0  # the end of the output then
        self._announcer = 0  # the process that marks its prompts
        self._interactive: tuple[int, int, bool] = (0, 0, False)

    def shows(self, observation: Observation, kernel: Kernel, marks: Marks, row: str) -> bool | None:
        """Whether a shell that waits does so at its prompt, where nothing has been typed yet; None if unknown.

        `row` is the text left of the cursor.
        """
        name, pid = observation.name, observation.pid
        if name not in SHELLS:
            return None if name in RELAYS or not name else False
        now_shown = (pid, self._terminal.last_input)
        if self._shown == now_shown:
            return True
        place = kernel.place(observation)
        if not self._is_interactive(observation, kernel, place):
            return False
        shows = self._judged(observation, place, marks, row)
        if shows and place is not None:
            self._shown, self._shown_at = now_shown, self._terminal.output.end
        return shows

    def _is_interactive(self, observation: Observation, kernel: Kernel, place: Place | None) -> bool:
        """Whether the shell was started to prompt: not for a script, nor for one command."""
        if observation.name in _OF_ONES_OWN:
            return True
        pid, image = observation.pid, 0 if place is None else place.image
        if place is None or self._interactive[:2] != (pid, image):
            self._interactive = (pid, image, shell_arguments(observation.name, kernel.arguments(pid)).prompts)
        return self._interactive[2]

    def _judged(self, observation: Observation, place: Place | None, marks: Marks, row: str) -> bool | None:
        if not self._row_left():
            return False  # keys, or the beginning of a line
        mark = marks.shell
        if mark is not None and mark.end <= self._terminal.input_mark:
            mark = None
        if mark is not None and (mark.kind not in b"AB" or marks.continuation):
            if self._announcer in {0, observation.pid}:
                return False
            mark = None  # what the shell said that started this one
        known = None if place is None else self._depths.get(place.program)
        rows = self._rows.setdefault(observation.name, set())
        text = in_general(row)
        if any(text != each and each.endswith(ENDS) and text.startswith(each) for each in rows):
            return False  # what was typed ahead stands in it
        told = mark is not None and (mark.signed or not marks.signs)
        if told:
            self._announcer = observation.pid
        if not told and place is not None and known not in {None, place.depth}:
            return None if text in rows and not marks.signs else False
        new = self._is_new(observation.pid, place)
        if told or self._is_prompt(text, rows, new=new, known=known is not None):
            if place is not None:
                self._depths.setdefault(place.program, place.depth)
            rows.add(text)
            return True
        # The depth is that of a prompt, but a continuation may have it too.
        return False if known is not None and _is_no_prompt(text) else None

    def _row_left(self) -> bool:
        """Whether the cursor has left the row where a prompt was seen last."""
        output = self._terminal.output
        if not self._shown_at or output.start > self._shown_at:
            return True
        return b"\n" in output.read(self._shown_at, self._shown_at + _ECHO_BYTES)

    def _is_prompt(self, text: str, rows: set[str], *, new: bool, known: bool) -> bool:
        """Whether this row is a prompt, of a shell that sleeps where it prompts, as far as that is `known`.

        `new` says that nobody has typed anything to it.
        """
        if text in rows:
            return True
        if _is_no_prompt(text):
            return new and text == _CONTINUATION
        if new or self._was_drawn_first(text):
            return True
        if not (known or rows):
            return False
        return self._something_ran() or any(len(text) > 1 and text[-1] == each[-1:] for each in rows)

    def _is_new(self, pid: int, place: Place | None) -> bool:
        """Whether nobody has typed anything since the shell began."""
        terminal = self._terminal
        if pid == terminal.child.pid or place is None:
            return not terminal.last_input
        return place.started + _START_S > terminal.last_input  # typed before, to the shell that started this one

    def _was_drawn_first(self, text: str) -> bool:
        """Whether this begins the row where a line editor began for the first time, and no shell is known yet."""
        if any(self._rows.values()):
            return False
        output = self._terminal.output
        if output.start > 0:
            return False
        data = output.read(0, min(output.end, _FIRST_BYTES))
        begins = data.find(EDITS)
        if begins < 0:
            return False
        end = data.find(b"\n", begins)
        from bgterm.views.plain import plain  # noqa: PLC0415 - its patterns take milliseconds to compile

        row = plain(data[data.rfind(b"\n", 0, begins) + 1 : end if end >= 0 else len(data)].decode(errors="replace"))
        return in_general(row).startswith(text)

    def _something_ran(self) -> bool:
        """Whether anything was said between the line that was typed last and the row of the cursor."""
        terminal = self._terminal
        said = terminal.output.read(terminal.input_mark, terminal.input_mark + _ECHO_BYTES).split(b"\n")[1:-1]
        return any(_SEQUENCE.sub(b"", row).strip() for row in said)


def _is_no_prompt(text: str) -> bool:
    """Whether a row is blank, as in an editor of several lines, or asks something, or begins a continuation."""
    return not text or text == _CONTINUATION or text[-1] in "?:" or question(text) is not None
