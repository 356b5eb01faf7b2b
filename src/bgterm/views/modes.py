"""The modes that a program has set in its terminal and that change what keys send."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bgterm.engine.output import OutputBuffer

# DECSET and DECRST; DECKPAM, DECKPNM and RIS; DECSTR, the soft reset.
_CHANGE = re.compile(rb"\x1b(?:\[\?([0-9;]+)([hl])|([=>c])|\[!(p))")
_UNFINISHED = re.compile(rb"\x1b(?:\[(?:\?[0-9;]{0,64}|!)?)?\Z")
_PIECE_BYTES = 1 << 16

_CURSOR_KEYS, _KEYPAD, _PASTE = b"1", b"66", b"2004"
_MOUSE_PRESSES, _MOUSE = b"9", frozenset({b"9", b"1000", b"1001", b"1002", b"1003"})
_MOUSE_UTF_8, _MOUSE_SGR, _MOUSE_URXVT = b"1005", b"1006", b"1015"
_WAYS = frozenset({_MOUSE_UTF_8, _MOUSE_SGR, _MOUSE_URXVT})  # the last that is asked for is meant


class Modes:
    """The modes at the end of the output, which is read when they are asked for, and no byte of it twice."""

    __slots__ = ("_offset", "_set")

    def __init__(self) -> None:
        self._offset = 0
        self._set: set[bytes] = set()

    def update(self, output: OutputBuffer) -> None:
        """Read what has come since the last time."""
        self._offset = max(self._offset, output.start)
        while self._offset < output.end:
            data = output.read(self._offset, self._offset + _PIECE_BYTES)
            for change in _CHANGE.finditer(data):
                self._apply(change)
            last = data.rfind(b"\x1b")
            end = last if last >= 0 and _UNFINISHED.match(data, last) else len(data)
            self._offset += end
            if not end:
                return

    def _apply(self, change: re.Match[bytes]) -> None:
        numbers, switch, escape, _ = change.groups()
        if numbers is not None:
            for number in numbers.split(b";"):
                if switch == b"h":
                    if number in _WAYS:
                        self._set -= _WAYS
                    self._set.add(number)
                else:
                    self._set.discard(number)
        elif escape == b"=":
            self._set.add(_KEYPAD)
        elif escape == b">":
            self._set.discard(_KEYPAD)
        elif escape == b"c":
            self._set.clear()
        else:
            self._set -= {_CURSOR_KEYS, _KEYPAD}

    @property
    def application_cursor_keys(self) -> bool:
        """DECCKM: the cursor keys, Home and End begin with ESC O."""
        return _CURSOR_KEYS in self._set

    @property
    def application_keypad(self) -> bool:
        """DECKPAM, DECNKM: the keypad sends sequences of its own."""
        return _KEYPAD in self._set

    @property
    def bracketed_paste(self) -> bool:
        """The program wants to know what is pasted."""
        return _PASTE in self._set

    @property
    def mouse(self) -> bool:
        """The program wants to know of clicks."""
        return not self._set.isdisjoint(_MOUSE)

    @property
    def mouse_presses_only(self) -> bool:
        """Not of the release of a button (X10)."""
        return self._set & _MOUSE == {_MOUSE_PRESSES}

    @property
    def mouse_sgr(self) -> bool:
        """Told as `CSI < b ; x ; y M`."""
        return _MOUSE_SGR in self._set

    @property
    def mouse_urxvt(self) -> bool:
        """Told as `CSI b ; x ; y M`."""
        return _MOUSE_URXVT in self._set

    @property
    def mouse_utf_8(self) -> bool:
        """Told as characters of UTF-8, and not as bytes."""
        return _MOUSE_UTF_8 in self._set
