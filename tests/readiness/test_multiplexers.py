"""Inside tmux and screen: they pass on a picture, with modes and marks of their own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgterm import READY
from bgterm.manager import SessionManager
from bgterm.session import Session

ENV = {
    **{name: value for name, value in os.environ.items() if name not in {"TMUX", "TMUX_PANE", "STY"}},
    "PS1": "$ ",
    "TERM": "xterm-256color",
    "LC_ALL": "C.UTF-8",
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's: its path is too long for a socket's."""
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder:
        yield Path(folder)


def opened(manager: SessionManager, folder: Path, name: str) -> Session:
    argv = {
        "tmux": ["tmux", "-S", f"{folder}/tmux", "-f", "/dev/null", "new-session", "bash --norc"],
        "dtach": ["dtach", "-c", f"{folder}/dtach", "bash", "--norc"],
        "screen": ["screen", "-q", "-c", "/dev/null", "bash", "--norc"],
    }[name]
    (folder / "screen").mkdir(0o700)
    session = manager.open(manager.start_session(argv, folder, {**ENV, "SCREENDIR": f"{folder}/screen"}))
    assert session.poll(20_000, until=READY).reason == "ready"
    return session


def lines(first: int, last: int) -> str:
    return "\n".join(map(str, range(first, last + 1)))


STEPS = {
    "echo hi": "hi",
    "printf hi": "hi",
    "true": "",
    "printf '  a  b  \\n'": "  a  b  ",
    "seq 100": lines(1, 100),
    "echo $((6*7))": "42",
    f"echo {'x' * 200}": "x" * 200,
    "PS1='new> '": "",
    "printf 'no end'": "no end",
    "seq 1000": lines(1, 1000),
    "seq 1001 2000": lines(1001, 2000),
    "seq 2001 2800": lines(2001, 2800),
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.program(name)) for name in ("tmux", "dtach")])
def test_what_a_program_says_is_output_where_tmux_is_asked_or_all_of_it_is_passed_on(
    manager: SessionManager, folder: Path, name: str
) -> None:
    """What tmux shows is a picture: rows that scroll by quickly are not in it, and much else is."""
    session = opened(manager, folder, name)
    for line, said in STEPS.items():
        result = session.run(line, 20_000)
        assert (result.output, result.timed_out) == (said, False), line


@pytest.mark.program("tmux")
def test_what_tmux_has_forgotten_is_not_made_up(manager: SessionManager, folder: Path) -> None:
    session = opened(manager, folder, "tmux")
    assert session.run("seq 10000", 20_000).output == ""
    assert session.run("echo next", 20_000).output == "next"


@pytest.mark.program("screen")
def test_what_cannot_be_asked_is_not_made_up(manager: SessionManager, folder: Path) -> None:
    session = opened(manager, folder, "screen")
    assert [session.run(line, 20_000).output for line in ("echo hi", "seq 100")] == ["", ""]
    assert "hi" in session.read(offset=0).text


@pytest.mark.program("tmux", "screen", "python3", "less")
@pytest.mark.parametrize("name", ["tmux", "screen"])
def test_the_picture_of_a_multiplexer_makes_no_program_in_it_a_full_screen(
    manager: SessionManager, folder: Path, name: str
) -> None:
    session = opened(manager, folder, name)
    assert session.run("python3 -q", 20_000).status.state == "waiting"
    assert session.run("exit()", 20_000).status.state == "waiting"
    assert session.run("less /etc/services", 20_000).status.state == "fullscreen"
    session.send_keys("q")
    assert session.run("true", 20_000).status.state == "waiting"


@pytest.mark.program("tmux", "screen")
@pytest.mark.parametrize("name", ["tmux", "screen"])
def test_an_interrupt_reaches_what_runs_inside(manager: SessionManager, folder: Path, name: str) -> None:
    session = opened(manager, folder, name)
    assert session.run("sleep 30", 500).timed_out
    session.interrupt()
    assert session.poll(20_000, until=READY).reason == "ready"
    assert session.run(": > here", 20_000).status.state == "waiting"
    assert (folder / "here").exists()
