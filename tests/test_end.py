"""Ending: exit codes, what stays after an exit, and what a close takes with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from functools import partial

import pytest

import bgterm
from bgterm import EXIT, SessionManager, UnknownSessionError
from bgterm.engine import child
from bgterm.engine.noted import give_back
from faults.interruptions import Interrupter, InterruptionError
from inside import live
from waiting import eventually


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_exit_codes_are_the_programs(manager: SessionManager, code: int) -> None:
    sid = manager.start_session(f"exit {code}")
    assert manager.wait(sid, 10_000) == code
    assert manager.poll(sid).exit_code == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP, signal.SIGSEGV])
def test_a_signal_is_a_negative_exit_code(manager: SessionManager, number: signal.Signals) -> None:
    sid = manager.start_session(f"ulimit -c 0; kill -{number.name[3:]} $$; sleep 100")
    assert manager.wait(sid, 10_000) == -number


def test_a_wait_for_the_exit_has_an_end(manager: SessionManager) -> None:
    sid = manager.start_session(["cat"])
    assert manager.wait(sid, 20) is None
    assert manager.info(sid).running
    with pytest.raises(ValueError, match="timeout_ms"):
        manager.wait(sid, -1)


def test_terminate_and_kill_keep_the_session(manager: SessionManager) -> None:
    sid = manager.start_session("trap 'echo no' TERM; echo go; while :; do sleep 0.05; done")
    manager.poll(sid, 10_000, until="go")
    manager.terminate(sid)
    assert manager.poll(sid, 10_000, until="no").match
    manager.kill(sid)
    assert manager.wait(sid, 10_000) == -9
    manager.kill(sid)
    assert manager.info(sid).exit_code == -9


def test_the_tail_is_complete_when_running_is_false(manager: SessionManager) -> None:
    for _ in range(20):
        sid = manager.start_session("seq 1 3000")
        manager.wait(sid, 10_000)
        page = manager.poll(sid, 0, None)
        assert not page.running
        assert page.text.split() == list(map(str, range(1, 3001)))
        manager.close(sid)


def test_a_grandchild_that_holds_the_terminal_delays_nothing_and_is_named(manager: SessionManager) -> None:
    sid = manager.start_session("trap '' HUP; (sleep 0.3; echo late; exec sleep 1000) & echo now")
    assert manager.wait(sid, 10_000) == 0
    info = manager.info(sid)
    assert not info.running
    assert info.held_by
    assert manager.poll(sid, 0).text == "now\r\n"
    assert eventually(lambda: "late" in manager.read(sid, offset=0).text, 10)
    assert eventually(lambda: manager.info(sid).held_by)  # in the midst of execve(2) it shows no environment
    holder = manager.info(sid).held_by[0].pid
    manager.close(sid)
    assert eventually(lambda: not os.path.exists(f"/proc/{holder}"))


def test_close_ends_what_the_program_started(manager: SessionManager) -> None:
    sid = manager.start_session(
        "sleep 1001 & setsid sleep 1002 & nohup sleep 1003 >/dev/null 2>&1 & trap '' HUP; echo $! go; cat"
    )
    text = manager.poll(sid, 10_000, until="go").text
    started = {int(pid) for pid in _descendants(manager.info(sid).pid)}
    assert len(started) >= 3, text
    manager.close(sid)
    assert eventually(lambda: not [pid for pid in started if os.path.exists(f"/proc/{pid}")])


def _descendants(pid: int) -> list[str]:
    return subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], check=False, capture_output=True, text=True
    ).stdout.split()


def test_closing_twice_is_no_error_and_unknown_ids_are_explained(manager: SessionManager) -> None:
    sid = manager.start_session("exit 5")
    manager.wait(sid, 10_000)
    assert manager.close(sid) == 5
    assert manager.close(sid) == 5
    with pytest.raises(UnknownSessionError, match=r"closed .*exit code 5") as caught:
        manager.poll(sid)
    assert (caught.value.closed, caught.value.exit_code) == (True, 5)
    with pytest.raises(UnknownSessionError, match="no session 99") as caught:
        manager.close(99)
    assert not caught.value.closed
    with pytest.raises(UnknownSessionError, match="looked up as a name"):
        manager.poll("1")
    assert issubclass(UnknownSessionError, bgterm.BgtermError)
    assert issubclass(bgterm.BgtermError, RuntimeError)


def test_closing_from_many_threads_is_closing_once(manager: SessionManager) -> None:
    sid = manager.start_session("trap '' TERM HUP; echo go; while :; do sleep 0.1; done")
    manager.poll(sid, 10_000, until="go")
    codes: list[int | None] = []
    threads = [threading.Thread(target=lambda: codes.append(manager.close(sid, kill_after_ms=50))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert codes == [-9] * 5


def test_a_close_that_is_interrupted_anywhere_gives_everything_back(manager: SessionManager) -> None:
    """Once the terminal was marked closed, what a signal handler had interrupted was never gone on with."""
    interrupter = Interrupter()
    interrupted = 0
    while interrupter.interruptions == interrupted:
        interrupted += 1
        session = manager.open(manager.start_session("cat"))
        try:
            interrupter.call(partial(session.close, terminate=False))
        except InterruptionError:
            session.close(terminate=False)
        assert session.sid not in manager.list_sessions()
        terminal = live(session).terminal
        assert (terminal.master, terminal.slave, terminal.lock.locked()) == (-1, -1, False)


def test_close_without_terminate_only_hangs_up(manager: SessionManager) -> None:
    sid = manager.start_session("trap '' HUP; echo go; exec sleep 1004")
    manager.poll(sid, 10_000, until="go")
    pid = manager.info(sid).pid
    manager.close(sid, terminate=False)
    try:
        assert os.path.exists(f"/proc/{pid}")
    finally:
        os.kill(pid, signal.SIGKILL)
    # It is reaped though its session is closed.
    assert eventually(lambda: not os.path.exists(f"/proc/{pid}"))


def test_an_exited_session_keeps_its_output_until_it_is_closed(manager: SessionManager) -> None:
    sid = manager.start_session("echo kept; exit 2")
    manager.wait(sid, 10_000)
    assert sid in manager.list_sessions()
    result = manager.poll(sid, None, until=EXIT)
    assert (result.text, result.exit_code, result.reason) == ("kept\r\n", 2, "exit")
    assert manager.read(sid, offset=0).text == "kept\r\n"


def test_an_interpreter_that_ends_leaves_nothing() -> None:
    script = textwrap.dedent(
        """
        import bgterm, threading
        sid = bgterm.start_session("setsid sleep 1005 & trap '' HUP TERM; echo go $!; while :; do sleep 0.1; done")
        print(bgterm.poll(sid, 10_000, until=r"go (\\d+)").match[1], bgterm.info(sid).pid)
        threading.Thread(target=lambda: bgterm.poll(sid, None, until="never"), daemon=True).start()
        """
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    for pid in done.stdout.split():
        assert not os.path.exists(f"/proc/{pid}")


def test_a_forked_child_has_no_sessions_and_harms_none() -> None:
    script = textwrap.dedent(
        """
        import bgterm, os, sys
        sid = bgterm.start_session(["cat"])
        session = bgterm.Session.open(sid)
        pid = os.fork()
        if pid == 0:
            assert bgterm.list_sessions() == ()
            try: session.poll()
            except bgterm.UnknownSessionError: pass
            session.close()
            own = bgterm.start_session(["cat"])
            assert bgterm.write_stdin(own, "child\\n", 10_000, until="child").match
            sys.exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        assert bgterm.write_stdin(sid, "parent\\n", 10_000, until="parent").match
        """
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_host_that_ignores_its_children_gets_an_unknown_exit_code() -> None:
    script = textwrap.dedent(
        """
        import bgterm, signal
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        sid = bgterm.start_session("echo done; exit 3")
        r = bgterm.poll(sid, 10_000, until=bgterm.EXIT)
        assert (r.text, r.running, r.exit_code, r.reason) == ("done\\r\\n", False, None, "exit"), r
        assert bgterm.wait(sid, 10_000) is None
        """
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_a_close_without_limit_waits_for_the_program(manager: SessionManager) -> None:
    sid = manager.start_session("trap 'sleep 0.2; exit 7' TERM; echo go; while :; do sleep 0.05; done")
    manager.poll(sid, 10_000, until="go")
    assert manager.close(sid, kill_after_ms=None) == 7


def test_the_descriptor_of_an_exit_is_closed_by_the_next_try_where_an_interruption_came_first(
    manager: SessionManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had been forgotten by then, and stayed open for ever."""
    session = manager.open(manager.start_session(["true"]))
    session.wait(10_000)
    tries: list[int] = []

    def interrupted_once(opened: list[int]) -> None:
        tries.append(len(opened))
        if len(tries) == 1:
            raise KeyboardInterrupt
        give_back(opened)

    monkeypatch.setattr(child, "give_back", interrupted_once)
    session.close()
    assert tries == [1, 1]
