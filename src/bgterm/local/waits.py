"""One wait, which says why it ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from bgterm.begun import Done
from bgterm.engine.terminal import Terminal
from bgterm.readiness.confidence import waits_surely
from bgterm.results import Confidence, Reason, Status

if TYPE_CHECKING:
    import re

    from bgterm.engine.attendance import Sleeper
    from bgterm.readiness.drawing import Drawings
    from bgterm.readiness.look import Readiness
    from bgterm.readiness.panes import Pane

S = TypeVar("S")
T = TypeVar("T")


class Condition:
    """What is waited for. All of it is used with the terminal's lock held."""

    look_at = math.inf
    """When to ask again though nothing happened (time.monotonic); set by `met`."""
    match: re.Match[str] | re.Match[bytes] | None = None
    """What was found in the output, if that was waited for."""
    match_end = 0
    """The offset of the first byte after the match."""
    status: Status | None = None
    """The last look at the program, if it was looked at."""
    index: int | None = None
    """Which of several it was that held."""
    holds: Reason = "output"
    """What `met` returns where the condition holds, and not merely nothing more can come."""

    def met(self, now: float, /) -> Reason | None:
        """Why the wait ends now, or None."""
        raise NotImplementedError


class Output(Condition):
    """Something unread is there, or nothing more will come."""

    def __init__(self, terminal: Terminal, has_unread: Callable[[], bool]) -> None:
        self._terminal = terminal
        self._has_unread = has_unread

    def met(self, _now: float, /) -> Reason | None:
        """See `Condition`."""
        output = self._terminal.output
        if output.end != output.cursor and self._has_unread():
            return "output"
        return "exit" if self._terminal.exited else None


class Exit(Condition):
    """The program has exited, or cannot before its output is read (if `reads`: the wait is for one who will)."""

    holds: Reason = "exit"

    def __init__(self, terminal: Terminal, *, reads: bool) -> None:
        self._terminal = terminal
        self._reads = reads

    def met(self, _now: float, /) -> Reason | None:
        """See `Condition`."""
        if self._terminal.exited:
            return "exit"
        return "output" if self._reads and self._terminal.is_full() else None


class Ready(Condition):
    """The program waits for input, or has exited."""

    holds: Reason = "ready"

    def __init__(
        self, terminal: Terminal, readiness: Readiness, least: Confidence, prompt: re.Pattern[str] | None = None
    ) -> None:
        """`prompt` is the program's, where it is told for this wait."""
        self._prompt = prompt
        self._terminal = terminal
        self._readiness = readiness
        self._least: Confidence = least

    def met(self, now: float) -> Reason | None:
        """See `Condition`."""
        self.status, self.look_at = self._readiness.look(now, self._prompt)
        if self.status.state == "exited":
            return "exit"
        if waits_surely(self.status, self._least):
            return "ready"
        # A program that waits for its reader gets no further.
        return "output" if self._terminal.is_full() else None

    @property
    def secret(self) -> str:
        """What the session's shell integration signs its marks with, "" where there is none."""
        return self._readiness.secret

    def drawings(self) -> Drawings:
        """What is known of the prompts of this session's programs."""
        if self._readiness.drawings is None:
            from bgterm.readiness.drawing import Drawings  # noqa: PLC0415 - patterns take time to compile

            self._readiness.drawings = Drawings(self._readiness.secret)
        return self._readiness.drawings

    def pane(self) -> Pane | None:
        """The pane of a multiplexer that shows now, None where there is no multiplexer."""
        drawn_by = self._readiness.drawn_by
        if drawn_by is None:
            return None
        from bgterm.readiness.panes import Pane  # noqa: PLC0415 - few come here

        return Pane(drawn_by)

    def takes_paste(self) -> bool:
        """Whether the line editor that waits has switched bracketed paste on."""
        return self._readiness.marks.takes_paste

    def directory(self) -> str | None:
        """The current directory that shell integration has told, if any."""
        return self._readiness.marks.directory

    def exit_code_since(self, offset: int) -> int | None:
        """The exit code that shell integration has told since `offset`, if any."""
        return self._readiness.marks.exit_code_since(offset)


class FirstOf(Condition):
    """The first of several conditions that holds; of matches it is that which ends first in the output."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._conditions = conditions

    def met(self, now: float, /) -> Reason | None:
        """See `Condition`."""
        reasons: list[Reason | None] = [condition.met(now) for condition in self._conditions]
        self.look_at = min(condition.look_at for condition in self._conditions)
        self.status = next((each.status for each in self._conditions if each.status is not None), None)
        if not any(reasons):
            return None
        if "match" not in reasons:
            # Patterns look back over everything once output pauses: now they must not be passed over.
            reasons = [
                condition.met(math.inf) if condition.holds == "match" else reason
                for condition, reason in zip(self._conditions, reasons, strict=True)
            ]
        held = [
            (condition.match_end if condition.match is not None else math.inf, index)
            for index, (condition, reason) in enumerate(zip(self._conditions, reasons, strict=True))
            if reason == condition.holds
        ]
        if not held:
            return next(reason for reason in reasons if reason is not None)
        self.index = min(held)[1]
        first = self._conditions[self.index]
        self.match, self.match_end = first.match, first.match_end
        return first.holds


class Wait(Generic[T]):
    """A wait on one terminal: a condition and a time. Its kinds say in `_outcome` what comes of it.

    It ends when the condition is met, and then, with `settle_s`, when output has been still for as long
    ("settled"), or when its time is up ("timeout"). Settling never goes beyond the deadline plus `settle_s`.
    Once the terminal is closed it raises what `closed` gives.
    Before the time is taken to be up the terminal is looked at once more: also a wait of no time is truthful.

    It does not sleep. `Terminal.wait` sleeps for a thread, an event loop for a coroutine, and both call it
    (with the terminal's lock held) after each change and when `look_at` has come. What it consumed is given back
    where it did not get to its reader: after Ctrl-C, a cancellation.
    """

    __slots__ = ("_closed", "_condition", "_deadline", "_met", "_settle_s", "_terminal", "look_at")

    def __init__(
        self,
        terminal: Terminal,
        condition: Condition,
        deadline: float,
        settle_s: float,
        closed: Callable[[], Exception],
    ) -> None:
        self._terminal = terminal
        self._condition = condition
        self._deadline = deadline
        self._settle_s = settle_s
        self._closed = closed
        self._met: Reason | None = None
        self.look_at = deadline

    def __call__(self, now: float) -> T | None:
        """The outcome if the wait ends now, else None: see `engine.waker.Attempt`."""
        if self._terminal.closed:
            raise self._closed()
        reason = self._met or self._condition.met(now)
        if reason is None:
            if now < self._deadline:
                self.look_at = min(self._condition.look_at, self._deadline)
                return None
            reason = self._last_look(now)
        if self._settle_s and reason not in {"timeout", "exit"}:
            self._met = reason
            reason = self._settled(now, reason)
        return None if reason is None else self._outcome(reason)

    def give_back(self) -> None:
        """See `engine.waker.Attempt`: nothing was consumed."""

    def _outcome(self, reason: Reason) -> T:
        raise NotImplementedError

    # As `begun.Waiting`: without the lock.

    def outcome(self) -> T:
        """See `Waiting`: this thread leads, if nobody else does."""
        return self._terminal.wait(self)

    def begin(self) -> None:
        """See `Waiting`: nothing comes before it."""

    def attempt(self, now: float) -> Done[T] | None:
        """See `Waiting`."""
        with self._terminal.lock:
            outcome = self(now)
        return None if outcome is None else Done(outcome)

    def attend(self, sleeper: Sleeper) -> None:
        """See `Waiting`."""
        with self._terminal.lock:
            self._terminal.attend(sleeper, may_lead=False)

    def lead(self, sleeper: Sleeper, watch: Callable[[tuple[int, ...]], None]) -> None:
        """See `Waiting`."""
        with self._terminal.lock:
            self._terminal.lead(sleeper, watch)

    def take(self, sleeper: Sleeper, events: list[tuple[int, int]]) -> None:
        """See `Waiting`."""
        with self._terminal.lock:
            self._terminal.take(sleeper, events)

    def leave(self, sleeper: Sleeper) -> None:
        """See `Waiting`."""
        with self._terminal.lock:
            self._terminal.leave(sleeper)

    def undo(self) -> None:
        """See `Waiting`."""
        with self._terminal.lock:
            self.give_back()

    def _last_look(self, now: float) -> Reason:
        if self._terminal.look():
            return self._condition.met(now) or "timeout"
        return "timeout"

    def _settled(self, now: float, reason: Reason) -> Reason | None:
        terminal = self._terminal
        if terminal.exited:
            return "exit"
        still_at = max(terminal.last_output, terminal.last_input) + self._settle_s
        if now >= still_at:
            return "settled"
        if now >= self._deadline + self._settle_s or terminal.is_full():
            return reason
        self.look_at = min(still_at, self._deadline + self._settle_s)
        return None


class Then(Generic[T, S]):
    """A wait (see `begun.Waiting`), and what is made of its outcome."""

    __slots__ = ("_make", "_wait")

    def __init__(self, wait: Wait[S], make: Callable[[S], T]) -> None:
        self._wait = wait
        self._make = make

    def outcome(self) -> T:
        """See `Waiting`."""
        return self._make(self._wait.outcome())

    @property
    def look_at(self) -> float:
        """See `Waiting`."""
        return self._wait.look_at

    def begin(self) -> None:
        """See `Waiting`."""
        self._wait.begin()

    def attempt(self, now: float) -> Done[T] | None:
        """See `Waiting`."""
        done = self._wait.attempt(now)
        return None if done is None else Done(self._make(done.value))

    def attend(self, sleeper: Sleeper) -> None:
        """See `Waiting`."""
        self._wait.attend(sleeper)

    def lead(self, sleeper: Sleeper, watch: Callable[[tuple[int, ...]], None]) -> None:
        """See `Waiting`."""
        self._wait.lead(sleeper, watch)

    def take(self, sleeper: Sleeper, events: list[tuple[int, int]]) -> None:
        """See `Waiting`."""
        self._wait.take(sleeper, events)

    def leave(self, sleeper: Sleeper) -> None:
        """See `Waiting`."""
        self._wait.leave(sleeper)

    def undo(self) -> None:
        """See `Waiting`."""
        self._wait.undo()


class ReasonWait(Wait[Reason]):
    """A wait that is only about why it ended."""

    __slots__ = ()

    def _outcome(self, reason: Reason) -> Reason:
        return reason
