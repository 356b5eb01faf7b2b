"""What a click sends, in the ways of reporting that a program can ask for (ctlseqs: "Mouse Tracking")."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bgterm.views.modes import Modes

_LEFT, _RELEASED = 0, 3
_FIRST = 32  # what is added to a number that is sent as one character, and to the button's by urxvt
_LARGEST = 255 - _FIRST
_LARGEST_UTF_8 = 2015


def encode_click(row: int, column: int, modes: Modes) -> bytes:
    """Return what the terminal sends when the left button is pressed and released at a cell, counted from 0.

    Raises ValueError where the program has not asked for the mouse, or could not be told of so far a cell.
    """
    if not modes.mouse:
        raise ValueError(
            "the program has not asked for the mouse (yet): wait until it has drawn its screen, or use keys"
        )
    buttons = [_LEFT] if modes.mouse_presses_only else [_LEFT, _RELEASED]
    return b"".join(_report(button, column + 1, row + 1, modes) for button in buttons)


def _report(button: int, x: int, y: int, modes: Modes) -> bytes:
    if modes.mouse_sgr:
        return b"\x1b[<%d;%d;%d%s" % (_LEFT, x, y, b"m" if button == _RELEASED else b"M")
    if modes.mouse_urxvt:
        return b"\x1b[%d;%d;%dM" % (_FIRST + button, x, y)
    if max(x, y) > (_LARGEST_UTF_8 if modes.mouse_utf_8 else _LARGEST):
        raise ValueError(
            f"the program has asked for the mouse in a way that cannot tell of row {y - 1}, column {x - 1}"
        )
    characters = "".join(map(chr, (_FIRST + button, _FIRST + x, _FIRST + y)))
    return b"\x1b[M" + characters.encode("utf-8" if modes.mouse_utf_8 else "latin-1")
