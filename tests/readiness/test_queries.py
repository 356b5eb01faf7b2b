"""Programs that ask their terminal get an answer, and go on."""

from __future__ import annotations

import errno
import itertools
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgterm.engine import pty
from bgterm.engine.output import OutputBuffer
from bgterm.manager import SessionManager
from bgterm.readiness import queries
from bgterm.readiness.row import CursorPlace
from readiness.outputs import arrived, output_of
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


QUESTIONS = b"\x1b[6n\x1b]11;?\x07\x1b[c\x1b[>0q\x1bP$qm\x1b\\\x1b[18t"
SHOWERS = {
    "bash": (["bash", "--norc"], "cat shown", "echo second"),
    "bash itself": (["bash", "--norc"], 'printf "%s" "$(<shown)"', "echo second"),
    "zsh": (["zsh", "-f"], "cat shown", "echo second"),
    "fish": (["fish", "--no-config"], "cat shown", "echo second"),
    "dash": (["dash"], "cat shown", "echo second"),
    "python": ([sys.executable, "-q"], "print(open('shown').read())", "print('second')"),
    "python itself": ([sys.executable, "-q"], "print(open('shown').read(), end='')", "print('second')"),
    "python's child": ([sys.executable, "-q"], "_ = __import__('os').system('cat shown')", "print('second')"),
    "ipython": (["ipython", "--no-banner", "--no-confirm-exit"], "!cat shown", "print('second')"),
    "sqlite3": (["sqlite3"], ".shell cat shown", "select 'second';"),
    "gdb": (["gdb", "-q", "-nx"], "shell cat shown", "echo second\\n"),
}


@pytest.mark.parametrize("end", [b"\n", b""], ids=["a line", "no end"])
@pytest.mark.parametrize("shower", SHOWERS)
def test_questions_in_a_file_that_is_shown_type_nothing(
    manager: SessionManager, program: Callable[[str], str], tmp_path: Path, shower: str, end: bytes
) -> None:
    argv, show, then = SHOWERS[shower]
    if argv[0] != "ipython":  # of the tests' own environment
        program(argv[0])
    (tmp_path / "shown").write_bytes(b"hello" + QUESTIONS + end)
    env = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color"}
    session = manager.open(manager.start_session(argv, cwd=tmp_path, env=env))
    for _ in range(3):
        assert "hello" in session.run(show, 20_000).data.decode()
        assert session.run(then, 20_000).output == "second"


@pytest.mark.parametrize("drawn", ["", "drawn"])
def test_what_a_line_editors_program_starts_gets_its_answer(
    manager: SessionManager, tmp_path: Path, drawn: str
) -> None:
    pieces = [f"\x1b[c{drawn}".encode()]
    (tmp_path / "asks.py").write_text(ASK.format(pieces=pieces, end=b"c"))
    session = manager.open(manager.start_session([sys.executable, "-q"], tmp_path))
    for _ in range(3):
        result = session.run(f"_ = __import__('os').system('{sys.executable} asks.py; stty sane')", 20_000)
        assert "answer b'\\x1b[?62;22c'" in result.output


@pytest.mark.program("bash")
@pytest.mark.parametrize("end", [b"\x1b", b"\x1b[0"], ids=repr)
def test_a_program_that_reads_on_after_a_file_which_ends_within_a_sequence_waits(
    manager: SessionManager, tmp_path: Path, end: bytes
) -> None:
    (tmp_path / "shown").write_bytes(b"\x1b[c\n" + end)
    session = manager.open(manager.start_session(["bash", "--norc"], cwd=tmp_path))
    assert session.run("cat shown -", 10_000).status.state == "waiting"


def test_a_look_for_who_reads_an_answer_that_fails_is_tried_again(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([OSError(errno.ENOMEM, "no memory")])

    def is_canonical(fd: int) -> bool:
        for failure in failures:
            raise failure
        return pty.is_canonical(fd)

    monkeypatch.setattr(queries, "is_canonical", is_canonical)
    program = start("bash", "-c", r"printf '\e[6n'; sleep 0.05; read -sdR at; echo at ${at#*[}")
    assert program.ready().state == "exited"
    assert "at 1;1" in program.output


@pytest.mark.program("bash")
@pytest.mark.parametrize(
    "ask", [r"read -sdR -p $'\e[6n' at", r"printf '\e[6n'; read -sdR at", r"echo -e '\e[6n'; read -sdR at"]
)
def test_a_script_that_asks_and_then_reads_gets_its_answer(start: Start, ask: str) -> None:
    program = start("bash", "-c", f'{ask}; echo "at ${{at#*[}}"')
    assert program.ready().state == "exited"
    assert re.search(r"at [12];1\r\n", program.output)


def test_a_program_that_asks_without_reading_leaves_room_for_what_the_user_types(manager: SessionManager) -> None:
    asks = "import os, time, tty\ntty.setraw(0)\nfor _ in range(100): os.write(1, b'\\x1b[6n' * 1000)\n"
    session = manager.open(manager.start_session([sys.executable, "-c", asks + "os.write(1, b'end'); time.sleep(60)"]))
    session.poll(30_000, until="end")
    assert session.info().pending_input_bytes < 10_000
    session.write_stdin("x" * 1_000_000)


class CountedReads(OutputBuffer):
    """Output that counts the bytes which are read from it."""

    read_bytes = 0

    def read(self, start: int, stop: int) -> bytes:
        data = super().read(start, stop)
        self.read_bytes += len(data)
        return data


def test_questions_for_the_cursor_look_at_each_byte_of_the_output_once() -> None:
    output = arrived(CountedReads(), *[b"x" * 60 + b"\r\n"] * 2000)
    place = CursorPlace()
    for end in range(0, output.end, 10):
        place.at(output, end, 24, 80)
    assert output.read_bytes <= output.end


@given(st.lists(st.sampled_from([b"word", b"\r\n", b"\x1b[5;7H", b"\x1b[3C", b"\t", b"\b", b"x" * 100, b"\x1bc"])))
def test_the_cursor_is_where_it_is_however_often_it_is_asked_for(pieces: list[bytes]) -> None:
    output = output_of(*pieces)
    often = CursorPlace()
    ends = list(itertools.accumulate(map(len, pieces)))
    places = [often.at(output, end, 24, 80) for end in ends]
    assert places == [CursorPlace().at(output, end, 24, 80) for end in ends]
