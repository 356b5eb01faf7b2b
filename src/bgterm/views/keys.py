"""What keys send: tmux's names, in the terminal's current modes, as xterm encodes them (ctlseqs, "PC-Style")."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from bgterm.views.paste import pasted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bgterm.views.modes import Modes

_SHIFT, _META, _CONTROL = 1, 2, 4
_MODIFIERS = {"S": _SHIFT, "M": _META, "C": _CONTROL}

_PLAIN = {"enter": "\r", "tab": "\t", "space": " ", "bspace": "\x7f", "escape": "\x1b"}
# The last characters of CSI sequences, which begin with ESC O in application cursor key mode.
_CURSOR = {"up": "A", "down": "B", "right": "C", "left": "D", "end": "F", "home": "H"}
# The same, but ESC O in any mode.
_PF = {"f1": "P", "f2": "Q", "f3": "R", "f4": "S"}
# The numbers of CSI number ~.
_NUMBERED = {"insert": 2, "ic": 2, "delete": 3, "dc": 3}
_NUMBERED.update(pageup=5, pgup=5, ppage=5, pagedown=6, pgdn=6, npage=6)
_NUMBERED.update(f5=15, f6=17, f7=18, f8=19, f9=20, f10=21, f11=23, f12=24)
_KEYPAD = dict(zip([*"*+-./0123456789", "enter"], "jkmnopqrstuvwxyM", strict=True))
# What Control makes of characters that are neither letters nor among @ [ \ ] ^ _, as keyboards have it.
_CONTROLLED = {" ": "\0", "2": "\0", "3": "\x1b", "4": "\x1c", "5": "\x1d", "6": "\x1e", "7": "\x1f", "8": "\x7f"}
_CONTROLLED.update({"/": "\x1f", "?": "\x7f", "-": "\x1f"})

NAMES = (
    *("Enter", "Escape", "Tab", "BTab", "Space", "BSpace", "Up", "Down", "Left", "Right", "Home", "End"),
    *("PageUp", "PageDown", "PPage", "NPage", "PgUp", "PgDn", "Insert", "Delete", "IC", "DC"),
    *(f"F{number}" for number in range(1, 13)),
    *(f"KP{key}" for key in "0123456789*+-./"),
    "KPEnter",
)
"""The names of keys, read in upper and lower case, with the modifiers C-, M- and S- before them."""

# What people call them; only with a capital letter, or after a modifier: "return" is a word.
_OTHER_NAMES = {"return": "Enter", "cr": "Enter", "esc": "Escape", "backspace": "BSpace", "del": "DC", "ins": "IC"}
_OTHER_NAMES.update(spacebar="Space", backtab="BTab")
_OTHER_NAMES.update(arrowup="Up", arrowdown="Down", arrowleft="Left", arrowright="Right")
_OTHER_MODIFIER = re.compile(r"(ctrl|control|alt|meta|option|shift)[-+](.+)", re.IGNORECASE)
_OTHER_MODIFIERS = {"c": _CONTROL, "a": _META, "m": _META, "o": _META, "s": _SHIFT}  # by their first letters
_WORD = re.compile(r"[A-Z][A-Za-z]*[0-9]*")
_NEAR = 0.7


def encode_keys(keys: Iterable[str], modes: Modes) -> str:
    """Return what the terminal sends for `keys`.

    Parameters
    ----------
    keys: tmux's key names (`Enter`, `C-c`, `M-x`, `Up`, `F5`, `BSpace`, `KP5`, `^C` ...), in upper or lower case as
        in tmux, and those that people type (`Return`, `Esc`, `Backspace`, `Ctrl-C`, `Alt+X`); anything else is typed
        as text. Text of several lines is pasted, as a person would: between the marks of bracketed paste where the
        program has asked for them, and without the mark of its end in the text.
    modes: the terminal's modes.

    Raises ValueError, with near names, for what looks like a key name but is none.
    """
    return "".join([_encode(key, modes) for key in keys])


def _encode(key: str, modes: Modes) -> str:
    modifiers, name = _split(key)
    sent = _special(name.lower(), modifiers, modes)
    if sent is None and modifiers and len(name) == 1:
        sent = _character(name, modifiers)
    if sent is not None:
        return sent
    if modifiers or _looks_like_name(key):
        raise ValueError(_unknown(key, name))
    return _text(key, modes)


def _split(key: str) -> tuple[int, str]:
    """Split C-M-x into its modifiers and the name."""
    modifiers, name = 0, key
    if len(name) == 2 and name[0] == "^":
        return _CONTROL, name[1]
    while True:
        if other := _OTHER_MODIFIER.fullmatch(name):
            modifiers |= _OTHER_MODIFIERS[other[1][0].lower()]
            name = other[2].lower() if len(other[2]) == 1 else other[2]  # Ctrl-C is not Ctrl-Shift-C
        elif len(name) > 2 and name[1] == "-" and name[0].upper() in _MODIFIERS:
            if name[0].islower() and len(name) > 3:  # c-x is a key, but m-files is text
                break
            modifiers |= _MODIFIERS[name[0].upper()]
            name = name[2:]
        else:
            break
    if modifiers or name[:1].isupper():
        name = _OTHER_NAMES.get(name.lower(), name)
    return modifiers, name


def _special(name: str, modifiers: int, modes: Modes) -> str | None:
    """Return what a key with a name sends; None if there is none of that name."""
    if name == "btab":
        name, modifiers = "tab", modifiers | _SHIFT
    if name in _PLAIN:
        return _plain_key(name, modifiers)
    if name in _NUMBERED:
        return f"\x1b[{_NUMBERED[name]};{1 + modifiers}~" if modifiers else f"\x1b[{_NUMBERED[name]}~"
    final = _CURSOR.get(name) or _PF.get(name)
    if final:
        if modifiers:
            return f"\x1b[1;{1 + modifiers}{final}"
        return f"\x1bO{final}" if name in _PF or modes.application_cursor_keys else f"\x1b[{final}"
    if name.startswith("kp") and (final := _KEYPAD.get(name[2:])):
        meta = "\x1b" if modifiers & _META else ""  # the only modifier that a keypad passes on
        if modes.application_keypad:
            return f"{meta}\x1bO{final}"
        return meta + ("\r" if name == "kpenter" else name[2:])
    return None


def _plain_key(name: str, modifiers: int) -> str:
    meta = "\x1b" if modifiers & _META else ""
    if name == "tab" and modifiers & _SHIFT:
        return meta + "\x1b[Z"
    if modifiers & _CONTROL:
        return meta + {"space": "\0", "bspace": "\b"}.get(name, _PLAIN[name])
    return meta + _PLAIN[name]


def _character(character: str, modifiers: int) -> str | None:
    if modifiers & _SHIFT:
        character = character.upper()
    if modifiers & _CONTROL:
        if "@" <= character.upper() <= "_":
            character = chr(ord(character.upper()) & 0x1F)
        elif character in _CONTROLLED:
            character = _CONTROLLED[character]
        else:
            return None
    return "\x1b" + character if modifiers & _META else character


def _text(text: str, modes: Modes) -> str:
    lines = text.replace("\r\n", "\r").replace("\n", "\r")
    return pasted(lines) if "\r" in lines and modes.bracketed_paste else lines


def _looks_like_name(key: str) -> bool:
    """Tell a mistaken name from text: `Entr` and `F99` from `Hello`."""
    return bool(re.fullmatch(r"F[0-9]+", key)) or (bool(_WORD.fullmatch(key)) and bool(_near(key)))


def _near(name: str) -> list[str]:
    by_lower = {known.lower(): known for known in NAMES}
    return [by_lower[match] for match in difflib.get_close_matches(name.lower(), by_lower, 5, _NEAR)]


def _unknown(key: str, name: str) -> str:
    prefix = key[: len(key) - len(name)]
    names = ", ".join(prefix + known for known in _near(name) or NAMES)
    return f"there is no key {key!r}; near names: {names}. To type it as text, use write_stdin"
