"""Programs that ask their terminal get an answer, and go on."""

from __future__ import annotations

import sys

import pytest

from bgterm.manager import SessionManager
from readiness.terminals import Start

ASK = (
    "import os, sys, termios, tty\n"
    "tty.setraw(0)\n"
    "for piece in {pieces!r}: os.write(1, piece)\n"
    "answer = b''\n"
    "while not answer.endswith({end!r}): answer += os.read(0, 100)\n"
    "os.write(1, b'\\r\\nanswer ' + repr(answer).encode() + b'\\r\\n')\n"
)


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (b"\x1b[5n", b"\x1b[0n"),
        (b"\x1b[H\x1b[2Jab\r\ncd\x1b[6n", b"\x1b[2;3R"),
        (b"\x1b[999;999H\x1b[6n", b"\x1b[24;80R"),
        (b"\x1b[c", b"\x1b[?62;22c"),
        (b"\x1b[>0c", b"\x1b[>1;10;0c"),
        (b"\x1b[?2026$p", b"\x1b[?2026;0$y"),
        (b"\x1b]11;?\x07", b"\x1b]11;rgb:0000/0000/0000\x07"),
        (b"\x1b]10;?\x1b\\", b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
        (b"\x1b[18t", b"\x1b[8;24;80t"),
        (b"\x1bP$qm\x1b\\", b"\x1bP0$r\x1b\\"),
        (b"\x1bP+q544e\x1b\\", b"\x1bP0+r\x1b\\"),
        (b"\x1b[>q", b"\x1bP>|bgterm\x1b\\"),
        (b"\x1b[?u\x1b[c", b"\x1b[?62;22c"),
    ],
    ids=repr,
)
def test_a_query_is_answered_as_a_plain_terminal_would(start: Start, query: bytes, answer: bytes) -> None:
    program = start(sys.executable, "-c", ASK.format(pieces=[query], end=answer[-1:]))
    program.ready()
    assert f"answer {answer!r}" in program.output


def test_a_query_that_arrives_in_pieces_is_answered_once(start: Start) -> None:
    both = b"\x1b[0n\x1b[?62;22c"
    program = start(
        sys.executable,
        "-c",
        "import time\n"
        + ASK.replace("os.write(1, piece)", "os.write(1, piece); time.sleep(0.02)").format(
            pieces=[b"\x1b", b"[", b"5", b"n", b"\x1b[", b"c"], end=b"c"
        ),
    )
    program.ready()
    assert f"answer {both!r}" in program.output


def test_a_program_that_waits_for_an_answer_is_not_taken_for_one_that_waits_for_the_user(start: Start) -> None:
    program = start(sys.executable, "-c", ASK.format(pieces=[b"\x1b[6n"], end=b"R"))
    assert program.ready().state == "exited"


def test_a_real_screen_knows_where_the_cursor_is(manager: SessionManager) -> None:
    pytest.importorskip("pyghostty")
    # It scrolls within a region: where the cursor stands then is more than its lines tell.
    pieces = [b"\x1b[2;4r\x1b[4;1H" + b"a\r\n" * 9 + b"bc\x1b[6n"]
    argv = [sys.executable, "-c", "input()\n" + ASK.format(pieces=pieces, end=b"R")]
    session = manager.open(manager.start_session(argv))
    session.screen()
    session.run("")
    answer = b"\x1b[4;3R"
    assert f"answer {answer!r}" in session.read(offset=0).text
