"""What arguments may be: one check for each kind, for every face of the library.

A check returns the value as the library uses it. What is of a wrong type is a TypeError, what is out of range a
ValueError, and either names the argument and says what it takes. No check makes anything, so a call whose arguments
are checked first leaves nothing where one of them is wrong.
"""

from __future__ import annotations

import errno
import math
import os
import re
import time
from collections.abc import Sequence
from operator import index
from typing import SupportsFloat, SupportsIndex, cast

_SHOWN_CHARS = 80


def shown(value: object) -> str:
    """A value for a message: of one line, and never an error of its own."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - an integer of too many digits, an object that is not whole
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "..."


def integer(name: str, value: object, least: int = 0, most: float = math.inf, otherwise: str = "") -> int:
    """A whole number: what `operator.index` takes, but for True and False. Raises TypeError, ValueError.

    `otherwise` says what else could have been given.
    """
    bounds = f"{least} or more" if most == math.inf else f"{least} to {most}"
    if isinstance(value, bool) or not hasattr(type(value), "__index__"):
        raise TypeError(f"{name} must be an integer, {bounds}{otherwise}, not {shown(value)}")
    number = index(cast("SupportsIndex", value))
    if not least <= number <= most:
        raise ValueError(f"{name} must be {bounds}{otherwise}, not {shown(value)}")
    return number


def integer_or_none(name: str, value: object, least: int, none: str) -> int | None:
    """The same, or None, of which `none` says what it means. Raises TypeError, ValueError."""
    return None if value is None else integer(name, value, least, otherwise=f", or None for {none}")


def page_size(value: object) -> int | None:
    """`max_output_bytes`: the most bytes of a result, None for all that there are. Raises TypeError, ValueError."""
    return integer_or_none("max_output_bytes", value, 0, "all")


def seconds(name: str, time_ms: object, otherwise: str = "") -> float:
    """A time in milliseconds as seconds; `math.inf` has no end. Raises TypeError, ValueError."""
    kind = type(time_ms)
    if kind is bool or not (hasattr(kind, "__float__") or hasattr(kind, "__index__")):
        raise TypeError(f"{name} must be a number of milliseconds, 0 or more{otherwise}, not {shown(time_ms)}")
    try:
        number = float(cast("SupportsFloat", time_ms))
    except OverflowError:  # an integer beyond all floating-point numbers
        number = math.inf if cast("int", time_ms) > 0 else -math.inf
    if not number >= 0:  # nor is NaN
        raise ValueError(f"{name} must be 0 or more{otherwise}, not {shown(time_ms)}")
    return number / 1000


def seconds_or_none(name: str, time_ms: object) -> float:
    """The same, where None has no end either. Raises TypeError, ValueError."""
    return math.inf if time_ms is None else seconds(name, time_ms, ", or None for no limit")


def flag(name: str, value: object) -> bool:
    """True or False. Raises TypeError: what merely counts as true is mostly another argument in the wrong place."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {shown(value)}")
    return value


def deadline(name: str, time_ms: float | None) -> float:
    """When `time_ms` from now is over (time.monotonic). Raises TypeError, ValueError, with `name` in them."""
    if time_ms is None:
        return math.inf
    if time_ms is not True and time_ms is not False:  # type: ignore[redundant-expr]
        try:
            if time_ms >= 0:  # as nearly always, and then no call is needed
                return time.monotonic() + time_ms / 1000
        except (TypeError, OverflowError):
            pass
    return time.monotonic() + seconds(name, time_ms, ", or None for no limit")


def grace(terminate: bool, kill_after_ms: float | None) -> float | None:
    """How many seconds programs may take to end by themselves, None where they are not asked to.

    The parameters are those of `Session.close`. Raises TypeError, ValueError.
    """
    longest = seconds_or_none("kill_after_ms", kill_after_ms)
    return longest if flag("terminate", terminate) else None


def string(name: str, value: object) -> str:
    """A string. Raises TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {shown(value)}")
    return value


def one_of(name: str, value: object, choices: Sequence[str]) -> None:
    """One of some strings. Raises TypeError, ValueError."""
    if string(name, value) not in choices:
        raise ValueError(f"{name} must be {' or '.join(map(repr, choices))}, not {shown(value)}")


def for_the_system(name: str, value: str) -> str:
    """A string as the system's calls take it, which end it at a NUL. Raises ValueError and its UnicodeEncodeError."""
    if "\0" in value:
        raise ValueError(f"{name} must not have a NUL character in it: {shown(value)}")
    os.fsencode(value)
    return value


def path(name: str, value: object) -> str:
    """A path: a string, bytes, or an `os.PathLike`. Raises TypeError, ValueError; FileNotFoundError: an empty one."""
    try:
        text = os.fsdecode(cast("str", value))
    except TypeError:
        raise TypeError(f"{name} must be a path (a string, bytes or os.PathLike), not {shown(value)}") from None
    if not text:
        raise FileNotFoundError(errno.ENOENT, f"{name} is empty", text)
    return for_the_system(name, text)


def compiled(name: str, value: object, otherwise: str = "") -> re.Pattern[str] | re.Pattern[bytes]:
    """A regex, compiled. Raises TypeError (`otherwise` says what else could have been given), and `re.error`."""
    if isinstance(value, re.Pattern):
        return value  # pyright: ignore[reportUnknownVariableType] - of which kind, it says itself
    if not isinstance(value, (str, bytes)):
        raise TypeError(f"{name} must be a regex{otherwise}, not {shown(value)}")
    try:
        return re.compile(value)
    except (OverflowError, RecursionError) as error:  # a{99999999999}, or ten thousand parentheses
        raise re.error(str(error), value) from None


def text_pattern(name: str, value: object, otherwise: str = "") -> re.Pattern[str]:
    """A regex for text, compiled. Raises TypeError, `re.error`."""
    pattern = compiled(name, value, otherwise)
    if not isinstance(pattern.pattern, str):
        raise TypeError(f"{name} is looked for in text: it must be a regex of a string, not of bytes: {shown(value)}")
    return pattern  # pyright: ignore[reportReturnType] - it has just been looked at
