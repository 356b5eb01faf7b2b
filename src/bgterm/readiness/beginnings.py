"""How line editors begin to draw a prompt: with a switch of theirs, and before it a sign where a line has no end."""

from __future__ import annotations

import re

from bgterm.readiness.marks import EDITS, HAS_TAKEN
from bgterm.readiness.row import PROMPT_BYTES, ROWS_MAX, rows_above_cursor
from bgterm.views.plain import plain

ZSH = re.compile(rb"\r\x1b\[0m\x1b\[27m\x1b\[24m\x1b\[J")  # it switches bracketed paste on after the prompt
SWITCHES = (ZSH, re.compile(re.escape(EDITS)))  # readline and others begin their prompt with that

_OSC = rb"(?:\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))*"
_MODES = rb"(?:\x1b\[\?[0-9;]*[hl])*"
_A_SIGN = (
    # zsh and elvish show where a line has no end, fill it up to the edge, and go back to begin their prompt.
    rb"(?:%b(?:\x1b\[1m)?\x1b\[7m[^\x1b]{1,8}(?:\x1b\[[0-9;]*m)+ {8,}\r \r"
    # fish does so too, with a sign of its own.
    rb"|(?:\x1b\[2m)?\xe2\x8f\x8e(?:\x1b\(B)?(?:\x1b\[m)? {8,}\r(?:\xe2\x8f\x8e \r)?(?:\x1b\[K)?)" % _MODES
)
_SIGN, _SIGN_LAST = re.compile(_A_SIGN), re.compile(_A_SIGN + _OSC + _MODES + rb"\Z")
SIGN_BYTES = 2048


def begun_by(switch: re.Pattern[bytes], drawn: bytes) -> bool:
    """Whether what is visible in `drawn` stands behind the switch. Of a prompt without text the switch is all."""
    found = switch.search(drawn)
    return found is not None and (_is_visible(drawn[found.end() :]) or not _is_visible(drawn))


def switched(data: bytes, floor: int, switch: re.Pattern[bytes], rows: int) -> int | None:
    """Where a prompt that has at most `rows` rows above the cursor's begins with `switch`."""
    start = _start(data, floor)
    places = list(switch.finditer(data, start))
    if not places or rows_above_cursor(data[places[-1].end() :]) > rows:
        return None
    place = places[-1].start()
    return place if begun_by(switch, data[max(data.rfind(b"\n", 0, place) + 1, start) :]) else None


def begins_with_sign(drawn: bytes) -> bool:
    """Whether the prompt begins with the sign for a line without end."""
    return _SIGN.match(drawn) is not None


def sign_before(data: bytes, place: int, floor: int) -> int | None:
    """Where the sign begins that stands directly before `place`."""
    start = max(floor, place - SIGN_BYTES)
    sign = _SIGN_LAST.search(data[start:place])
    return None if sign is None else start + sign.start()


def last_sign(data: bytes, floor: int) -> int | None:
    """Where the last sign begins, if no more of a prompt follows it than rows of one."""
    signs = list(_SIGN.finditer(data, _start(data, floor)))
    return signs[-1].start() if signs and rows_above_cursor(data[signs[-1].end() :]) <= ROWS_MAX else None


def _start(data: bytes, floor: int) -> int:
    """Where a prompt begins at the earliest: an editor that has taken a line draws no prompt any more."""
    taken = data.rfind(HAS_TAKEN)
    return max(floor, len(data) - PROMPT_BYTES, 0 if taken < 0 else taken + len(HAS_TAKEN))


def _is_visible(drawn: bytes) -> bool:
    return bool(plain(drawn.decode(errors="replace")).strip())
