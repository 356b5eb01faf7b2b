"""The operator tools: every key and every signature of their contract, and none of the faults of their kind."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgterm import LineTooLongError, SessionManager
from bgterm.operators import PTYSessionManager

LONG_MS = 20_000
EMPTY = inspect.Parameter.empty


@pytest.fixture
def ptys() -> Iterator[PTYSessionManager]:
    with PTYSessionManager() as ptys:
        yield ptys


def python(*lines: str) -> str:
    """A command line that runs these lines of Python."""
    return f"exec {shlex.join([sys.executable, '-c', chr(10).join(lines)])}"


SIGNATURES = {
    "create_session": {
        "cmd": EMPTY,
        "workdir": None,
        "env": None,
        "login": True,
        "yield_time_ms": 1000,
        "max_output_chars": 4000,
    },
    "write": {
        "session_id": EMPTY,
        "chars": "",
        "close_stdin": False,
        "interrupt": False,
        "yield_time_ms": 1000,
        "max_output_chars": 4000,
    },
    "close": {"session_id": EMPTY},
    "list_sessions": {},
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_an_operation_has_the_parameters_of_the_contract(name: str) -> None:
    found = list(inspect.signature(getattr(PTYSessionManager, name)).parameters.values())[1:]
    assert {one.name: one.default for one in found} == SIGNATURES[name]
    for one in found[1:]:
        assert one.kind is inspect.Parameter.KEYWORD_ONLY


def test_a_new_session_is_described(ptys: PTYSessionManager, tmp_path: Path) -> None:
    created = ptys.create_session("echo hi", workdir=str(tmp_path), yield_time_ms=LONG_MS)
    assert list(created) == ["session_id", "command", "workdir", "stdout", "running", "exit_code"]
    assert re.fullmatch(r"pty_[0-9a-f]{10}", created["session_id"])
    assert created["command"] == "echo hi"
    assert created["workdir"] == str(tmp_path)
    assert created["stdout"].endswith("hi\r\n")
    assert created["running"] is False
    assert created["exit_code"] == 0


def test_a_write_tells_the_output_and_the_state(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session("read line; echo got $line; exit 3", login=False)["session_id"]
    written = ptys.write(session_id, chars="this\n", yield_time_ms=LONG_MS)
    assert list(written) == ["session_id", "stdout", "running", "exit_code"]
    assert written == {
        "session_id": session_id,
        "stdout": "this\r\ngot this\r\n",
        "running": False,
        "exit_code": 3,
    }


def test_a_close_tells_the_exit_code(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session("exec cat", login=False)["session_id"]
    assert ptys.close(session_id) == {"session_id": session_id, "closed": True, "exit_code": -15}
    ended = ptys.create_session("exit 4", login=False, yield_time_ms=LONG_MS)["session_id"]
    assert ptys.close(ended) == {"session_id": ended, "closed": True, "exit_code": 4}


def test_the_list_has_every_session_sorted_by_id(ptys: PTYSessionManager, tmp_path: Path) -> None:
    assert ptys.list_sessions() == []
    running = ptys.create_session("exec cat", workdir=str(tmp_path), login=False)["session_id"]
    ended = ptys.create_session("exit 4", login=False, yield_time_ms=LONG_MS)["session_id"]
    closed = ptys.create_session("exit 5", login=False)["session_id"]
    ptys.close(closed)
    expected = [
        {"session_id": running, "command": "exec cat", "workdir": str(tmp_path), "running": True, "exit_code": None},
        {"session_id": ended, "command": "exit 4", "workdir": os.getcwd(), "running": False, "exit_code": 4},
    ]
    assert ptys.list_sessions() == sorted(expected, key=lambda one: str(one["session_id"]))
    assert [list(listed) for listed in ptys.list_sessions()] == [list(one) for one in expected]


@pytest.mark.parametrize("session_id", ["pty_0123456789", "1", "", "shell", 1, None])
def test_an_unknown_id_is_a_value_error(session_id: str) -> None:
    with SessionManager() as manager:
        manager.start_session(["cat"], name="shell")  # the ids and names of others are none of ours
        ptys = PTYSessionManager(manager)
        with pytest.raises(ValueError, match="no session"):
            ptys.write(session_id)
        with pytest.raises(ValueError, match="no session"):
            ptys.close(session_id)
        assert ptys.list_sessions() == []


def test_an_id_that_was_closed_is_a_value_error_that_says_so(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session("exit 4", login=False, yield_time_ms=LONG_MS)["session_id"]
    ptys.close(session_id)
    with pytest.raises(ValueError, match=r"closed .* \(exit code 4\)"):
        ptys.write(session_id)
    with pytest.raises(ValueError, match="closed"):
        ptys.close(session_id)


def test_the_sessions_are_those_of_the_manager_below() -> None:
    with SessionManager() as manager:
        ptys = PTYSessionManager(manager)
        session_id = ptys.create_session("exec cat", login=False)["session_id"]
        assert manager.info(session_id).running
        manager.close(session_id)
        assert ptys.list_sessions() == []


@pytest.mark.parametrize(
    ("shell", "login", "options"), [("bash", True, "-l"), ("zsh", True, "-l"), ("sh", True, ""), ("bash", False, "")]
)
def test_the_users_shell_runs_the_command(
    ptys: PTYSessionManager, tmp_path: Path, shell: str, login: bool, options: str
) -> None:
    path = tmp_path / shell
    path.write_text('#!/bin/sh\necho "[$@]" $GIVEN $PWD\n')
    path.chmod(0o755)
    created = ptys.create_session(
        "a command", env={"SHELL": str(path), "GIVEN": "given"}, login=login, yield_time_ms=LONG_MS
    )
    assert created["stdout"] == f"[{options} -c a command] given {os.getcwd()}\r\n".replace("[ ", "[")


def test_the_environment_is_added_to_the_own(ptys: PTYSessionManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OWN", "own")
    created = ptys.create_session('echo "$OWN $ADDED"', env={"ADDED": "added"}, login=False, yield_time_ms=LONG_MS)
    assert created["stdout"] == "own added\r\n"


def test_a_session_that_cannot_start_leaves_nothing(ptys: PTYSessionManager) -> None:
    with pytest.raises(FileNotFoundError):
        ptys.create_session("true", workdir="/no/such/directory")
    with pytest.raises(ValueError, match="empty"):
        ptys.create_session("  ")
    with pytest.raises(ValueError, match="yield_time_ms"):
        ptys.create_session("true", yield_time_ms=-1)
    with pytest.raises(ValueError, match="max_output_chars"):
        ptys.create_session("true", max_output_chars=-1)
    assert ptys.list_sessions() == []


@pytest.mark.program("bash")
def test_a_call_ends_when_the_program_waits_for_input(ptys: PTYSessionManager) -> None:
    # A call that went on would end with the test's time.
    session_id = ptys.create_session("bash --norc", yield_time_ms=10 * LONG_MS)["session_id"]
    answer = ptys.write(session_id, chars="echo $((6 * 7))\n", yield_time_ms=10 * LONG_MS)
    assert "\n42\r\n" in answer["stdout"].replace("\x1b[?2004l\r", "\n")
    assert ptys.write(session_id, yield_time_ms=10 * LONG_MS)["stdout"] == ""


def test_a_typed_ctrl_c_interrupts(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session("exec sleep 1000", login=False, yield_time_ms=0)["session_id"]
    assert ptys.write(session_id, chars="\x03", yield_time_ms=LONG_MS)["exit_code"] == -2


def test_the_interrupt_comes_before_the_text_and_the_end_of_input_after_it(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session(
        python(
            # Written at once: a handler may come in the middle of a print.
            "import os, signal, sys; signal.signal(signal.SIGINT, lambda *_: os.write(1, b'interrupted\\n'))",
            "print('up')",
            "for line in sys.stdin: print('got', line, end='')",
            "print('ended')",
        ),
        login=False,
        yield_time_ms=LONG_MS,
    )["session_id"]
    said = ptys.write(session_id, chars="text\n", interrupt=True, close_stdin=True, yield_time_ms=LONG_MS)
    assert (said["running"], said["exit_code"]) == (False, 0)
    lines = said["stdout"].replace("^C", "").split("\r\n")
    assert lines.index("interrupted") < lines.index("got text") < lines.index("ended")


def test_a_program_that_has_exited_is_told_not_raised(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session("echo bye; exit 2", login=False, yield_time_ms=LONG_MS, max_output_chars=2)[
        "session_id"
    ]
    said = ptys.write(session_id, chars="text\n", interrupt=True, close_stdin=True)
    assert (said["stdout"], said["running"], said["exit_code"]) == ("e\r\n", False, 2)


def test_output_beyond_the_bound_stays_for_the_next_call(ptys: PTYSessionManager) -> None:
    text = "".join(f"{number}: äöü€😀\r\n" for number in range(50))
    created = ptys.create_session(
        'i=0; while [ $i -lt 50 ]; do echo "$i: äöü€😀"; i=$((i + 1)); done',
        login=False,
        yield_time_ms=LONG_MS,
        max_output_chars=7,
    )
    pages = [created["stdout"]]
    while pages[-1]:
        pages.append(ptys.write(created["session_id"], yield_time_ms=LONG_MS, max_output_chars=7)["stdout"])
    assert "".join(pages) == text
    assert {len(page) for page in pages[:-2]} == {7}
    assert ptys.write(created["session_id"], max_output_chars=0)["stdout"] == ""


def test_no_output_is_lost_where_nobody_asks_for_it(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session("seq 1 300000", login=False, yield_time_ms=LONG_MS, max_output_chars=0)[
        "session_id"
    ]
    text = ""
    while (said := ptys.write(session_id, yield_time_ms=LONG_MS, max_output_chars=400_000))["stdout"]:
        text += said["stdout"]
    assert text.split() == [str(number) for number in range(1, 300_001)]
    assert said["exit_code"] == 0


def test_much_text_is_typed_whole(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session(
        python(
            "import os, tty; tty.setraw(0); print('up', flush=True); size = 0",
            "while size < 1_000_000: size += len(os.read(0, 65536))",
            "print('got', size)",
        ),
        login=False,
        yield_time_ms=LONG_MS,
    )["session_id"]
    assert "got 1000000" in ptys.write(session_id, chars="x" * 1_000_000, yield_time_ms=LONG_MS)["stdout"]


def test_a_line_that_would_be_cut_raises(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session("exec cat", login=False, yield_time_ms=LONG_MS)["session_id"]
    with pytest.raises(LineTooLongError):
        ptys.write(session_id, chars="x" * 5000 + "\n")
    assert ptys.write(session_id, chars="short\n", yield_time_ms=LONG_MS)["stdout"] == "short\r\nshort\r\n"


def test_a_close_ends_every_process_of_the_session(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session(
        "setsid sleep 1000 & nohup sleep 1000 >/dev/null 2>&1 & echo started; exec cat",
        login=False,  # the sleep in the foreground might say something when it wakes: nothing is certain
        yield_time_ms=500,
    )["session_id"]
    ptys.close(session_id)
    # That nothing is left is looked at after every test.


def test_a_program_that_heeds_nothing_is_killed(ptys: PTYSessionManager) -> None:
    session_id = ptys.create_session("trap '' TERM HUP; echo up; while :; do sleep 0.01; done", login=False)[
        "session_id"
    ]
    assert ptys.close(session_id)["exit_code"] == -9
