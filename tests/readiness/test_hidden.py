"""Programs at which an ordinary user may not look: of another user, closed to tracing, or hidden in /proc.

The questions are asked by an interpreter of an ordinary user's, which root starts; it says what it found.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bgterm
from bgterm.results import Status
from readiness.terminals import Start

SOURCE = Path(bgterm.__file__).parent.parent
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
HIDDEN_PROC = [
    "unshare",
    "--mount",
    "--propagation",
    "private",
    "sh",
    "-c",
    'mount -t proc -o hidepid=2 proc /proc && "$@"',
]

UNTRACEABLE = "import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)"  # PR_SET_DUMPABLE
LOOK = """
import sys, bgterm
with bgterm.Session.start(sys.argv[2:], "/", {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "PS1": "$ "}) as session:
    session.poll(20_000, until="[]?:] $")
    found = session.poll(20_000, until=bgterm.READY, min_confidence=sys.argv[1])
    print(found.reason, found.status.state, found.status.confidence)
"""


def an_interpreter() -> str:
    """A Python that an ordinary user may start, and that this library supports."""
    for python in (sys.executable, "/usr/bin/python3"):
        check = [*NOBODY, python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if subprocess.run(check, capture_output=True, cwd="/", check=False).returncode == 0:
            return python
    pytest.skip("an ordinary user has no Python 3.11")


def found(least: str, *program: str, within: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What an ordinary user's look at a program says: the reason, the state, the confidence."""
    if os.geteuid():
        pytest.skip("only root becomes another user unasked")
    argv = [*NOBODY, an_interpreter(), "-c", LOOK, least, *program]
    if within:
        if subprocess.run([*within, "sh", "true"], capture_output=True, check=False).returncode:
            pytest.skip("no mount namespaces here")
        argv = [*within, "sh", *argv]
    env = {**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(argv, cwd="/", env=env, capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    return tuple(done.stdout.split())


def untraceable(asks: str) -> tuple[str, ...]:
    return "/usr/bin/python3", "-c", f"{UNTRACEABLE}; {asks}"


@pytest.mark.parametrize("within", [(), tuple(HIDDEN_PROC)], ids=["refused", "hidden"])
def test_a_password_question_of_another_user_is_found(within: tuple[str, ...]) -> None:
    assert found("marks", "su", "root", "-c", "true", within=within)[:2] == ("ready", "password")


@pytest.mark.parametrize("question", ["Go on? [y/N] ", "rm: remove regular file \\'/etc/hostname\\'? "])
def test_a_question_that_looks_like_one_is_found_where_the_kernel_refuses(question: str) -> None:
    assert found("marks", *untraceable(f"input('{question}')")) == ("ready", "waiting", "prompt")


def test_any_other_question_is_found_by_quiet_where_the_kernel_refuses() -> None:
    assert found("quiet", *untraceable("input('Name: ')")) == ("ready", "waiting", "quiet")


@pytest.mark.parametrize("row", ["Name: ", "Go on? [y/N] ", "Password: "])
def test_a_program_that_works_is_not_found_where_the_kernel_refuses(row: str) -> None:
    work = f"print({row!r}, end='', flush=True); [None for _ in iter(int, 1)]"
    assert found("quiet", "timeout", "2", *untraceable(work))[0] == "exit"


def no_process(pid: int) -> None:
    del pid


def test_without_proc_a_question_is_found_by_quiet_and_never_called_busy(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bgterm.readiness.linux.foreground.process_stat", no_process)
    program = start("sh", "-c", "printf 'Name: '; read x")
    seen: list[str] = []

    def quiet(status: Status) -> bool:
        seen.append(status.state)
        return status.confidence == "quiet"

    status = program.until(quiet)
    assert (status.state, status.prompt) == ("waiting", "Name: ")
    assert "busy" not in seen
