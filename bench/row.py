"""One figure of a bench, beside the bare loop's figure of the same run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Target:
    """What a row's figure, or its ratio to the bare loop, is to be."""

    of: Literal["figure", "ratio"]
    bound: Literal["at most", "at least"]
    value: float

    def words(self, unit: str) -> str:
        """Say the target as the table shows it."""
        sign = "≤" if self.bound == "at most" else "≥"
        return f"{sign} {self.value:g} {unit if self.of == 'figure' else '× bare'}".rstrip()

    def missed_by(self, reached: float) -> float:
        """By which part of itself the target is missed; 0 or less where it is met."""
        return reached / self.value - 1 if self.bound == "at most" else 1 - reached / self.value


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table.

    `bare` is the same work by `os` calls alone, None where there is no such thing. `note` says what a reader needs to
    judge the figure; where a target is missed, why.
    """

    name: str
    unit: str
    figure: float
    bare: float | None = None
    target: Target | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The figure as a multiple of the bare loop's."""
        return self.figure / self.bare if self.bare else None

    @property
    def missed_by(self) -> float | None:
        """By which part the target is missed (0 or less: met), None where there is no target."""
        if self.target is None:
            return None
        value = self.figure if self.target.of == "figure" else self.ratio
        return self.target.missed_by(value) if value is not None else None

    def as_json(self) -> dict[str, Any]:
        """Give the row with what follows from it, for the result file."""
        return asdict(self) | {"ratio": self.ratio, "missed_by": self.missed_by}

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> Row:
        """Read a row back from a result file."""
        target = Target(**row["target"]) if row["target"] else None
        return cls(row["name"], row["unit"], row["figure"], row["bare"], target, row["note"])
