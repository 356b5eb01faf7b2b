"""A task that is judged: what happens is told in words, or counted once."""

from __future__ import annotations

from collections.abc import Callable

from bench.peers.adapters import BARE, NAMES
from bench.peers.outcome import Outcome, Result
from bench.peers.program import CannotError
from bench.peers.running import LONGEST_S, Contestant, FailedError, StuckError
from bench.peers.timed import explained


def judged(result: Result, work: str, judge: Callable[[Contestant], Outcome], *, bare: bool = False) -> Result:
    """Let each contestant do a task by itself; `judge` asks it and says what became of it."""
    for name in (*([BARE] if bare else []), *NAMES):
        with Contestant(name, work) as contestant:
            try:
                contestant.ask("begin")
                outcome = judge(contestant)
            except (CannotError, FailedError, StuckError) as error:
                outcome = Outcome(name, cannot=explained(error, LONGEST_S))
        result.outcomes.append(outcome)
    return result
