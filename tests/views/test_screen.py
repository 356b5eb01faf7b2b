"""What a terminal shows, as the emulator has it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bgterm
from bgterm import aio
from bgterm.manager import SessionManager
from bgterm.views.plain import plain
from bgterm.views.screen import Screen

pytest.importorskip("pyghostty")
from bgterm.views.emulator import Emulator

# Sequences of ECMA-48 and of DEC's terminals, with what a screen of 5 rows and 10 columns shows after them, and where
# the cursor is.
SHOWN = {
    "text": ("ab\r\ncd", ["ab", "cd"], (1, 2)),
    "the right edge wraps": ("0123456789a", ["0123456789", "a"], (1, 1)),
    "the last column waits to wrap": ("0123456789", ["0123456789"], (0, 9)),
    "no wrapping": ("\x1b[?7l0123456789ab", ["012345678b"], (0, 9)),
    "cursor position": ("\x1b[3;4Hx", ["", "", "   x"], (2, 4)),
    "moves": ("\x1b[2;5Hx\x1b[A\x1b[2Dy\x1b[Bz\x1b[1Cw", ["   y", "    z w"], (1, 7)),
    "column and row": ("\x1b[4Gx\x1b[3dy", ["   x", "", "    y"], (2, 5)),
    "erase in line": ("abcdef\x1b[3D\x1b[K\r\nabcdef\x1b[3D\x1b[1K\r\nabc\x1b[2K", ["abc", "    ef"], (2, 3)),
    "erase in display": ("a\r\nb\r\nc\x1b[2;1H\x1b[J", ["a"], (1, 0)),
    "insert and delete characters": ("abcdef\r\x1b[2@\x1b[4C\x1b[2P", ["  abef"], (0, 4)),
    "blank characters": ("abcdef\r\x1b[2X", ["  cdef"], (0, 0)),
    "insert and delete lines": ("a\r\nb\r\nc\x1b[2;1H\x1b[L\x1b[1;1H\x1b[M", ["", "b", "c"], (0, 0)),
    "scrolling region": ("a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[3;1H\nx", ["a", "c", "x", "d"], (2, 1)),
    "reverse index at the top": ("a\x1b[1;1H\x1bMb", ["b", "a"], (0, 1)),
    "tabs": ("a\tb", ["a       b"], (0, 9)),
    "save and restore": ("a\x1b7\x1b[4;4Hb\x1b8c", ["ac", "", "", "   b"], (0, 2)),
    "insert mode": ("abc\r\x1b[4hx\x1b[4l", ["xabc"], (0, 1)),
    "repeat": ("-\x1b[4b", ["-----"], (0, 5)),
    "line drawing": ("\x1b(0lqk\x1b(B", ["┌─┐"], (0, 3)),
    "wide characters": ("日本x", ["日本x"], (0, 5)),
    "a wide character does not fit the last column": ("012345678日", ["012345678", "日"], (1, 2)),
    "combining characters": ("e\u0301x", ["e\u0301x"], (0, 2)),
    "full reset": ("abc\x1bcd", ["d"], (0, 1)),
    "alignment test": ("\x1b#8", ["E" * 10] * 5, (0, 0)),
    "a control inside a sequence": ("ab\x1b[1\r2Hc", ["ab", "", "", "", "c"], (4, 1)),
    "an aborted sequence": ("\x1b[3\x18Xa", ["Xa"], (0, 2)),
}  # fmt: skip


def screen_of(output: str, rows: int = 5, cols: int = 10) -> Emulator:
    shown = Emulator(rows, cols)
    shown.feed(output.encode())
    return shown


@pytest.mark.parametrize(("output", "lines", "cursor"), SHOWN.values(), ids=SHOWN)
def test_sequences_do_what_their_standards_say(output: str, lines: list[str], cursor: tuple[int, int]) -> None:
    shown = screen_of(output)
    assert list(shown.lines()[: len(lines)]) == lines
    assert not any(shown.lines()[len(lines) :])
    assert shown.cursor == cursor


LINE_EDITS = (
    *("abc", "x", "hello world ", "\r", "\r\n", "\b", "日本", "é", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J", "\x1b[3C"),
    *(
        "\x1b[2D",
        "\x1b[A",
        "\x1b[B",
        "\x1b[2@",
        "\x1b[2P",
        "\x1b[3X",
        "\x1b[5G",
        "\x1b7",
        "\x1b8",
        "\x1b[31m",
        "\x1b[E",
    ),
    *("\x1b[F", "\x1bM", "\x1bD", "\x1bE"),
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(LINE_EDITS), max_size=20).map("".join))
def test_plain_text_is_what_the_screen_shows(output: str) -> None:
    output = "\r\n" * 20 + "\x1b7" + output  # room above, and a place to come back to
    shown = [line.rstrip() for line in screen_of(output, rows=80, cols=400).lines()]
    read = [line.rstrip() for line in plain(output, columns=400).split("\n")]
    assert read + [""] * (80 - len(read)) == shown


def test_a_session_has_a_screen(manager: SessionManager) -> None:
    sid = manager.start_session("printf '\\033]2;A title\\007one\\n\\033[1mtwo'; read x", rows=10, cols=40)
    shown = manager.wait_screen(sid, "two", 5000)
    assert shown is not None
    assert shown.lines == ("one", "two", *[""] * 8)
    assert shown.text == "one\ntwo"
    assert shown.cursor == (1, 3)
    assert shown.title == "A title"
    assert (shown.rows, shown.cols) == (10, 40)
    assert (shown.alternate, shown.cursor_visible, shown.complete) == (False, True, True)
    assert shown.end_offset == manager.info(sid).buffer_end_offset


def test_the_screen_leaves_output_unread(manager: SessionManager) -> None:
    sid = manager.start_session("echo text; read x")
    manager.wait_screen(sid, "text", 5000)
    assert manager.poll(sid).text == "text\r\n"
    assert manager.screen(sid).text == "text"


def test_a_screen_asked_for_late_is_right(manager: SessionManager) -> None:
    sid = manager.start_session("seq 1000; printf 'end'", rows=10)
    manager.wait(sid)
    manager.poll(sid)
    shown = manager.screen(sid, scrollback_lines=3)
    assert shown.lines == (*(str(number) for number in range(992, 1001)), "end")
    assert shown.scrollback == ("989", "990", "991")
    assert shown.complete


def test_a_screen_says_where_the_beginning_is_missing(manager: SessionManager) -> None:
    sid = manager.start_session("seq 10000", rows=10, max_buffer_bytes=1000)
    manager.wait(sid)
    shown = manager.screen(sid)
    assert not shown.complete
    assert shown.lines[-2:] == ("10000", "")


def test_with_a_transcript_the_beginning_is_never_missing(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session(
        "printf '\\033]2;early\\007'; seq 10000", max_buffer_bytes=1000, transcript=tmp_path / "t"
    )
    manager.wait(sid)
    shown = manager.screen(sid)
    assert shown.complete
    assert shown.title == "early"


def test_output_that_was_forgotten_between_two_looks_is_told(manager: SessionManager) -> None:
    sid = manager.start_session("echo one; read x; seq 10000", rows=10, max_buffer_bytes=1000)
    first = manager.wait_screen(sid, "one", 5000)
    assert first is not None
    assert first.complete
    manager.write_stdin(sid, "\n")
    manager.wait(sid)
    shown = manager.screen(sid)
    assert not shown.complete
    assert shown.lines[-2] == "10000"


def test_resizing_keeps_program_and_screen_in_step(manager: SessionManager) -> None:
    sid = manager.start_session("trap 'stty size' WINCH; echo ready; while read x; do :; done", rows=10, cols=40)
    manager.poll(sid, 5000, until="ready")
    manager.resize(sid, 12, 50)
    shown = manager.wait_screen(sid, "12 50", 5000)
    assert shown is not None
    assert (shown.rows, shown.cols) == (12, 50)
    assert len(shown.lines) == 12


def test_output_is_drawn_in_the_size_that_it_was_written_for(manager: SessionManager) -> None:
    sid = manager.start_session("printf '\\033[1;30Hx\\033[2;1H'; read y; echo z", rows=5, cols=30)
    manager.poll(sid, 5000, until="x")
    manager.poll(sid, 100, until="z")
    manager.resize(sid, 5, 60)
    manager.write_stdin(sid, "\n")
    manager.wait(sid)
    assert manager.screen(sid).lines[0] == " " * 29 + "x"


def test_a_wait_for_the_screen_takes_a_predicate(manager: SessionManager) -> None:
    sid = manager.start_session("printf '\\033[?1049h\\033[5;5Hfull'; read x", rows=10)
    shown = manager.wait_screen(sid, lambda screen: screen.alternate and screen.lines[4] == "    full", 5000)
    assert shown is not None
    assert shown.cursor == (4, 8)


def test_a_wait_for_the_screen_can_go_on_until_it_settles(manager: SessionManager) -> None:
    sid = manager.start_session("for i in 1 2 3 4 5; do echo $i; sleep 0.01; done; read x")
    shown = manager.wait_screen(sid, "1", 5000, settle_ms=500)
    assert shown is not None
    assert shown.text == "1\n2\n3\n4\n5"


def test_a_wait_for_the_screen_ends_with_its_time(manager: SessionManager) -> None:
    sid = manager.start_session("echo one; read x")
    assert manager.wait_screen(sid, "never", 50) is None


def test_a_wait_for_the_screen_ends_with_the_program(manager: SessionManager) -> None:
    sid = manager.start_session("echo one")
    assert manager.wait_screen(sid, "never") is None


def test_a_wait_for_the_screen_ends_where_the_program_waits_for_its_reader(manager: SessionManager) -> None:
    sid = manager.start_session("seq 100000", max_buffer_bytes=1000, overflow="block")
    assert manager.wait_screen(sid, "never") is None


def test_what_a_predicate_raises_reaches_its_caller(manager: SessionManager) -> None:
    sid = manager.start_session("echo one; read x")
    manager.wait_screen(sid, "one", 5000)
    with pytest.raises(ZeroDivisionError):
        manager.wait_screen(sid, lambda screen: screen.rows / 0, 5000)
    assert manager.screen(sid).text == "one"


def test_closing_ends_a_wait_for_the_screen_by_an_error(manager: SessionManager) -> None:
    sid = manager.start_session("read x")
    manager.close(sid)
    with pytest.raises(bgterm.UnknownSessionError):
        manager.screen(sid)
    with pytest.raises(bgterm.UnknownSessionError):
        manager.wait_screen(sid, "x")


def test_negative_scrollback_is_an_error(manager: SessionManager) -> None:
    with pytest.raises(ValueError, match="scrollback_lines"):
        manager.screen(manager.start_session(["true"]), scrollback_lines=-1)


def test_without_the_extra_the_error_says_what_to_install() -> None:
    program = """
import sys
sys.modules["pyghostty"] = None
import bgterm
from bgterm import aio
sid = bgterm.start_session(["true"])
try:
    bgterm.screen(sid)
except ModuleNotFoundError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "bgterm[screen]" in done.stdout


def test_sessions_that_nobody_looks_at_do_not_load_the_emulator() -> None:
    program = """
import sys, bgterm
sid = bgterm.start_session(["true"])
bgterm.wait(sid)
print(sorted(name for name in sys.modules if name.startswith(("pyghostty", "cffi", "bgterm.views"))))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pyghostty" not in done.stdout
    assert "plain" not in done.stdout


def test_a_coroutine_waits_for_the_screen() -> None:
    async def look() -> tuple[str, Screen | None, Screen | None]:
        sid = await aio.start_session("echo one; read x")
        try:
            never = asyncio.create_task(aio.wait_screen(sid, "never", 50))
            shown = await aio.wait_screen(sid, "one", 5000)
            return (await aio.screen(sid)).text, shown, await never
        finally:
            await aio.close(sid)

    text, shown, never = asyncio.run(look())
    assert text == "one"
    assert shown is not None
    assert shown.text == "one"
    assert never is None
