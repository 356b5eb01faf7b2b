"""How the programs of a session draw their prompts, so that a prompt is told from the output that stands before it.

Output need not end with a newline: then the next prompt follows it in the same row. And output may hold anything, also
what looks like the beginning of a prompt. So a prompt is what was drawn there *before*, byte for byte but for its
digits, at the very end of all that came. Only where the prompt is another one now is it looked for: by the shell's
signed marks, by the switch with which its line editor began the last one, else in the cursor's row.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bgterm.readiness.beginnings import (
    SIGN_BYTES,
    SWITCHES,
    ZSH,
    begins_with_sign,
    begun_by,
    last_sign,
    sign_before,
    switched,
)
from bgterm.readiness.marks import EDITS, signed_marks
from bgterm.readiness.row import ROWS_MAX, shown_left_of_cursor
from bgterm.views.plain import plain

_ESCAPE = re.compile(rb"\x1b(?:\[[ -?]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")
_ENDS_UNSEEN = rb"(?:\x1b\[[0-9;]*m|\x1b\[\?2004h|\x1b\[6n)*\Z"
_DIGITS = re.compile(rb"(\d+)")
_KINDS_MAX = 8  # of prompts of one program
_PROGRAMS_MAX = 32
_HEAD_MIN = 3  # characters by which a prompt is known again though its middle has changed


class Drawing(NamedTuple):
    """A prompt as it was drawn."""

    data: bytes
    switch: int | None = None
    """Which of the line editors' switches began it, None where it was told by its text or by a mark."""
    known: bool = False
    """It was seen twice, or began with a switch: no output stands before it."""

    @property
    def edits(self) -> bool:
        """Whether a line editor drew it that will say when it has taken the line."""
        return EDITS in self.data

    def begins(self, data: bytes) -> int | None:
        """Where in `data`, at its very end, the same prompt was drawn, whatever it counts; None if it was not."""
        if data.endswith(self.data):
            return len(data) - len(self.data)
        tail = data[-2 * len(self.data) - SIGN_BYTES :]
        found = _any_digits(self.data, rb"\Z").search(tail)
        if found is None and self.switch is None:
            row = shown_left_of_cursor(self.data, None)  # it may have been drawn twice, or over something
            found = _any_digits(row.encode(), _ENDS_UNSEEN).search(tail) if row.strip() else None
        return None if found is None else len(data) - len(tail) + found.start()


class Drawings:
    """What is known of the prompts of each program that had the terminal. Programs are told by their process ids."""

    def __init__(self, secret: str = "") -> None:
        """`secret` is in the marks of the session's own shell integration."""
        self._secret = secret
        self._of: dict[int, list[Drawing]] = {}
        self._last: tuple[int, int, Drawing] = (-1, 0, Drawing(b""))
        self._line = ""  # that was typed last

    def before(self, tail: bytes, end: int, owner: int) -> Drawing:
        """The prompt of the program `owner` at which `tail` ends, all output through the offset `end`."""
        if self._last[:2] != (end, owner):
            self._learn(tail, self._begins(tail, 0, owner, ROWS_MAX, self._line)[0], end, owner)
        return self._last[2]

    def after(self, data: bytes, floor: int, end: int, owner: int, line: str) -> int:
        """Where in `data` the prompt of `owner` begins that was drawn after `line` was typed.

        Parameters
        ----------
        data: all output since then, through the offset `end`.
        floor: where in it the output begins at the earliest.
        """
        self._line = line
        begins, whole = self._begins(data, floor, owner, 0, line)
        if whole:
            self._learn(data, begins, end, owner)
        else:
            self._last = (-1, 0, Drawing(b""))  # it is looked at more closely when the next line is typed
        return begins

    def _learn(self, data: bytes, begins: int, end: int, owner: int) -> None:
        drawn = data[begins:]
        of = self._of.setdefault(owner, [])
        switch = next((number for number, each in enumerate(SWITCHES) if begun_by(each, drawn)), None)
        again = next((each for each in of if each.begins(drawn) == 0), None)
        if again is not None:
            of.remove(again)
        drawing = Drawing(drawn, switch, switch is not None or again is not None)
        of.append(drawing)
        del of[:-_KINDS_MAX]
        while len(self._of) > _PROGRAMS_MAX:
            del self._of[next(iter(self._of))]
        self._last = (end, owner, drawing)

    def _begins(self, data: bytes, floor: int, owner: int, rows: int, line: str = "") -> tuple[int, bool]:
        """Where the prompt begins, and whether that is surely all of it.

        A prompt of a program that has shown none before has at most `rows` rows above the cursor's.
        """
        of = self._of.get(owner, [])
        told = self._told(data, floor, of)
        if told is not None:
            return _with_sign(data, told, floor, of), True
        places = [place for each in of if (place := each.begins(data)) is not None and place >= floor]
        row = data.rfind(b"\n", floor) + 1 or floor
        if places:
            place = min(places)
            if data[row:place] == b" " and data[place:].startswith(b" ") and data[place:].lstrip().startswith(b"..."):
                place = row  # IPython's prompt for the rest, as wide as the one whose count has grown by a digit
            place = _with_sign(data, place, floor, of if of[-1].known else [])
            return row if _is_set_by(line, data[row:], data[place:]) else place, True
        # A program keeps its line editor. Of one that is new here, any will do.
        switches = {each.switch for each in of} - {None} if of else {*range(len(SWITCHES))}
        for number in sorted(number for number in switches if number is not None):
            place = switched(data, floor, SWITCHES[number], ROWS_MAX if of else rows)
            if place is not None and not _repeats(line, data[place:]):
                return _with_sign(data, place, floor, of if any(map(_may_have_sign, of)) else []), False
        if not of or not of[-1].known or any(map(_has_sign, of)):
            sign = last_sign(data, floor)
            if sign is not None:
                return sign, True
        if of and not switches and not _is_set_by(line, data[row:], None):
            place = _changed(of[-1], data[row:])
            if place is not None:
                return row + place, True
        return row, not of or not switches

    def _told(self, data: bytes, floor: int, of: list[Drawing]) -> int | None:
        """Where the shell's signed marks say that the prompt begins, or that what ran before it has ended."""
        if not self._secret:
            return None
        begins = None
        for mark in signed_marks(self._secret, data):
            kind = mark["kind"]
            if kind == b"C" or mark.start() < floor:
                begins = None
            elif kind == b"B":
                if plain(data[mark.end() :].decode(errors="replace")).strip():
                    begins = None  # a line was typed there, and more has come
            elif begins is None or kind == b"D" or begins["kind"] == b"A":
                begins = mark
        if begins is None:
            return None
        # Python's own line editor switches before it asks for the prompt's text, and so for the mark.
        place = begins.start()
        switches = data.endswith(EDITS, floor, place) and (not of or of[-1].data.startswith(EDITS))
        return place - len(EDITS) if switches else place


def _any_digits(text: bytes, end: bytes) -> re.Pattern[bytes]:
    """What matches `text` with other digits in it, followed by `end`."""
    first, *others = _DIGITS.split(text)
    parts = [re.escape(first)]
    for number, other in enumerate(others):
        if number % 2:
            parts.append(re.escape(other))
        elif number == 0 and not first:
            # Digits at the very beginning may stand behind output that ends with digits: a count has grown by one.
            parts.append(rb"\d{1,%d}" % len(str(int(other) + 1)))
        else:
            parts.append(rb"\d+")
    return re.compile(b"".join(parts) + end)


def _repeats(line: str, drawn: bytes) -> bool:
    """Whether the line was echoed there: the switch was no prompt's. rlwrap lets the terminal echo the line again."""
    return bool(line.strip()) and line in plain(drawn.decode(errors="replace"))


def _has_sign(drawing: Drawing) -> bool:
    return begins_with_sign(drawing.data)


def _may_have_sign(drawing: Drawing) -> bool:
    """It has one, or is as zsh draws it: without one where it draws the same prompt anew, as in another size."""
    return _has_sign(drawing) or drawing.switch == SWITCHES.index(ZSH)


def _with_sign(data: bytes, place: int, floor: int, of: list[Drawing]) -> int:
    """Where the shell's sign for a line without end begins, if it stands before `place`, else `place`.

    Where prompts `of` the program are known, it must have begun one of them with a sign. fish draws its first prompt
    without one, and the same again behind a sign where it believes that others wrote on its terminal. What a shell's
    hooks print stands between its sign and its prompt.
    """
    if begins_with_sign(data[place : place + SIGN_BYTES]) or (of and not any(map(_may_have_sign, of))):
        return place
    sign = sign_before(data, place, floor)
    if sign is None and of and _may_have_sign(of[-1]):
        sign = last_sign(data, floor)
    return place if sign is None else min(place, sign)


def _is_set_by(line: str, row: bytes, prompt: bytes | None) -> bool:
    """Whether `line` has set a new prompt: it holds all that stands in the row now, more than the `prompt` at its end.

    `prompt` is None where that is not the one from before.
    """
    shown, before = _ESCAPE.sub(b"", row), _ESCAPE.sub(b"", prompt or b"").strip()
    text = shown.strip()
    if len(text) <= len(before) or text.decode(errors="replace") not in line:
        return False
    # Of a program that has no prompt it is output that repeats the line, unless it looks like a prompt.
    return prompt is None or bool(before) or shown.endswith(b" ")


def _changed(before: Drawing, row: bytes) -> int | None:
    """Where in `row` the prompt begins that was `before` and has another middle now, None if it is another one.

    It has the same head and the same last character, as one with a directory in it. Where it was seen but once, output
    may have stood before it; then only the end that both share is known to be the prompt.
    """
    old, new = before.data, row
    if not old:
        return len(row)  # it has no prompt: what stands in the row is output
    end = old.rstrip()[-1:]
    if end and new.rstrip().endswith(end):
        head = old[:_HEAD_MIN]
        if new[:1] == old[:1]:
            return 0
        place = new.rfind(head) if len(head) == _HEAD_MIN else -1
        if place >= 0:
            return place
    if before.known:
        return None
    shared = 0
    while shared < min(len(old), len(new)) and old[-shared - 1] == new[-shared - 1]:
        shared += 1
    place = len(new) - shared
    for escape in _ESCAPE.finditer(new):
        if escape.start() < place < escape.end():
            place = escape.start()
    while place < len(new) and 0x80 <= new[place] < 0xC0:
        place += 1
    return place if _ESCAPE.sub(b"", new[place:]).strip() else None
