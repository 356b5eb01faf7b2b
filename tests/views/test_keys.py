"""What keys send."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bgterm.engine.output import OutputBuffer
from bgterm.views.keys import NAMES, encode_keys
from bgterm.views.modes import Modes
from waiting import eventually


def modes_after(*pieces: bytes) -> Modes:
    modes, output = Modes(), OutputBuffer()
    reader, writer = os.pipe()
    try:
        for piece in filter(None, pieces):
            os.write(writer, piece)
            output.receive(reader, len(piece))
            modes.update(output)
    finally:
        os.close(reader)
        os.close(writer)
    return modes


def sent(*keys: str, output: bytes = b"") -> str:
    return encode_keys(keys, modes_after(output))


SENT = {
    "Enter": "\r",
    "enter": "\r",
    "Escape": "\x1b",
    "Tab": "\t",
    "BTab": "\x1b[Z",
    "S-Tab": "\x1b[Z",
    "Space": " ",
    "C-Space": "\0",
    "BSpace": "\x7f",
    "M-BSpace": "\x1b\x7f",
    "C-c": "\x03",
    "^C": "\x03",
    "c-d": "\x04",
    "C-[": "\x1b",
    "C-\\": "\x1c",
    "C-_": "\x1f",
    "C-/": "\x1f",
    "M-x": "\x1bx",
    "M-X": "\x1bX",
    "C-M-a": "\x1b\x01",
    "M-Enter": "\x1b\r",
    "Up": "\x1b[A",
    "C-Right": "\x1b[1;5C",
    "S-Up": "\x1b[1;2A",
    "M-Left": "\x1b[1;3D",
    "C-S-End": "\x1b[1;6F",
    "Home": "\x1b[H",
    "F1": "\x1bOP",
    "S-F1": "\x1b[1;2P",
    "F5": "\x1b[15~",
    "C-F12": "\x1b[24;5~",
    "PPage": "\x1b[5~",
    "PageDown": "\x1b[6~",
    "PgUp": "\x1b[5~",
    "IC": "\x1b[2~",
    "Delete": "\x1b[3~",
    "C-DC": "\x1b[3;5~",
    "KP5": "5",
    "KPEnter": "\r",
}


@pytest.mark.parametrize(("key", "data"), SENT.items(), ids=SENT)
def test_a_key_sends_what_xterm_sends(key: str, data: str) -> None:
    assert sent(key) == data


@pytest.mark.parametrize(
    "text", ["hello", "ls -l", "x", "^", "-", "C-", "Hello", "F", "é日", ":wq", "if-else", "m-files", ""]
)
def test_any_other_text_is_typed(text: str) -> None:
    assert sent(text) == text


def test_keys_and_text_follow_each_other() -> None:
    assert sent(":wq", "Enter", "C-l") == ":wq\r\x0c"


def test_application_cursor_keys_are_honoured() -> None:
    assert sent("Up", "Home", "F5", "C-Up", output=b"\x1b[?1h\x1b=") == "\x1bOA\x1bOH\x1b[15~\x1b[1;5A"


def test_the_application_keypad_is_honoured() -> None:
    assert sent("KP5", "KPEnter", "KP/", output=b"\x1b=") == "\x1bOu\x1bOM\x1bOo"
    assert sent("KP5", output=b"\x1b=\x1b>") == "5"


def test_text_of_several_lines_is_pasted_where_the_program_asks_for_marks() -> None:
    assert sent("a\nb", output=b"\x1b[?2004h") == "\x1b[200~a\rb\x1b[201~"
    assert sent("a\nb") == "a\rb"
    assert sent("a b", output=b"\x1b[?2004h") == "a b"


def test_pasted_text_cannot_end_the_paste() -> None:
    assert sent("a\x1b[201~\nrm", output=b"\x1b[?2004h") == "\x1b[200~a[201~\rrm\x1b[201~"


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("Entr", "Enter"),
        ("PgDwn", "PgDn"),
        ("F99", "F9"),
        ("C-Entr", "C-Enter"),
        ("Ctrl-Entr", "Ctrl-Enter"),
        ("control-flow", ""),
        ("C-1", "C-"),
    ],
)
def test_an_unknown_name_is_an_error_that_lists_near_ones(key: str, near: str) -> None:
    with pytest.raises(ValueError, match=rf"no key .*near names: .*{near}"):
        sent(key)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Return", "Enter"),
        ("CR", "Enter"),
        ("Esc", "Escape"),
        ("Backspace", "BSpace"),
        ("BACKSPACE", "BSpace"),
        ("Del", "DC"),
        ("Ins", "IC"),
        ("Spacebar", "Space"),
        ("Backtab", "BTab"),
        *((f"Arrow{way}", way) for way in ("Up", "Down", "Left", "Right")),
        ("Ctrl-C", "C-c"),
        ("ctrl+c", "C-c"),
        ("Control-[", "C-["),
        ("Alt+X", "M-x"),
        ("Option-x", "M-x"),
        ("Meta-Return", "M-Enter"),
        ("Shift-Tab", "BTab"),
        ("Shift+x", "S-x"),
        ("Ctrl-Alt-Del", "C-M-DC"),
        ("Ctrl+Shift+Left", "C-S-Left"),
        ("C-Backspace", "C-BSpace"),
    ],
)
def test_what_people_call_a_key_is_that_key(typed: str, key: str) -> None:
    assert sent(typed) == sent(key)


@pytest.mark.parametrize("text", ["return", "esc", "backspace", "del", "cr", "arrowup", "Ctrl", "Alt", "shift"])
def test_a_word_in_small_letters_is_text(text: str) -> None:
    assert sent(text) == text


CURSOR_KEYS = {"Up": "A", "Down": "B", "Right": "C", "Left": "D", "Home": "H", "End": "F"}
FUNCTION_KEYS = {"F1": "P", "F2": "Q", "F3": "R", "F4": "S"}
EDITING_KEYS: dict[str, int] = dict(zip(("IC", "DC", "PPage", "NPage"), (2, 3, 5, 6), strict=True))
EDITING_KEYS.update(Insert=2, Delete=3, PageUp=5, PgUp=5, PageDown=6, PgDn=6)
EDITING_KEYS.update(F5=15, F6=17, F7=18, F8=19, F9=20, F10=21, F11=23, F12=24)
CHARACTER_KEYS = {"Enter": "\r", "Escape": "\x1b", "Tab": "\t", "BTab": "\x1b[Z", "Space": " ", "BSpace": "\x7f"}
WITH_CONTROL = {"Space": "\0", "BSpace": "\b"}
KEYPAD = dict(zip("*+-./0123456789", "jkmnopqrstuvwxy", strict=True))
MODIFIERS = {"": 1, "S-": 2, "M-": 3, "M-S-": 4, "C-": 5, "C-S-": 6, "C-M-": 7, "C-M-S-": 8}
"""And the numbers by which xterm tells them (ctlseqs, "PC-Style Function Keys")."""


def xterm_sends(name: str, modifier: str, *, application: bool) -> str:
    number = MODIFIERS[modifier]
    meta = "\x1b" if "M-" in modifier else ""
    if name in CURSOR_KEYS:
        unmodified = f"\x1bO{CURSOR_KEYS[name]}" if application else f"\x1b[{CURSOR_KEYS[name]}"
        return unmodified if number == 1 else f"\x1b[1;{number}{CURSOR_KEYS[name]}"
    if name in FUNCTION_KEYS:
        return f"\x1bO{FUNCTION_KEYS[name]}" if number == 1 else f"\x1b[1;{number}{FUNCTION_KEYS[name]}"
    if name in EDITING_KEYS:
        return f"\x1b[{EDITING_KEYS[name]}{f';{number}' if number > 1 else ''}~"
    if name in CHARACTER_KEYS:
        if name == "Tab" and "S-" in modifier:
            return meta + "\x1b[Z"
        return meta + (WITH_CONTROL if "C-" in modifier else {}).get(name, CHARACTER_KEYS[name])
    if name == "KPEnter":
        return meta + ("\x1bOM" if application else "\r")
    return meta + (f"\x1bO{KEYPAD[name[2:]]}" if application else name[2:])


@pytest.mark.parametrize("application", [False, True], ids=["normal", "application"])
@pytest.mark.parametrize("modifier", MODIFIERS)
@pytest.mark.parametrize("name", NAMES)
def test_every_key_sends_what_xterm_sends_with_every_modifier(name: str, modifier: str, *, application: bool) -> None:
    modes = b"\x1b[?1h\x1b=" if application else b""
    assert sent(modifier + name, output=modes) == xterm_sends(name, modifier, application=application)


@pytest.mark.program("tmux")
@pytest.mark.parametrize("application", [False, True], ids=["normal", "application"])
def test_every_key_sends_what_tmux_sends(tmp_path: Path, *, application: bool) -> None:
    keys = [modifier + name for modifier in MODIFIERS for name in NAMES]
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    modes = b"\x1b[?1h\x1b=" if application else b""
    record = f"stty raw -echo; printf '{modes.decode()}ready'; exec cat > {tmp_path}/sent"
    try:
        subprocess.run([*tmux, "new-session", "-d", record], check=True)
        assert eventually(lambda: b"ready" in subprocess.check_output([*tmux, "capture-pane", "-p"]))
        assert eventually((tmp_path / "sent").exists)
        for key in keys:
            subprocess.run([*tmux, "send-keys", key, ";", "send-keys", "-l", f"|{key}|"], check=True)
        last = f"|{keys[-1]}|".encode()
        assert eventually(lambda: (tmp_path / "sent").read_bytes().endswith(last))
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    rest = (tmp_path / "sent").read_bytes().decode()
    compared = 0
    for key in keys:
        tmux_sent, _, rest = rest.partition(f"|{key}|")
        if tmux_sent in {"", key}:
            continue  # tmux has no sequence for it
        if not key.endswith(("Home", "End", "KPEnter")):  # for these tmux's terminal has others than xterm
            compared += 1
            assert sent(key, output=modes) == tmux_sent, key
    assert compared > 200


def test_modes_are_known_however_the_output_is_cut() -> None:
    whole = b"text\x1b[?1;2004hmore\x1b=\x1b[?25l"
    for cut in range(len(whole)):
        modes = modes_after(whole[:cut], whole[cut:])
        assert modes.application_cursor_keys
        assert modes.application_keypad
        assert modes.bracketed_paste


def test_a_reset_ends_every_mode() -> None:
    assert not modes_after(b"\x1b[?2004h\x1bc").bracketed_paste
    soft = modes_after(b"\x1b[?1;2004h\x1b[!p")
    assert not soft.application_cursor_keys
    assert soft.bracketed_paste
