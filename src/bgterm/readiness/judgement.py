"""Step 7 and 8 of the procedure: how sure is it, and what does the program wait for?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bgterm.readiness.line_editors import DRAWN_BY, drawn_prompt, silent_read
from bgterm.readiness.marks import Mark, Marks
from bgterm.readiness.observation import Finding, Observation
from bgterm.readiness.programs import ASK_FOR_SECRETS, FULL_SCREEN, MULTIPLEXERS, RELAYS
from bgterm.readiness.prompts import (
    ANYBODY,
    ITS_TIME,
    MOST,
    NOBODY,
    AtWork,
    Prompts,
    looks_like_prompt,
    restless,
)
from bgterm.readiness.questions import LESS, question, well_known_prompt
from bgterm.readiness.row import (
    PROMPT_BYTES,
    ROWS_MAX,
    cursor_is_on_bracket,
    line_left_of_cursor,
    rows_above_cursor,
    text_left_of_cursor,
)
from bgterm.readiness.shell_prompt import ShellPrompts
from bgterm.readiness.stillness import Stillness
from bgterm.readiness.told import ends_in
from bgterm.results import Foreground, Status

if TYPE_CHECKING:
    import re

    from bgterm.engine.terminal import Terminal
    from bgterm.readiness.observation import Kernel
    from bgterm.results import Confidence, State

_SHELL_MARK_S = 0.02
_PASTE_MARK_S = 0.05
_FULL_SCREEN_S = 0.05
_TOLD_S = 0.02
_QUESTION_S = 0.1
_STILL_S = 0.6
_STILL_AGAINST_PROMPT_S = 2.0
_SECRET_S = 0.03
_HIDDEN = frozenset({Finding.REFUSED, Finding.UNSEEN})
_COLUMNS = 80  # where the terminal does not say its width


class Judgement:
    """Turns what the kernel observed, and what the output shows, into a `Status`."""

    def __init__(self, terminal: Terminal, now: float, secret: str = "") -> None:
        self._terminal = terminal
        self._stillness = Stillness(terminal, now)
        self._prompts = Prompts()
        self._shell_prompts = ShellPrompts(terminal)
        self._row: tuple[int, str, str] = (-1, "", "")
        self._stood_at: tuple[str, str, str, int, int] | None = None
        self._has_prompt = 0  # the last program that has shown a prompt by which it is known
        self._told: re.Pattern[str] | None = None
        self._in_picture = False  # what shows is drawn by a multiplexer, and so are the modes
        self.marks = Marks(secret)
        self.again_at = 0.0
        """When time alone may change the answer, 0.0 if it cannot soon."""

    def status(
        self, observation: Observation, kernel: Kernel, now: float, told: re.Pattern[str] | None = None
    ) -> Status:
        """What is known, given this observation that `kernel` made at `now`; `told` is the program's prompt."""
        self.again_at = 0.0
        self._told = told
        self._in_picture = kernel.drawn_by is not None
        self._learn()
        finding = observation.finding
        if finding is Finding.UNREAD_INPUT or finding is Finding.STOPPED:
            state: State = "busy" if finding is Finding.UNREAD_INPUT else "stopped"
            return self._answer(observation, state, "certain", observation.why)
        relay = observation.name in RELAYS
        if finding is Finding.WORKING and not relay:
            return self._answer(observation, "busy", "certain", observation.why)
        if finding is Finding.READING:
            return self._waits(observation, kernel, "certain", observation.why)
        self.marks.update(self._terminal.output)
        shown = self._shown(observation, kernel, now)
        if shown is not None:
            return shown
        if finding in _HIDDEN:
            return self._hidden(observation, kernel, now)
        if relay:
            return self._relayed(observation, kernel, now)
        return self._listening(observation, kernel, now)

    def _shown(self, observation: Observation, kernel: Kernel, now: float) -> Status | None:
        """What the cursor's row says: the prompt that was told, a question, a well-known prompt far away."""
        if not self._answered():
            return None
        row = self._line()
        state: State | None = None
        why, seconds = "it shows the prompt that was told", _TOLD_S
        if self._told is None or not ends_in(self._told, row):
            why, seconds = "its cursor stands behind a question", _QUESTION_S
            state = question(row)
            far = observation.finding in _HIDDEN or observation.name in RELAYS - MULTIPLEXERS
            if state is None and far and row == LESS:
                state = "fullscreen"
            elif state is None and far and (well_known_prompt(row) or self._has_stood_at(observation, kernel, row)):
                why, state = "its cursor stands behind a prompt", "waiting"
            if state is None:
                return None
        since = self._still_since(observation, kernel, now)
        if since is None:
            return None
        wait_s = seconds - (now - since)
        if wait_s > 0:
            self.again_at = now + wait_s
            return None
        if observation.finding is Finding.LISTENING and (
            kernel.runs(observation.pid) if seconds == _TOLD_S else self._works(observation, kernel)
        ):
            return None
        return self._waits(observation, kernel, "prompt", why, state)

    def _listening(self, observation: Observation, kernel: Kernel, now: float) -> Status:
        """An event loop, a timed loop, a reader thread, or one that reads beside others at work."""
        still = now - self._stillness.since
        if observation.name in FULL_SCREEN and not observation.canonical:
            wait_s = (_FULL_SCREEN_S if self._answered() else _STILL_S) - still  # it may be about to end
            if wait_s <= 0:
                return self._waits(observation, kernel, "marks", "it fills the screen, and listens for keys")
            self.again_at = now + wait_s
        prompt, command = self._line(), kernel.command(observation.pid)
        tolerated = self._tolerated(observation, kernel, command, prompt) if self._answered() else None
        if tolerated is not None:
            self._has_prompt = observation.pid
            # It may have taken in lines that were typed ahead, and be about to go on with them.
            if not self._works(observation, kernel, tolerated):
                return self._waits(observation, kernel, "prompt", "it listens, and shows its prompt")
        marked = self._marked(observation, kernel, now)
        if marked is not None and marked.state != "busy":
            signed = self.marks.shell is not None and self.marks.shell.signed
            if signed or not self._works(observation, kernel, ITS_TIME):
                return marked
            marked = None
        known = observation.pid == self._has_prompt
        against = known and tolerated is None
        if self._stillness.lasts(_STILL_AGAINST_PROMPT_S if against else _STILL_S, kernel, observation.group, now):
            self._stands_at(observation, kernel)
            return self._waits(
                observation, kernel, "quiet", "it listens and has been still, which is no proof that it waits for you"
            )
        if against:
            return self._answer(observation, "busy", "prompt", "it listens for input, but does not show its prompt")
        return marked or self._answer(
            observation, "unknown", "none", f"{observation.why}: it may be working, or wait for you"
        )

    def _tolerated(self, observation: Observation, kernel: Kernel, command: str, prompt: str) -> AtWork | None:
        """Who may be at work where the row shows this program's prompt, None where it does not."""
        if self._shows_bracket():
            return None
        tolerated = self._prompts.known(observation.name, command, prompt)
        if tolerated is None and drawn_prompt(self._terminal.output):
            return ANYBODY if kernel.executable(observation.pid) in DRAWN_BY else NOBODY
        return tolerated

    def _shows_bracket(self) -> bool:
        """It shows which bracket one just typed closes, by half a second on it: then it goes on with the line."""
        return cursor_is_on_bracket(self._terminal.output, self._terminal.size()[1])

    def _works(self, observation: Observation, kernel: Kernel, tolerated: AtWork = NOBODY) -> bool:
        """Whether a program that listens runs, or more than is tolerated could bring output by themselves."""
        if tolerated is ANYBODY or observation.name in RELAYS or restless(observation.name):
            return kernel.runs(observation.pid)  # their timers, and what the other side sends, say nothing
        return kernel.at_work(*tolerated) > tolerated.most

    def _relayed(self, observation: Observation, kernel: Kernel, now: float) -> Status:
        """A relay to elsewhere: only the output can tell."""
        marked = None if observation.name in MULTIPLEXERS else self._marked(observation, kernel, now)
        if marked is not None and marked.state != "busy":
            return marked
        limit = _STILL_AGAINST_PROMPT_S if marked else _STILL_S
        if self._stillness.lasts(limit, kernel, observation.group, now):
            self._stands_at(observation, kernel)
            return self._waits(
                observation, kernel, "quiet", "nothing has come from the other side, which is no proof that it waits"
            )
        why = "it carries the terminal to where this kernel cannot look"
        return marked or self._answer(observation, "unknown", "none", why)

    def _hidden(self, observation: Observation, kernel: Kernel, now: float) -> Status:
        """A program of somebody else's, such as sudo, shows whether it sleeps; others not even that."""
        since = self._still_since(observation, kernel, now)
        if since is None:
            return self._answer(observation, "busy", "certain", "it runs")
        still = now - since
        if observation.canonical and not observation.echo and self._line().strip():
            if still >= _SECRET_S:
                return self._waits(observation, kernel, "marks", "it sleeps with the echo switched off")
            self.again_at = now + _SECRET_S - still
        marked = self._marked(observation, kernel, now)
        if marked is not None and marked.state != "busy":
            return marked
        if self._stillness.lasts(_STILL_S, kernel, observation.group, now) and still >= _STILL_S:
            return self._waits(observation, kernel, "quiet", f"{observation.why}, but nothing has come from it")
        if marked is not None:
            return marked
        if observation.finding is Finding.REFUSED:
            return self._answer(observation, "busy", "none", observation.why)
        return self._answer(observation, "unknown", "none", observation.why)

    def _still_since(self, observation: Observation, kernel: Kernel, now: float) -> float | None:
        """Since when nothing has come or gone, nor, of a program that shows no more than that, run; None if it runs."""
        since = self._stillness.since
        if observation.finding is not Finding.REFUSED:
            return since
        asleep_since = kernel.sleeps_since(observation.group, now)
        return None if asleep_since is None else max(since, asleep_since)

    def _marked(self, observation: Observation, kernel: Kernel, now: float) -> Status | None:
        """What the marks since the last input say, None if nothing."""
        terminal, marks = self._terminal, self.marks
        still = now - self._stillness.since
        shell, paste = marks.shell, marks.paste
        if (
            shell is not None
            and shell.end > terminal.input_mark
            and (shell.kind in b"AB" or paste is None or paste.end < shell.end)  # else a line editor began since
        ):
            if shell.kind not in b"AB":
                return self._answer(observation, "busy", "marks", "its shell says that a command runs")
            if not shell.signed and not self._edits(observation, shell):
                return None
            if still >= _SHELL_MARK_S:
                return self._waits(observation, kernel, "marks", "its shell says that a prompt shows")
            self.again_at = now + _SHELL_MARK_S - still
        elif paste is not None and paste.end > terminal.input_mark:
            if paste.kind == b"l":
                return self._answer(observation, "busy", "marks", "its line editor has taken the line")
            if not self._edits(observation, paste):
                return None
            if still >= _PASTE_MARK_S:
                return self._waits(observation, kernel, "marks", "its line editor waits for a line")
            self.again_at = now + _PASTE_MARK_S - still
        return None

    def _edits(self, observation: Observation, mark: Mark) -> bool:
        """Whether a line editor can have drawn what shows with the mark: any program can print one.

        It draws its prompt there, and takes keys. What is far shows no modes: there the prompt must look like one.
        """
        row, output = self._line(), self._terminal.output
        if not row.strip() or output.end - mark.end > PROMPT_BYTES or self._shows_bracket():
            return False
        if rows_above_cursor(output.read(mark.end, output.end)) > ROWS_MAX:
            return False
        if observation.finding not in _HIDDEN and observation.name not in RELAYS:
            return not observation.canonical
        return looks_like_prompt(row)

    def _waits(
        self, observation: Observation, kernel: Kernel, confidence: Confidence, why: str, asks: State | None = None
    ) -> Status:
        """It waits: for what `asks` says, or else for what its terminal's modes say."""
        self.marks.update(self._terminal.output)
        prompt = self._prompt()
        at_shell_prompt = self._shell_prompts.shows(observation, kernel, self.marks, prompt)
        state: State = asks or "waiting"
        if observation.canonical:
            state = "waiting" if observation.echo else "password"
            if question(prompt) == "fullscreen":
                state = "fullscreen"  # gdb's own pager reads a line
        elif not at_shell_prompt and self._asks_secret(observation, prompt):
            state = "password"
        elif not at_shell_prompt and self._fills_the_screen(observation, prompt):
            state = "fullscreen"
        return self._answer(observation, state, confidence, why, prompt, at_shell_prompt)

    def _asks_secret(self, observation: Observation, row: str) -> bool:
        """Whether a program that takes keys, and shows of them what it wants, asks for a secret."""
        if observation.name in ASK_FOR_SECRETS or question(row) == "password":
            return True
        return observation.name == "fish" and silent_read(self._terminal.output, row)

    def _fills_the_screen(self, observation: Observation, row: str) -> bool:
        """Whether a program that takes keys draws a screen of its own, on the alternate screen or the main one."""
        if observation.name in MULTIPLEXERS:
            return False  # it does, but what counts is what shows in it
        return (
            (self.marks.alternate and not self._in_picture)
            or observation.name in FULL_SCREEN
            or question(row) == "fullscreen"
        )

    def _answer(
        self,
        observation: Observation,
        state: State,
        confidence: Confidence,
        why: str,
        prompt: str = "",
        at_shell_prompt: bool | None = None,
    ) -> Status:
        foreground = Foreground(observation.name, observation.pid) if observation.pid else None
        who = observation.name or "the program"
        return Status(state, confidence, f"{who}: {why}", foreground, prompt, at_shell_prompt)

    def _answered(self) -> bool:
        """Something has come since the last input: what shows is not the prompt at which it was typed."""
        return self._terminal.output.end > self._terminal.input_mark

    def _has_stood_at(self, observation: Observation, kernel: Kernel, row: str) -> bool:
        return self._prompts.known(observation.name, kernel.command(observation.pid), row) is not None

    def _stands_at(self, observation: Observation, kernel: Kernel) -> None:
        at_work = 0 if observation.name in RELAYS else kernel.at_work(MOST)
        command = kernel.command(observation.pid)
        self._stood_at = (observation.name, command, self._line(), at_work, self._terminal.output.end)

    def _learn(self) -> None:
        """Where a program stood still, and then somebody typed, there it had a prompt."""
        if self._stood_at is not None:
            name, command, prompt, at_work, end = self._stood_at
            if self._terminal.input_mark == end and self._terminal.last_input:
                self._prompts.learn(name, command, prompt, at_work)
            if self._terminal.output.end > end or self._terminal.input_mark >= end:
                self._stood_at = None

    def _prompt(self) -> str:
        return self._rows()[1]

    def _line(self) -> str:
        """The cursor's row with those above it that it was wrapped from: a prompt may be cut by the right edge."""
        return self._rows()[2]

    def _rows(self) -> tuple[int, str, str]:
        output = self._terminal.output
        if self._row[0] != output.end:
            try:
                columns = os.get_terminal_size(self._terminal.master).columns or _COLUMNS
            except OSError:
                columns = _COLUMNS
            row = text_left_of_cursor(output, columns)
            self._row = (output.end, row, line_left_of_cursor(output, columns, row))
        return self._row
