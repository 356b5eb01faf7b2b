"""Full-screen programs and REPLs, driven by keys and read from their screens."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bgterm.manager import SessionManager
from bgterm.session import Session
from bgterm.views.screen import Screen

pytest.importorskip("pyghostty")

WAIT_MS = 15_000

Start = Callable[..., Session]


@pytest.fixture
def start(manager: SessionManager, tmp_path: Path) -> Start:
    """Start a program as if it were the first time that this user does."""

    def start(*cmd: str, rows: int = 10, cols: int = 50) -> Session:
        env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path)}
        return manager.open(manager.start_session(cmd, cwd=tmp_path, env=env, rows=rows, cols=cols))

    return start


def shown(session: Session, pattern: str | Callable[[Screen], object]) -> Screen:
    screen = session.wait_screen(pattern, WAIT_MS, settle_ms=20)  # programs draw in pieces
    assert screen is not None, f"{pattern!r} never came, but:\n{session.screen().text}"
    return screen


@pytest.mark.program("vim")
def test_vim(start: Start, tmp_path: Path) -> None:
    session = start("vim", "-u", "NONE", "-i", "NONE", "-n", "new.txt")
    empty = shown(session, r"\[New File\]")
    assert empty.alternate
    assert empty.lines == ("", *["~"] * 8, '"new.txt" [New File]')
    session.send_keys("i", "hello", "Enter", "world", "Escape", "Up", "x")
    edited = shown(session, lambda screen: screen.lines[0] == "hell")
    assert edited.lines[:3] == ("hell", "world", "~")
    assert edited.cursor == (0, 3)
    session.send_keys(":wq", "Enter")
    assert session.wait(WAIT_MS) == 0
    assert (tmp_path / "new.txt").read_text() == "hell\nworld\n"
    assert not session.screen().alternate


@pytest.mark.program("vim")
def test_vim_and_its_screen_take_a_new_size_together(start: Start) -> None:
    told = "autocmd VimResized * put =&lines.'x'.&columns"
    session = start("vim", "-u", "NONE", "-i", "NONE", "-n", "-c", told, "new.txt")
    shown(session, r"\[New File\]")
    session.resize(6, 30)
    resized = shown(session, "\n6x30\n~\n~\n~")
    assert (resized.rows, resized.cols) == (6, 30)
    assert resized.cursor.row == 1


@pytest.mark.program("less")
def test_less(start: Start, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("".join(f"line {number}\n" for number in range(1, 201)))
    session = start("less", "text")
    assert shown(session, "text").lines == (*(f"line {number}" for number in range(1, 10)), "text")
    session.send_keys("PageDown")
    assert shown(session, "line 18").lines[0] == "line 10"
    session.send_keys("Up")
    assert shown(session, lambda screen: screen.lines[0] == "line 9").lines[8] == "line 17"
    session.send_keys("/line 150", "Enter")
    shown(session, lambda screen: screen.lines[0] == "line 150")
    session.send_keys("End")
    assert shown(session, "END").lines == (*(f"line {number}" for number in range(192, 201)), "(END)")
    session.send_keys("q")
    assert session.wait(WAIT_MS) == 0


@pytest.mark.program("htop")
def test_htop(start: Start) -> None:
    session = start("htop", "--delay=100", rows=24, cols=90)
    table = shown(session, "F10Quit")
    assert table.alternate
    assert "Load average" in table.text
    assert any(line.split()[:2] == ["PID", "USER"] for line in table.lines)
    session.send_keys("F1")
    shown(session, "Process state: R: running")
    session.send_keys("Escape")
    shown(session, "F10Quit")
    session.send_keys("F10")
    assert session.wait(WAIT_MS) == 0


@pytest.mark.program("nano")
def test_nano(start: Start, tmp_path: Path) -> None:
    session = start("nano", "--ignorercfiles", "new.txt")
    shown(session, r"New File")
    session.send_keys("abc", "Enter", "def", "Up", "Home", "X")
    edited = shown(session, "Xabc")
    assert edited.lines[1:3] == ("Xabc", "def")
    assert edited.cursor == (1, 1)
    session.send_keys("C-x")
    shown(session, "Save modified buffer")
    session.send_keys("y", "Enter")
    assert session.wait(WAIT_MS) == 0
    assert (tmp_path / "new.txt").read_text() == "Xabc\ndef\n"


@pytest.mark.program("dialog")
def test_dialog(start: Start) -> None:
    session = start("dialog", "--menu", "Choose", "12", "30", "3", "a", "Apple", "b", "Pear", rows=14)
    menu = shown(session, lambda screen: "Pear" in screen.text and screen.text.count("┘") == 2)
    box = [line.strip() for line in menu.lines if line.strip()]
    assert box[0] == "┌" + "─" * 28 + "┐"
    assert box[1] == "│ Choose" + " " * 21 + "│"
    assert box[-1] == "└" + "─" * 28 + "┘"
    session.send_keys("Down", "Enter")
    assert session.wait(WAIT_MS) == 0
    assert session.poll().plain.split()[-1] == "b"


@pytest.mark.program("fzf")
def test_fzf(start: Start) -> None:
    session = start("sh", "-c", "printf 'apple\nbanana\ncherry\n' | fzf")
    shown(session, "3/3")
    session.send_keys("an")
    assert shown(session, "1/3").lines[-3:] == ("> banana", shown(session, "1/3").lines[-2], "> an")
    session.send_keys("Enter")
    assert session.wait(WAIT_MS) == 0
    assert session.poll().text.endswith("banana\r\n")


def test_python(start: Start) -> None:
    session = start(sys.executable, "-q")
    shown(session, ">>>")
    session.send_keys("for i in range(2):", "Enter")
    shown(session, r"\.\.\.")
    session.send_keys("    print(i)", "Enter", "Enter")
    assert shown(session, "1\n>>>").text == ">>> for i in range(2):\n...     print(i)\n...\n0\n1\n>>>"
    session.send_keys("Up", "Up", "Home", "C-k", "'done'", "Enter")
    assert shown(session, "'done'\n'done'\n>>>").text.endswith("1\n>>> 'done'\n'done'\n>>>")


@pytest.mark.program("ipython")
def test_ipython_and_the_colours_of_its_prompt(start: Start) -> None:
    session = start("ipython", "--no-banner")
    shown(session, r"In \[1\]:")
    session.send_keys("6*7", "Enter")
    answered = shown(session, r"Out\[1\]: 42\s+In \[2\]:")
    assert answered.text.strip() == "In [1]: 6*7\nOut[1]: 42\n\nIn [2]:"
    assert ">Out[</text>" in answered.to_svg()
    assert session.poll().plain.strip() == "In [1]: 6*7\nOut[1]: 42\n\nIn [2]:"


@pytest.mark.program("bash")
def test_text_of_several_lines_is_pasted_and_not_run(start: Start) -> None:
    session = start("bash", "--norc")
    shown(session, "[$#]")
    session.send_keys("echo one\necho two")
    shown(session, "echo two")
    assert "\none" not in session.screen().text
    session.send_keys("Enter")
    shown(session, "one\ntwo")
