"""How much is measured: a full run, or a quick look that shows that it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of a run."""

    batches: int
    """Batches of each contestant in a paired run of quick calls."""
    batch_seconds: float
    """A slow contestant's batch is cut to about this: it makes fewer calls, at least one."""
    drain_bytes: int
    """What is drained at a time."""
    drains: int
    regex_bytes: int
    """The length of the flood with a pattern at its end."""
    steps: int
    """Steps with a REPL, in ten batches."""
    rounds: int
    """Rounds over many sessions."""
    many: tuple[int, ...]
    """How many sessions at once."""
    idle_seconds: float
    stalled_bytes: int
    """What is typed to a program that does not read."""


FULL = Scale(
    batches=40,
    batch_seconds=0.25,
    drain_bytes=10_000_000,
    drains=20,
    regex_bytes=50_000_000,
    steps=100,
    rounds=10,
    many=(8, 200),
    idle_seconds=5,
    stalled_bytes=10_000_000,
)
QUICK = Scale(
    batches=5,
    batch_seconds=0.1,
    drain_bytes=2_000_000,
    drains=2,
    regex_bytes=2_000_000,
    steps=10,
    rounds=2,
    many=(3,),
    idle_seconds=1,
    stalled_bytes=1_000_000,
)
