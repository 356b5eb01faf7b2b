"""A task that is timed: all contestants in turn, in short batches, each in its own process beside the bare loop."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from typing import Any

from bench.pairing import Timing, paired
from bench.peers.adapters import BARE
from bench.peers.outcome import Outcome, Result
from bench.peers.program import CannotError
from bench.peers.running import LONGEST_S, Contestant, FailedError, StuckError

ENOUGH = 100
"""Calls from which a 99th percentile means something."""


def explained(error: CannotError | FailedError | StuckError, within: float) -> str:
    """Say why a contestant has no figure."""
    if isinstance(error, StuckError):
        return f"no answer within {within:g} s"
    return str(error)


class Turns:
    """The batches of one contestant."""

    def __init__(self, contestant: Contestant, do: str, within: float) -> None:
        self.contestant = contestant
        self._do = do
        self.within = within
        self.calls = 0
        self.cannot = ""
        self._most = sys.maxsize

    def prepare(self, arguments: Sequence[Any], batch_seconds: float) -> None:
        """Begin the task; a first call says how many calls fit into a batch. Sets `cannot` where it cannot."""
        try:
            self.contestant.ask("begin", within=self.within)
            self.contestant.ask("prepare", *arguments, within=self.within)
            cost = self.contestant.ask(self._do, 1, within=self.within)
            cost = self.contestant.ask(self._do, 1, within=self.within)
        except (CannotError, FailedError, StuckError) as error:
            self.cannot = explained(error, self.within)
            return
        if batch_seconds:
            self._most = max(1, int(batch_seconds / max(cost["seconds"], 1e-6)))

    def __call__(self, count: int) -> list[float]:
        """Make a batch of `count` calls, or fewer of slow ones."""
        if self.cannot:
            return [math.inf]
        try:
            answer = self.contestant.ask(self._do, min(count, self._most), within=self.within)
        except (CannotError, FailedError, StuckError) as error:
            self.cannot = explained(error, self.within)
            print(f"  {self.contestant.name}: {self.cannot}", file=sys.stderr, flush=True)
            return [math.inf]
        times: list[float] = answer["times"]
        self.calls += len(times)
        return times


def timed(
    result: Result,
    work: str,
    names: Iterable[str],
    arguments: Callable[[str], Sequence[Any]],
    *,
    batches: int,
    calls: int,
    batch_seconds: float = 0,
    do: str = "times",
    figure: Callable[[str, float], float] = lambda _, time: time,
    within: float = LONGEST_S,
) -> Result:
    """Let all contestants do a task in turn and fill `result` with what came of it.

    `figure` makes the row's figure of a contestant's name and its median; `within` bounds one batch, in seconds.
    """
    with ExitStack() as stack:
        turns: dict[str, Turns] = {}
        for name in (BARE, *names):
            entered = stack.enter_context(Contestant(name, work))
            turns[name] = Turns(entered, do, within)
            turns[name].prepare(arguments(name), batch_seconds)
            print(f"  {result.task}: {name} {turns[name].cannot or 'is ready'}", file=sys.stderr, flush=True)
        able = {name: turn for name, turn in turns.items() if not turn.cannot}
        timings = paired(able, batches=batches, calls=calls) if able else {}
    for name, turn in turns.items():
        result.outcomes.append(outcome(name, turn, timings.get(name), figure))
    bare = result.of(BARE)
    for each in result.outcomes:
        if bare is not None and bare.figure and each.figure is not None:
            each.ratio = each.figure / bare.figure
    return result


def outcome(name: str, turn: Turns, timing: Timing | None, figure: Callable[[str, float], float]) -> Outcome:
    """Sum up one contestant."""
    if turn.cannot or timing is None:
        return Outcome(name, cannot=turn.cannot)
    p99 = figure(name, timing.p99_all) if turn.calls >= ENOUGH else None
    return Outcome(name, figure(name, timing.p50), p99, calls=turn.calls)
