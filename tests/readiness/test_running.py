"""`run`: one call a step, in each program's own language."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

import pytest

from bgterm import READY, NotReadyError, SessionExitedError
from bgterm.manager import SessionManager
from bgterm.session import Session

LONG = "word " * 60
PLAIN = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}


StartSession = Callable[[Sequence[str]], Session]


@pytest.fixture
def program_of(manager: SessionManager, tmp_path: Path) -> StartSession:
    def start(argv: Sequence[str]) -> Session:
        return manager.open(manager.start_session(argv, tmp_path, {**PLAIN, "HOME": str(tmp_path)}))

    return start


@pytest.mark.parametrize(
    ("argv", "steps"),
    [
        pytest.param(argv, steps, marks=pytest.mark.program(argv[0]), id=" ".join(argv[:2]))
        for argv, steps in [
            (["bash", "--norc"], {"echo $((2+2))": "4", "printf hi": "hi", f"echo {LONG}": LONG.strip(), "true": ""}),
            (["dash"], {"echo $((2+2))": "4", "printf hi": "hi", f"echo {LONG}": LONG.strip(), "true": ""}),
            (["zsh", "-f"], {"echo $((2+2))": "4", "printf hi": "hi", f"echo {LONG}": LONG.strip(), "true": ""}),
            (["fish"], {"math 2+2": "4", "printf hi": "hi", f"echo {LONG}": LONG.strip(), "true": ""}),
            (["python3", "-q"], {"2+2": "4", "print('hi', end='')": "hi", "'a' * 200": f"'{'a' * 200}'", "x = 1": ""}),
            (["ipython", "--no-banner", "--colors=NoColor"], {"2+2": "Out[1]: 4", "print('hi')": "hi", "x = 1": ""}),
            (["ipython", "--no-banner", "--simple-prompt"], {"2+2": "Out[1]: 4", "print('hi')": "hi", "x = 1": ""}),
            (["node"], {"2+2": "4", "'a'.repeat(200)": f"'{'a' * 200}'", "console.log('hi')": "hi\nundefined"}),
            (["sqlite3"], {"select 2+2;": "4", "create table t (x);": "", "select 1, 'two';": "1|two"}),
            (["lua5.4"], {"print(2+2)": "4", "x = 1": ""}),
            (["R", "--no-save", "-q"], {"2+2": "[1] 4", "cat('hi')": "hi", "x <- 1": ""}),
            (["irb"], {"2+2": "=> 4", "'a' * 200": f'=> "{"a" * 200}"', "puts 'hi'": "hi\n=> nil"}),
            (["bc", "-q"], {"2+2": "4", "x = 1": "", "x + 1": "2"}),
            (["gdb", "-q", "-nx"], {"print 2+2": "$1 = 4", "echo hi": "hi", "echo hi\\n": "hi"}),
            (["erl"], {"2+2.": "4", 'io:format("hi~n").': "hi\nok"}),
            (["jshell"], {"2+2": "$1 ==> 4", 'System.out.println("hi")': "hi"}),
        ]
    ],
)
def test_a_step_is_one_call_that_returns_what_the_program_said(
    program_of: StartSession, argv: list[str], steps: dict[str, str]
) -> None:
    session = program_of(argv)
    for line, output in steps.items():
        result = session.run(line, 30_000)
        assert (result.output, result.timed_out, result.status.state) == (output, False, "waiting"), result


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_coloured_prompts_of_two_rows_are_no_output(
    program: Callable[[str], str], program_of: StartSession, shell: str
) -> None:
    program(shell)
    session = program_of([shell, "--norc"] if shell == "bash" else [shell, "-f"])
    session.run("PS1=$'\\e[32mme@host\\e[0m ~/folder\\n\\e[1m> \\e[0m'")
    for line, output in {
        "echo hi": "hi",
        "printf hi": "hi",
        "true": "",
        "echo 'me@host ~/folder'": "me@host ~/folder",
    }.items():
        assert session.run(line).output == output


ECHOER = "while True: print(input(), end='', flush=True)"


def test_a_program_without_a_prompt_loses_no_output_that_repeats_the_line(program_of: StartSession) -> None:
    session = program_of([sys.executable, "-c", ECHOER])
    assert [session.run(line).output for line in ("hello", "hello", "more")] == ["hello", "hello", "more"]


@pytest.mark.parametrize("shell", ["dash", "bash"])
def test_a_shell_without_a_prompt_loses_no_output_and_may_get_one(
    program: Callable[[str], str], program_of: StartSession, shell: str
) -> None:
    program(shell)
    session = program_of([shell] if shell == "dash" else [shell, "--norc"])
    steps = {
        "PS1=": "",
        "printf foo": "foo",
        "printf bar": "bar",
        "PS1='> '": "",
        "printf one": "one",
        "echo two": "two",
    }
    for line, output in steps.items():
        assert session.run(line).output == output


def test_a_progress_bar_is_its_last_state(program_of: StartSession) -> None:
    session = program_of(["bash", "--norc"])
    assert session.run(r'for i in 1 2 3; do printf "%d of 3\r" $i; done; echo').output == "3 of 3"


def test_a_question_comes_back_at_once_and_its_answer_is_a_step(program_of: StartSession) -> None:
    session = program_of(["bash", "--norc"])
    asked = session.run("echo first; read -p 'Go on? [Y/n] ' answer; echo you said $answer")
    assert (asked.output, asked.status.prompt, asked.status.at_shell_prompt) == ("first", "Go on? [Y/n] ", False)
    assert session.run("n").output == "you said n"


def test_a_password_question_comes_back_as_such(program_of: StartSession) -> None:
    session = program_of(["bash", "--norc"])
    asked = session.run("read -s -p 'Password: ' p; echo; echo ${#p}")
    assert (asked.status.state, asked.status.prompt) == ("password", "Password: ")
    assert session.run("secret").output.strip() == "6"


def test_several_lines_are_one_step(program_of: StartSession) -> None:
    session = program_of(["bash", "--norc"])
    assert session.run("cat <<END\na\tb\nc\nEND").output == "a\tb\nc"
    python = program_of([sys.executable, "-q"])
    assert python.run("for i in range(3):\n  print(i)\n").output == "0\n1\n2"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("x=5\nx\n", "5"),
        ("def f():\n    return 'max'\n\nf()\nx=1\nx", "'max'\n1"),
        ("for i in range(3): print(i)\n\n", "0\n1\n2"),
    ],
)
def test_lines_typed_one_after_the_other_leave_their_answers_alone(
    program_of: StartSession, lines: str, said: str
) -> None:
    """Rows as short as a prompt were taken for the echo of an empty line."""
    session = program_of([sys.executable, "-q"])
    assert session.run(lines).output == said


def test_a_step_that_takes_too_long_says_so_and_goes_on(program_of: StartSession) -> None:
    session = program_of(["bash", "--norc"])
    session.run("true")
    result = session.run("echo begun; read -t 30 < <(sleep 30); echo done", 300)
    assert (result.timed_out, result.status.state, result.output) == (True, "busy", "begun")
    session.interrupt()
    assert session.poll(10_000, until="done|\\$ $").match is not None


def test_a_program_that_is_not_ready_gets_nothing_typed(program_of: StartSession) -> None:
    session = program_of(["bash", "-c", "sleep 30"])
    with pytest.raises(NotReadyError, match="not ready") as caught:
        session.run("echo never", 100)
    assert caught.value.status is not None
    assert session.info().pending_input_bytes == 0
    assert "never" not in session.read().text


def test_a_program_that_has_exited_is_no_more_run(program_of: StartSession) -> None:
    session = program_of(["true"])
    session.wait(10_000)
    with pytest.raises(SessionExitedError):
        session.run("echo never")


def test_leaving_a_program_is_a_step_that_ends_with_its_exit(program_of: StartSession) -> None:
    session = program_of(["bash", "--norc"])
    result = session.run("echo bye; exit 3")
    assert (result.status.state, result.timed_out) == ("exited", False)
    assert result.output.splitlines()[0] == "bye"
    assert session.wait() == 3


def test_of_too_much_output_the_end_is_returned_and_the_rest_is_counted(program_of: StartSession) -> None:
    session = program_of(["bash", "--norc"])
    result = session.run("seq 60000", max_output_bytes=1000)
    assert result.output.splitlines()[-1] == "60000"
    assert len(result.data) <= 1000
    assert session.read(offset=result.start_offset - 20).data[:20] != b""
    assert result.end_offset - result.start_offset == len(result.data)
    assert session.run("echo next").output == "next"


def test_a_step_reads_on_where_the_program_waits_for_its_reader(manager: SessionManager, tmp_path: Path) -> None:
    session = manager.open(
        manager.start_session(["bash", "--norc"], tmp_path, PLAIN, overflow="block", max_buffer_bytes=10_000)
    )
    result = session.run("seq 100000", max_output_bytes=None)
    assert result.output == "\n".join(map(str, range(1, 100_001)))
    assert (result.timed_out, result.status.state, result.dropped_bytes) == (False, "waiting", 0)
    assert session.run("echo next").output == "next"
    before = session.info().unread_offset
    result = session.run("seq 100000; echo end", max_output_bytes=500)
    assert result.output.splitlines()[-2:] == ["100000", "end"]
    assert before + result.dropped_bytes + result.skipped_bytes == result.start_offset


def test_what_an_interrupted_step_has_read_on_is_unread_again(manager: SessionManager, tmp_path: Path) -> None:
    session = manager.open(
        manager.start_session(["bash", "--norc"], tmp_path, PLAIN, overflow="block", max_buffer_bytes=10_000)
    )
    session.poll(10_000, until=READY)

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            session.run(f"seq 20000; kill -USR1 {os.getpid()}; read", max_output_bytes=None)
    finally:
        signal.signal(signal.SIGUSR1, before)
    text = session.poll(10_000, None).text
    assert "\r1\r\n2\r\n" in text
    while "\n20000\r\n" not in text:
        text += session.poll(10_000, None).text
    session.interrupt()


def test_what_a_step_returned_is_read(program_of: StartSession) -> None:
    session = program_of(["bash", "--norc"])
    session.run("echo one")
    assert session.read().text == ""


@pytest.mark.program("bash")
def test_what_is_missing_of_the_output_is_told(manager: SessionManager) -> None:
    session = manager.open(manager.start_session(["bash", "--norc"]))
    whole = session.run("seq 2000")
    assert not whole.truncated and whole.head_tail(100_000) == whole.output
    assert whole.head_tail(300).startswith("1\n2\n") and whole.head_tail(300).endswith("\n1999\n2000")
    part = session.run("seq 2000", max_output_bytes=1000)
    assert part.truncated and part.output.endswith("2000")
    session.write_stdin("# unread\n")
    assert not session.run("echo hello").truncated
