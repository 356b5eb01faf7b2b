"""Closing a session ends everything that its program started, and nothing else."""

from __future__ import annotations

import os
import select
import shlex
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from bgterm.manager import SessionManager
from faults.counts import record, times
from faults.processes import alive, bearing
from waiting import eventually


def python(code: str, *arguments: str) -> str:
    """The command line that goes on as a Python that runs `code`."""
    return shlex.join(["exec", sys.executable, "-S", "-c", code, *arguments])


class Lifeline:
    """A fifo that is held open by all that a program started: only when the last has ended, it comes to its end."""

    def __init__(self, path: str) -> None:
        self.path = path
        os.mkfifo(path)
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def is_let_go(self, within_seconds: float = 2) -> bool:
        poll = select.poll()
        poll.register(self._fd, 0)
        return bool(poll.poll(within_seconds * 1000))

    def close(self) -> None:
        os.close(self._fd)
        os.unlink(self.path)


@pytest.fixture
def lifeline(tmp_path: os.PathLike[str]) -> Iterator[Lifeline]:
    lifeline = Lifeline(os.path.join(tmp_path, "lifeline"))
    yield lifeline
    lifeline.close()


@pytest.fixture
def tag() -> Iterator[str]:
    """A variable by which a test finds all that its program started, without the library's help."""
    variable = f"TEST_TAG={uuid.uuid4().hex}"
    yield variable
    for pid in bearing(variable):
        os.kill(pid, signal.SIGKILL)


def environment(tag: str) -> dict[str, str]:
    name, value = tag.split("=")
    return {**os.environ, name: value}


def started(manager: SessionManager, command: str, tag: str, processes: int) -> int:
    """A session of which so many processes are alive and in their final state."""
    sid = manager.start_session(command, env=environment(tag))
    manager.poll(sid, 20_000, until=r"up\r\n")
    assert eventually(lambda: len(bearing(tag)) >= processes, 20)
    return sid


DOUBLE_FORK = python(
    "import os, signal\n"
    "if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    if os.fork() == 0:\n"
    "        [os.close(fd) for fd in range(3)]\n"
    "        signal.pause()\n"
    "    os._exit(0)\n"
    "os.wait()\n"
    "print('up', flush=True)\n"
    "signal.pause()"
)
EMPTIED = python(
    "import os, signal\n"
    "if os.fork() == 0:\n"
    "    os.setsid()\n"
    "    os.execve('/bin/sleep', ['sleep', '1000'], {})\n"
    "print('up', flush=True)\n"
    "signal.pause()"
)

PROGRAMS = {
    "a background job": ("sleep 1000 & echo up; wait", 2),
    "a background job of a shell that has exited": ("set -m; sleep 1000 & echo up", 1),
    "nohup": ("nohup sleep 1000 >/dev/null 2>&1 & echo up; wait", 2),
    "setsid": ("setsid sleep 1000 & echo up; wait", 2),
    "a double fork that closed its terminal": (DOUBLE_FORK, 2),
    "a shell that ignores HUP and TERM": ("trap '' HUP TERM INT; echo up; while :; do sleep 1000; done", 2),
    "children that ignore HUP and TERM": ("trap '' HUP TERM; sleep 1000 & sleep 1000 & echo up; wait", 3),
    "a stopped process": ("sleep 1000 & kill -STOP $!; echo up; wait", 2),
    "a program that is stopped itself": ("echo up; kill -STOP $$; sleep 1000", 1),
    "a pipeline": ("yes | cat >/dev/null & echo up; wait", 3),
    "an interactive shell with jobs": ("exec bash --norc -ic 'set -m; sleep 1000 & sleep 1000 & echo up; wait'", 3),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_close_ends(manager: SessionManager, tag: str, program: str) -> None:
    command, processes = PROGRAMS[program]
    injected = times(3)
    left = 0
    for _ in range(injected):
        sid = started(manager, command, tag, processes)
        manager.close(sid, kill_after_ms=50)
        left += len(bearing(tag))
    record(f"close: {program}", injected, left, "processes left")


def test_close_ends_a_child_that_left_the_session_with_an_empty_environment(manager: SessionManager, tag: str) -> None:
    sid = started(manager, EMPTIED, tag, 1)
    pid = manager.info(sid).pid
    assert eventually(lambda: children(pid))
    (child,) = children(pid)
    manager.close(sid, kill_after_ms=0)
    assert not alive(child)


def children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return list(map(int, file.read().split()))


COMET = (
    "import itertools, os, sys\n"
    "for count in itertools.count():\n"
    "    os.fork() and os._exit(0)\n"
    "    count == 50 and print('going', flush=True)\n"
    "    os.path.exists(sys.argv[1]) or os._exit(0)\n"
)
FORKING = {
    "a process that forks and exits, over and over": COMET,
    "the same, each in a session of its own": COMET + "    os.setsid()\n",
    "a tree that keeps eight processes": (
        "import os, time\n"
        "def grow():\n"
        "    while True:\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(0.001)\n"
        "            os.fork() or os._exit(0)\n"
        "            os._exit(0)\n"
        "        os.wait()\n"
        "[os.fork() or grow() for _ in range(8)]\n"
        "print('going', flush=True)\n"
        "os.wait()"
    ),
}


@pytest.mark.parametrize("program", FORKING)
def test_close_ends_what_keeps_forking(manager: SessionManager, lifeline: Lifeline, program: str) -> None:
    injected = times(5)
    left = 0
    for _ in range(injected):
        sid = manager.start_session(f"exec 3>{lifeline.path}; {python(FORKING[program], lifeline.path)}")
        manager.poll(sid, None, until="going")
        manager.close(sid, kill_after_ms=0)
        left += not lifeline.is_let_go()
    record(f"close: {program}", injected, left, "trees left")


def test_close_spares_a_process_that_is_not_ours(manager: SessionManager) -> None:
    with subprocess.Popen(["sleep", "1000"], start_new_session=True) as stranger:
        sid = manager.start_session("sleep 1000 & sleep 1000")
        manager.close(sid)
        assert stranger.poll() is None
        stranger.kill()


def test_close_spares_another_session(manager: SessionManager) -> None:
    other = manager.start_session("cat")
    manager.close(manager.start_session("cat"))
    assert manager.info(other).running


def test_a_program_ends_by_its_own_trap_if_it_is_quick_enough(
    manager: SessionManager, tmp_path: os.PathLike[str]
) -> None:
    farewell = os.path.join(tmp_path, "farewell")
    sid = manager.start_session(f"trap 'echo bye > {farewell}; exit 7' TERM; echo up; while :; do sleep 0.01; done")
    manager.poll(sid, 20_000, until="up")
    assert manager.close(sid, kill_after_ms=20_000) == 7
    with open(farewell, encoding="ascii") as file:
        assert file.read() == "bye\n"


def test_close_all_ends_hundreds_of_programs_at_once(manager: SessionManager, tag: str) -> None:
    count = times(100)
    for _ in range(count):
        manager.start_session("setsid sleep 1000 & exec sleep 1000", env=environment(tag))
    assert eventually(lambda: len(bearing(tag)) >= 2 * count, 30)
    manager.close_all()
    record("close_all of sessions with a setsid child each", count, len(bearing(tag)), "processes left")


def test_what_a_host_inside_a_session_started_ends_with_the_session(manager: SessionManager, tag: str) -> None:
    inner = (
        "import bgterm, os; bgterm.start_session('trap \"\" HUP; sleep 1000'); print('up', flush=True); os.read(0, 1)"
    )
    sid = started(manager, f"{sys.executable} -c {shlex.quote(inner)}", tag, 3)
    manager.close(sid, kill_after_ms=0)
    assert bearing(tag) == []
