"""What keys send."""

from __future__ import annotations

import os

import pytest

from bgterm.engine.output import OutputBuffer
from bgterm.views.keys import NAMES, encode_keys
from bgterm.views.modes import Modes


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
        ("Return", "Enter"),
        ("Esc", "Escape"),
        ("Backspace", "BSpace"),
        ("Ctrl-C", "C-c"),
        ("alt+x", "M-x"),
        ("C-1", "C-"),
    ],
)
def test_an_unknown_name_is_an_error_that_lists_near_ones(key: str, near: str) -> None:
    with pytest.raises(ValueError, match=rf"no key .*near names: .*{near}"):
        sent(key)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("prefix", ["", "C-", "M-", "S-", "C-M-S-"])
def test_every_name_is_a_key_with_every_modifier(name: str, prefix: str) -> None:
    assert sent(prefix + name) != prefix + name


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
