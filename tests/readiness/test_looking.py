"""What a program does, and what is said of it. The programs are real; each case has a ground truth of its own."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from readiness.terminals import Start, is_ready
from waiting import eventually

PYTHON = sys.executable


def test_a_program_that_reads_its_terminal_waits_certainly(start: Start) -> None:
    program = start("cat")
    status = program.ready()
    assert (status.state, status.confidence) == ("waiting", "certain")
    assert status.foreground is not None
    assert status.foreground.name == "cat"
    assert status.foreground.pid == program.terminal.child.pid


@pytest.mark.parametrize(
    "work",
    [
        "import time; time.sleep(1.5)",
        "import time\nwhile True: pass",
        "import subprocess; subprocess.run(['sleep', '30'])",
        "import socket; a, b = socket.socketpair(); a.recv(1)",
        "import threading; threading.Event().wait()",
        "import time\nfor i in range(1000): print('tick', flush=True); time.sleep(0.01)",
    ],
    ids=["sleeps", "computes", "waits for a child", "waits for the network", "waits for a thread", "ticks"],
)
def test_a_program_that_works_is_busy(start: Start, work: str) -> None:
    program = start(PYTHON, "-c", f"print('begun', flush=True)\n{work}")
    assert eventually(lambda: program.status().state == "exited" or "begun" in program.output)
    statuses = [program.until(lambda status: status.state != "busy", seconds=0.2) for _ in range(3)]
    assert {(status.state, status.confidence) for status in statuses} == {("busy", "certain")}


def test_typed_ahead_input_keeps_a_program_busy_until_it_has_read_it(start: Start) -> None:
    program = start(PYTHON, "-c", "import time; time.sleep(0.5); print(input()); print(input()); time.sleep(60)")
    program.type("one\ntwo\n")
    status = program.until(lambda status: status.state != "busy" or "two\r\ntwo" in program.output, seconds=5)
    assert status.state == "busy"


def test_a_child_in_the_foreground_is_asked_instead_of_the_shell(start: Start) -> None:
    shell = start("bash", "--norc")
    shell.ready()
    shell.type("cat\r")
    status = shell.until(lambda status: status.foreground is not None and status.foreground.name == "cat")
    assert is_ready(shell.ready())
    assert status.at_shell_prompt is not True


def test_a_stopped_program_is_stopped_though_it_was_reading(start: Start) -> None:
    program = start("cat")
    program.ready()
    os.kill(program.terminal.child.pid, signal.SIGSTOP)
    assert program.until(lambda status: status.state == "stopped").state == "stopped"
    os.kill(program.terminal.child.pid, signal.SIGCONT)
    assert program.ready().confidence == "certain"


@pytest.mark.parametrize(("code", "words"), [(0, "code 0"), (7, "code 7")])
def test_a_program_that_has_exited_says_so_with_its_code(start: Start, code: int, words: str) -> None:
    status = start("sh", "-c", f"exit {code}").ready()
    assert (status.state, status.confidence) == ("exited", "certain")
    assert words in status.reason


def test_a_password_prompt_is_told_from_a_question(start: Start) -> None:
    program = start(PYTHON, "-c", "import getpass; getpass.getpass(); input('Go on? [Y/n] ')")
    assert program.ready().state == "password"
    status = program.step("secret")
    assert (status.state, status.prompt) == ("waiting", "Go on? [Y/n] ")


def test_a_shell_knows_its_prompt_from_its_read(start: Start) -> None:
    shell = start("bash", "--norc")
    assert shell.ready().at_shell_prompt is True
    assert shell.step("read -p 'Name: ' name").at_shell_prompt is False
    assert shell.step("me").at_shell_prompt is True


@pytest.mark.program("less")
def test_a_pager_fills_the_screen(start: Start) -> None:
    shell = start("bash", "--norc", env={"LESS": ""})
    shell.ready()
    assert shell.step("seq 1000 | less").state == "fullscreen"
    shell.type("q")
    assert shell.until(lambda status: status.state == "waiting" and is_ready(status)).at_shell_prompt is True


def test_a_thread_that_reads_the_terminal_while_others_work_is_no_proof(start: Start) -> None:
    program = start(
        PYTHON,
        "-c",
        "import threading, sys, time\n"
        "threading.Thread(target=sys.stdin.readline, daemon=True).start()\n"
        "print('reading', flush=True); time.sleep(60)",
    )
    status = program.until(lambda status: status.confidence == "quiet", seconds=5)
    assert status.confidence == "quiet"
    assert not is_ready(status)


def test_output_written_before_the_program_waits_is_there_when_it_is_found_waiting(start: Start) -> None:
    program = start("cat")
    program.ready()
    for number in range(300):
        program.step(f"line {number}")
        assert program.output.count(f"line {number}\r\n") == 2  # the echo, and cat's


@pytest.mark.program("script")
def test_behind_a_relay_the_inner_program_is_asked(start: Start) -> None:
    program = start("script", "-qc", "bash --norc", "/dev/null")
    status = program.ready()
    assert (status.confidence, status.at_shell_prompt) == ("certain", True)
    assert status.foreground is not None
    assert status.foreground.name == "bash"
    for number in range(100):
        assert program.step(f"echo $(({number} * 7))").confidence == "certain"
        assert f"\r{number * 7}\r\n" in program.output or f"\n{number * 7}\r\n" in program.output


@pytest.mark.program("script")
def test_behind_a_relay_a_program_that_sleeps_is_busy(start: Start) -> None:
    program = start("script", "-qc", "sleep 60", "/dev/null")
    status = program.until(lambda status: status.state not in {"busy", "unknown"}, seconds=1)
    assert status.state == "busy"


@pytest.mark.program("script")
def test_where_the_kernel_lends_no_master_a_relayed_program_is_found_by_two_looks(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_master: object) -> int:
        raise PermissionError

    monkeypatch.setattr("bgterm.readiness.linux.terminal.borrow", refuse)
    program = start("script", "-qc", "bash --norc", "/dev/null")
    assert program.ready().confidence == "certain"
    for number in range(30):
        assert program.step(f"echo $(({number} * 7))").confidence == "certain"
        assert f"{number * 7}\r\n" in program.output.split("*")[-1]


def test_asking_again_and_again_leaves_no_descriptor_behind(start: Start) -> None:
    program = start("cat")
    program.ready()
    before = sorted(os.listdir("/proc/self/fd"))
    for _ in range(50):
        program.status()
    assert sorted(os.listdir("/proc/self/fd")) == before
