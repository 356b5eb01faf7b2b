from __future__ import annotations

import pytest

from bgterm.readiness.row import cursor_is_on_bracket, line_left_of_cursor, text_left_of_cursor
from readiness.outputs import output_of


@pytest.mark.parametrize(
    ("shown", "row"),
    [
        (b">>> ", ">>> "),
        (b"out\r\n\x1b[?2004h\x1b[01;32mme@host\x1b[00m:\x1b[01;34m~\x1b[00m$ ", "me@host:~$ "),
        (b"first line\r\n\x1b[1m\xce\xbb\x1b[0m ", "λ "),
        (b"12%\r34%\r56%", "56%"),
        (b"$ ls\b\b\x1b[K", "$ "),
        (b"\x1b[1m%\x1b[0m" + b" " * 79 + b"\r \r\r\x1b[J$ \x1b[K", "$ "),
        (b"\x1b[0JIn [1]: \r\n\r\n\r\n\x1b[3A\x1b[8C", "In [1]: "),
        (b"irb(main):001:0> \x1b[K\x1b[1G\x1b[18G", "irb(main):001:0> "),
        (b"x" * 80 + b"yz", "yz"),
        (b"\xe6\xbc\xa2\xe5\xad\x97\x1b[5G> ", "漢字> "),
        (b"\x1b]0;a title\x07$ ", "$ "),
        (b"junk\n" * 2000 + b"> ", "> "),
        (b"", ""),
    ],
)
def test_the_text_left_of_the_cursor_is_what_a_person_sees_there(shown: bytes, row: str) -> None:
    assert text_left_of_cursor(output_of(shown.replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")), 80) == row


@pytest.mark.parametrize(
    ("shown", "line"),
    [
        (b"out\r\n" + b"x" * 78 + b">>> ", "x" * 78 + ">>> "),
        (b"\x1b[1m" + b"x" * 160 + b"\x1b[0m$ ", "x" * 160 + "$ "),
        (b"\xe6\xbc\xa2" * 40 + b"$ ", "\u6f22" * 40 + "$ "),
        (b"x" * 100 + b"\r\n$ ", "$ "),
        (b">>> ", ">>> "),
    ],
)
def test_the_line_left_of_the_cursor_is_whole_where_the_terminal_has_wrapped_it(shown: bytes, line: str) -> None:
    output = output_of(shown)
    assert line_left_of_cursor(output, 80, text_left_of_cursor(output, 80)) == line


@pytest.mark.parametrize(
    ("shown", "is_on_bracket"),
    [
        (b"octave:1> ", False),
        (b"octave:1> (1+2)\b\b\b\b\b", True),
        (b"octave:1> (1+2)\r\x1b[10C", True),
        (b"octave:1> (1+2)", False),
        (b"\x1b[0JIn [1]: \r\n\r\n\r\n\x1b[3A\x1b[8C", False),
        (b"$ " + b" " * 40 + b"right\r\x1b[2C", False),
        (b"$ ls\b\b\x1b[K", False),
        (b">>> Send a message\r\x1b[4C", False),
        (b"hi>>>\r\n\r\n\x1b[2A\x1b[4C", False),
    ],
)
def test_a_cursor_that_goes_back_to_a_bracket_is_on_it(shown: bytes, *, is_on_bracket: bool) -> None:
    assert cursor_is_on_bracket(output_of(shown), 80) == is_on_bracket
