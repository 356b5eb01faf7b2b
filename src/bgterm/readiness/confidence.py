"""How surely a program waits, and how surely is enough."""

from __future__ import annotations

from typing import get_args

from bgterm.arguments import one_of
from bgterm.results import Confidence, Status

FROM_THE_SUREST: tuple[Confidence, ...] = get_args(Confidence)
"""`"certain"`, `"prompt"`, `"marks"`, `"quiet"`, `"none"`."""

ENOUGH: Confidence = "marks"
"""What satisfies a wait unless the caller says otherwise: all but the guess from quiet."""

_WAITING = frozenset({"waiting", "password", "fullscreen"})


def check_confidence(least: str) -> None:
    """Raise TypeError or ValueError unless this is a confidence that one can ask for."""
    one_of("min_confidence", least, FROM_THE_SUREST[:-1])  # but for "none"


def waits_surely(status: Status, least: Confidence) -> bool:
    """Whether the program waits for input, as surely as `least` at least."""
    return status.state in _WAITING and FROM_THE_SUREST.index(status.confidence) <= FROM_THE_SUREST.index(least)
