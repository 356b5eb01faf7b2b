"""The verbs of a class, whether it has them of its own or from a base."""

from __future__ import annotations

import inspect


def verbs(home: type) -> set[str]:
    """The names of its public methods."""
    return {name for name, _ in inspect.getmembers(home, inspect.isfunction) if not name.startswith("_")}


def properties(home: type) -> set[str]:
    """The names of its public properties."""
    return {name for name, _ in inspect.getmembers(home, lambda value: isinstance(value, property))}
