"""Escape sequences leave the text, and where the output is cut makes no difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgterm.views.escapes import EscapeStripper

CASES = {
    "plain text": (b"plain \xe2\x82\xac\r\n", b"plain \xe2\x82\xac\r\n"),
    "colours": (b"a\x1b[31mb\x1b[0mc", b"abc"),
    "colours with colons": (b"\x1b[38:2::1:2:3mx\x1b[4:3my", b"xy"),
    "private modes": (b"\x1b[?25l\x1b[>4;2m\x1b[2 q\x1b[!pA", b"A"),
    "title ended by BEL": (b"x\x1b]0;title\x07y", b"xy"),
    "hyperlink ended by ST": (b"\x1b]8;;http://x/\xc3\xa9\x1b\\link\x1b]8;;\x1b\\.", b"link."),
    "device control string, which BEL does not end": (b"\x1bPq123\x07abc\x1b\\k", b"k"),
    "application program command": (b"\x1b_Gf=100;AAAA\x1b\\k", b"k"),
    "privacy message and start of string": (b"\x1b^a\x1b\\\x1bXb\x1b\\k", b"k"),
    "window name of screen and tmux": (b"\x1bkname\x1b\\P", b"P"),
    "character sets": (b"\x1b(B\x1b)0\x1b%Gq", b"q"),
    "two-byte escapes": (b"\x1b=\x1b7\x1bM\x1bc!", b"!"),
    "DEC alignment test": (b"\x1b#8A", b"A"),
    "a control inside a sequence takes effect": (b"\x1b[1\n2mA", b"\nA"),
    "a control after ESC takes effect": (b"\x1b\r(0A\x1b\rkt\x1b\\x", b"\rA\rx"),
    "CAN and SUB abort": (b"\x1b[1\x18A\x1b]0;t\x1aB\x1bPq\x18C\x1b(\x1aD", b"ABCD"),
    "ESC begins anew": (b"\x1b[3\x1b[4mB\x1b]0;x\x1b[1mA\x1b\x1b[mC", b"BAC"),
    "a character ends a broken sequence": (b"\x1b[3\xc3\xa9", b"\xc3\xa9"),
    "no 8-bit controls: they are parts of characters": ("\u061b\u065b".encode(), "\u061b\u065b".encode()),
    "unprinted controls": (b"a\x00\x07\x0e\x0f\x05\x7fb\b\t\r\n", b"ab\b\t\r\n"),
    "unfinished at the end": (b"a\x1b[31", b"a"),
}

FRAGMENTS = [
    b"\x1b",
    b"[",
    b"]",
    b"P",
    b"k",
    b"(",
    b" ",
    b"1;",
    b"m",
    b"\x18",
    b"\x07",
    b"\\",
    b"\n",
    b"\r",
    b"\0",
    b"\xc3\xa9",
    b"a",
]
OUTPUT = st.lists(st.sampled_from(FRAGMENTS), max_size=20).map(b"".join)


@pytest.mark.parametrize(("data", "text"), CASES.values(), ids=CASES)
def test_sequences_are_taken_out(data: bytes, text: bytes) -> None:
    assert EscapeStripper().feed(data) == text


@pytest.mark.parametrize(("data", "text"), CASES.values(), ids=CASES)
def test_a_cut_anywhere_changes_nothing(data: bytes, text: bytes) -> None:
    for cut in range(len(data)):
        stripper = EscapeStripper()
        assert stripper.feed(data[:cut]) + stripper.feed(data[cut:]) == text


@given(OUTPUT)
def test_one_byte_at_a_time_gives_what_one_piece_gives(data: bytes) -> None:
    stripper = EscapeStripper()
    assert b"".join(stripper.feed(bytes([byte])) for byte in data) == EscapeStripper().feed(data)


@given(OUTPUT, OUTPUT)
def test_a_copy_goes_on_from_where_the_original_stands(before: bytes, after: bytes) -> None:
    stripper = EscapeStripper()
    stripper.feed(before)
    assert stripper.copy().feed(after) == stripper.feed(after)


@pytest.mark.parametrize("beginning", [b"\x1b[", b"\x1b]0;", b"\x1bP", b"\x1b(", b"\x1b"])
def test_an_endless_sequence_takes_no_memory(beginning: bytes) -> None:
    stripper = EscapeStripper()
    stripper.feed(beginning)
    for _ in range(100):
        assert stripper.feed(b" " * 10_000) == b""
    assert len(stripper._unfinished) <= 2


def test_the_source_of_a_text_ends_with_its_last_byte() -> None:
    data = b"\x1b[31mhello\x1b[0m world"
    stripper = EscapeStripper()
    assert data[: stripper.source_length(data, 5)] == b"\x1b[31mhello"
    assert stripper.source_length(data, 0) == 0
    assert stripper.source_length(data, 11) == len(data)


@given(OUTPUT, st.integers(0, 20))
def test_the_source_of_a_text_is_the_shortest_that_gives_it(data: bytes, count: int) -> None:
    stripper = EscapeStripper()
    count = min(count, len(stripper.copy().feed(data)))
    length = stripper.source_length(data, count)
    assert len(stripper.copy().feed(data[:length])) >= count
    assert length == 0 or len(stripper.copy().feed(data[: length - 1])) < count
