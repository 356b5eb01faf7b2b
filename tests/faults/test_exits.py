"""The end of a program and the end of its output are two events, and the exit code is the true one."""

from __future__ import annotations

import os
import resource
import signal
import sys

import pytest

import bgterm
from bgterm.manager import SessionManager
from faults.counts import record, times
from faults.hosts import outcome
from faults.streams import counted, counted_bytes, differing
from waiting import eventually

FATAL = sorted(
    {signal.SIGABRT, signal.SIGALRM, signal.SIGBUS, signal.SIGFPE, signal.SIGHUP, signal.SIGILL, signal.SIGINT}
    | {signal.SIGIO, signal.SIGKILL, signal.SIGPIPE, signal.SIGPROF, signal.SIGQUIT, signal.SIGSEGV, signal.SIGSYS}
    | {signal.SIGTERM, signal.SIGTRAP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGVTALRM, signal.SIGXCPU, signal.SIGXFSZ}
)

LEFT_BEHIND = "set -m; (while [ ! -e {go} ]; do sleep 0.01; done; echo late) & echo tail"
"""A shell with job control exits at once; its job, which the terminal's hang-up does not reach, goes on."""


@pytest.mark.parametrize("code", [0, 1, 2, 126, 127, 255])
def test_the_exit_code_is_the_programs(manager: SessionManager, code: int) -> None:
    assert manager.wait(manager.start_session(f"exit {code}")) == code


@pytest.mark.parametrize("number", FATAL, ids=lambda number: number.name)
def test_the_exit_code_of_a_fatal_signal_is_its_negative(manager: SessionManager, number: signal.Signals) -> None:
    sid = manager.start_session(f"kill -{int(number)} $$")
    assert manager.wait(sid) == -number
    assert (manager.poll(sid).exit_code, manager.info(sid).exit_code, manager.close(sid)) == (-number,) * 3


def test_the_exit_code_of_a_core_dump_is_the_signals_negative(
    manager: SessionManager, tmp_path: os.PathLike[str]
) -> None:
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0:
        pytest.skip("core dumps are forbidden here")
    sid = manager.start_session("ulimit -c unlimited; kill -ABRT $$", cwd=tmp_path)
    assert manager.wait(sid) == -signal.SIGABRT


def test_the_tail_is_whole_when_the_program_is_known_to_have_exited(manager: SessionManager) -> None:
    expected = counted_bytes(2000)
    injected, lost = times(150), 0
    for _ in range(injected):
        sid = manager.start_session(counted(2000))
        manager.wait(sid)
        page = manager.read(sid, None)
        assert not page.running
        lost += differing(expected, page.data)
        manager.close(sid)
    record("exit right after 18,000 bytes of output", injected, lost, "bytes")


def test_a_tail_without_a_newline_is_there(manager: SessionManager) -> None:
    sid = manager.start_session("printf 'no newline'; exit 3")
    manager.wait(sid)
    assert manager.read(sid).text == "no newline"


def test_a_job_that_holds_the_terminal_delays_neither_wait_nor_poll(
    manager: SessionManager, tmp_path: os.PathLike[str]
) -> None:
    sid = manager.start_session(LEFT_BEHIND.format(go=os.path.join(tmp_path, "go")))
    assert manager.wait(sid) == 0
    page = manager.poll(sid, None)
    assert "tail" in page.text
    assert (page.running, page.exit_code) == (False, 0)
    assert manager.poll(sid, None).reason == "exit"


def test_info_names_who_still_holds_the_terminal(manager: SessionManager, tmp_path: os.PathLike[str]) -> None:
    go = os.path.join(tmp_path, "go")
    sid = manager.start_session(LEFT_BEHIND.format(go=go))
    manager.wait(sid)
    assert manager.info(sid).held_by
    open(go, "w", encoding="ascii").close()
    assert eventually(lambda: not manager.info(sid).held_by)


def test_what_a_job_writes_after_the_exit_still_arrives(manager: SessionManager, tmp_path: os.PathLike[str]) -> None:
    go = os.path.join(tmp_path, "go")
    sid = manager.start_session(LEFT_BEHIND.format(go=go))
    manager.wait(sid)
    manager.read(sid)
    open(go, "w", encoding="ascii").close()
    assert eventually(lambda: manager.read(sid, 0).remaining_bytes)
    assert manager.read(sid).text == "late\r\n"


def test_a_wait_on_a_program_that_hung_up_its_own_terminal_sleeps(manager: SessionManager) -> None:
    hang_up = "import ctypes, signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); print('up', flush=True); input()"
    hang_up += "; ctypes.CDLL(None).vhangup(); signal.pause()"
    sid = manager.start_session([sys.executable, "-c", hang_up])
    manager.poll(sid, None, until="up")
    manager.write_stdin(sid, "go\n")
    before = os.times()
    assert manager.wait(sid, 500) is None
    after = os.times()
    assert after.user + after.system - before.user - before.system < 0.25  # of its own time: it did not spin


def test_a_wait_for_the_exit_of_a_program_that_waits_for_its_reader_sleeps(manager: SessionManager) -> None:
    sid = manager.start_session("yes", overflow="block", max_buffer_bytes=1000)
    assert eventually(lambda: manager.read(sid, 0).remaining_bytes >= 1000)
    before = os.times()
    assert manager.wait(sid, 500) is None
    after = os.times()
    assert after.user + after.system - before.user - before.system < 0.25


def test_a_host_that_ignores_sigchld_sees_the_exit_and_an_unknown_code() -> None:
    assert (
        outcome("""
        import signal, bgterm
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        sid = bgterm.start_session("echo tail; exit 3")
        assert bgterm.wait(sid) is None
        page = bgterm.read(sid)
        print(page.text.strip(), page.running, page.exit_code, bgterm.info(sid).running, bgterm.close(sid))
    """)
        == "tail False None False None"
    )


def test_a_host_that_reaps_every_child_itself_sees_the_exit() -> None:
    assert outcome("""
        import os, bgterm
        sid = bgterm.start_session("read line; exit 3")
        bgterm.write_stdin(sid, "go\\n")
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            pass  # it was not the quicker one
        bgterm.wait(sid)
        print(bgterm.info(sid).running, bgterm.close(sid))
    """) in {"False None", "False 3"}


def test_an_interruption_at_any_place_loses_no_exit_code(manager: SessionManager) -> None:
    from faults.interruptions import Interrupter, InterruptionError  # noqa: PLC0415 - for this test alone

    interrupter = Interrupter()
    lost = 0
    for _ in range(times(100)):
        session = bgterm.Session.start("exit 3")
        try:
            code = interrupter.call(session.wait)
        except InterruptionError:
            code = session.wait()
        lost += code != 3
        session.close()
    record("Ctrl-C at each place of wait", interrupter.interruptions, lost, "exit codes")
