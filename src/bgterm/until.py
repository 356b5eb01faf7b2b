"""What `until=` takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, cast

from bgterm.arguments import compiled


class Named:
    """A named condition for `until=`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"bgterm.{self._name}"


READY: Final = Named("READY")
"""`until=READY`: the program waits for input."""

EXIT: Final = Named("EXIT")
"""`until=EXIT`: the program has exited."""

One = str | bytes | re.Pattern[str] | re.Pattern[bytes] | Named
Until = One | Sequence[One] | None

CheckedOne = re.Pattern[str] | re.Pattern[bytes] | Named


def checked_until(until: object) -> CheckedOne | tuple[CheckedOne, ...] | None:
    """The same with regexes compiled. Raises TypeError, ValueError (a list of none), `re.error`."""
    if until is None or isinstance(until, Named):
        return until
    if isinstance(until, Sequence) and not isinstance(until, (str, bytes)):
        several = cast("Sequence[object]", until)
        if not several:
            raise ValueError("until must not be an empty list: None waits for any output")
        return tuple(_checked_one(one) for one in several)
    return compiled("until", until, ", bgterm.READY, bgterm.EXIT, or a list of these")


def _checked_one(one: object) -> CheckedOne:
    return one if isinstance(one, Named) else compiled("each of until", one, ", bgterm.READY or bgterm.EXIT")
