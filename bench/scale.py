"""How much is measured: a full run, or a quick look that shows that the benches work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of a run."""

    batches: int
    """Batches of each contestant in a paired run of quick calls."""
    drains: int
    """Floods that each contestant reads."""
    flood_bytes: int
    """The length of one flood."""
    sessions: int
    """Sessions that are open at once in the row about idle ones."""
    idle_seconds: float
    """For how long they are watched."""


FULL = Scale(batches=40, drains=15, flood_bytes=50_000_000, sessions=1000, idle_seconds=5)
QUICK = Scale(batches=5, drains=3, flood_bytes=5_000_000, sessions=100, idle_seconds=1)
