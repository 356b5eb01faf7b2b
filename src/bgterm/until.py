"""What `until=` takes."""

from __future__ import annotations

import re
from typing import Final

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

Until = str | bytes | re.Pattern[str] | re.Pattern[bytes] | Named | None


def checked_until(until: object) -> re.Pattern[str] | re.Pattern[bytes] | Named | None:
    """The same with a regex compiled. Raises TypeError, `re.error`."""
    if until is None or isinstance(until, Named):
        return until
    return compiled("until", until, ", bgterm.READY or bgterm.EXIT")
