"""What became of one contestant in one task."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(slots=True)
class Outcome:
    """A figure or some words; or neither, and `cannot` says why.

    `ratio` is the figure as a multiple of the bare loop's in the same run. `right` judges an outcome that is told in
    words. `p99` is of all calls, a neighbour's noise included; None where there were too few of them.
    """

    peer: str
    figure: float | None = None
    p99: float | None = None
    ratio: float | None = None
    calls: int = 0
    words: str = ""
    right: bool | None = None
    cannot: str = ""
    note: str = ""


@dataclass(slots=True)
class Result:
    """A row of the comparison: one task, done by all."""

    task: str
    title: str
    unit: str
    better: Literal["less", "more", "right"]
    outcomes: list[Outcome]
    machine: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def of(self, peer: str) -> Outcome | None:
        """Return the outcome of one contestant."""
        return next((outcome for outcome in self.outcomes if outcome.peer == peer), None)

    def as_json(self) -> dict[str, Any]:
        """Give it for the result file."""
        return asdict(self)

    @classmethod
    def from_json(cls, result: dict[str, Any]) -> Result:
        """Read it back from a result file."""
        row = cls(**result)
        row.outcomes = [Outcome(**outcome) for outcome in result["outcomes"]]
        return row
