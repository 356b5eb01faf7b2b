"""How surely a program waits, and how surely is enough."""

from __future__ import annotations

from typing import get_args

from bgterm.results import Confidence, Status

FROM_THE_SUREST: tuple[Confidence, ...] = get_args(Confidence)
"""`"certain"`, `"prompt"`, `"marks"`, `"quiet"`, `"none"`."""

ENOUGH: Confidence = "marks"
"""What satisfies a wait unless the caller says otherwise: all but the guess from quiet."""

_WAITING = frozenset({"waiting", "password", "fullscreen"})


def check_confidence(least: str) -> None:
    """Raise ValueError unless this is a confidence that one can ask for."""
    if least not in FROM_THE_SUREST or least == "none":
        raise ValueError(f"min_confidence must be one of {FROM_THE_SUREST[:-1]}, not {least!r}")


def waits_surely(status: Status, least: Confidence) -> bool:
    """Whether the program waits for input, as surely as `least` at least."""
    return status.state in _WAITING and FROM_THE_SUREST.index(status.confidence) <= FROM_THE_SUREST.index(least)
