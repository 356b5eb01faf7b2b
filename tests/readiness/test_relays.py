"""What relays carry: output and prompts of programs at the far end."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgterm import READY, NotReadyError
from bgterm.manager import SessionManager
from bgterm.session import Session
from readiness import servers
from readiness.terminals import Start

ENV = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="module")
def config() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder, servers.sshd(Path(folder)) as config:
        yield config


@pytest.fixture
def far(manager: SessionManager, config: str) -> Iterator[Session]:
    """A shell at the far end of ssh."""
    session = manager.open(manager.start_session(["ssh", "-F", config, "here", "PS1='$ ' bash --norc"], "/", ENV))
    session.poll(20_000, until=READY)
    yield session
    session.close()


@pytest.mark.program("sshd", "ssh", "python3")
def test_a_program_that_a_far_shell_starts_has_a_prompt_of_its_own(far: Session) -> None:
    """The shell's prompt, the line typed there and the new prompt together were taken for one prompt."""
    assert far.run("python3 -q", 20_000).status.prompt == ">>> "
    for word in ("one", "one", "two"):
        assert far.run(f"print('{word}', end='')", 20_000).output == word


SHOWN = {
    "a switch for pasting, and words": r"printf '\033[?2004hLoading: '",
    "a switch for pasting, and a percentage": r"printf '\033[?2004hLoading 20%%'",
    "a switch for pasting, and rows": r"printf '\033[?2004h'; seq 9; printf 'Loading > '",
    "a prompt's mark": r"printf '\033]133;A\007'",
    "a prompt's mark, and words": r"printf '\033]133;A\007Loading: '",
    "both of a prompt's marks": r"printf '\033]133;A\007Loading: \033]133;B\007'",
}


@pytest.mark.program("sshd", "ssh")
@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_what_output_from_afar_announces_is_no_prompt_unless_it_looks_like_one(
    far: Session, tmp_path: Path, shown: str
) -> None:
    result = far.run(f"{shown}; sleep 1; : > {tmp_path}/done", 20_000)
    assert (result.timed_out, (tmp_path / "done").exists()) == (False, True), result


WORKS = """
import asyncio, sys
async def main():
    asyncio.get_running_loop().add_reader(0, sys.stdin.readline)
    print({shown!r}, end='', flush=True)
    await asyncio.sleep(1)
asyncio.run(main())
"""


@pytest.mark.parametrize("shown", ["\033[?2004hLoading > ", "\033]133;A\007Loading > "])
def test_what_output_of_a_program_that_listens_announces_is_no_prompt(
    manager: SessionManager, tmp_path: Path, shown: str
) -> None:
    session = manager.open(manager.start_session([sys.executable, "-c", WORKS.format(shown=shown)], tmp_path, ENV))
    assert session.poll(20_000, until=READY).reason == "exit"


SERVES = """
import fcntl, os, select, struct, sys
master = os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY)
fcntl.ioctl(master, 0x40045431, struct.pack('i', 0))  # TIOCSPTLCK: whoever wants may open the slave
poll = select.poll()
poll.register(0, select.POLLIN)
poll.register(master, select.POLLIN)
print('serves', flush=True)
while not (events := dict(poll.poll())).get(master, 0) & select.POLLHUP:
    if 0 in events:
        print('still ' + sys.stdin.readline(), flush=True)
print('hung up', flush=True)
"""


def test_a_look_at_an_inner_terminal_that_nobody_has_opened_yet_does_not_hang_it_up(start: Start) -> None:
    """screen, for one, took that for the end of its window, and ended."""
    program = start(sys.executable, "-c", SERVES)
    program.until(lambda _: "serves" in program.output)
    for _ in range(5):
        program.status()
    program.type("here\r")
    program.until(lambda _: "still" in program.output or "hung up" in program.output)
    assert "still here" in program.output


PAGED = {
    "more": "more /etc/services",
    "git log": "cd {folder}; git init -q; for i in $(seq 40); do git {who} commit -q --allow-empty -m x; done; git log",
    "man": "man -P more ls",
}


@pytest.mark.program("sshd", "ssh", "less", "more", "git", "man")
@pytest.mark.parametrize("name", PAGED)
def test_a_pager_at_the_far_end_takes_no_line(far: Session, tmp_path: Path, name: str) -> None:
    who = "-c user.name=n -c user.email=e"
    shown = far.run(PAGED[name].format(folder=tmp_path, who=who), 20_000)
    assert (shown.timed_out, shown.status.state) == (False, "fullscreen"), shown
    with pytest.raises(NotReadyError, match="takes keys, not lines"):
        far.run("echo typed", None)
    far.send_keys("q")
    assert far.run("echo $((6*7))", 20_000).output == "42"


@pytest.mark.program("sshd", "ssh", "dash")
def test_a_far_prompt_at_which_lines_were_typed_twice_is_known(far: Session) -> None:
    for line in ("PS1='dash> ' exec dash", "echo one", "echo two"):
        assert far.run(line, 20_000, min_confidence="quiet").status.prompt == "dash> "
    result = far.run("sleep 1; echo $((6*7))", 20_000)
    assert (result.output, result.timed_out, result.status.confidence) == ("42", False, "prompt")
