"""An interpreter that ends while threads use its sessions: it says nothing, leaves nothing, and starts nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest

from faults.counts import record, times
from faults.hosts import outcome

DAEMONS = {
    "wait for a pattern": "bgterm.poll(sid, None, until='never')",
    "poll for moments": "bgterm.poll(sid, 1)",
    "wait for one of many": "bgterm.wait_any(sids, None, until='never')",
    "wait for the exit": "assert bgterm.wait(sid) is None",
    "type": "bgterm.write_stdin(sid, 'x\\n', 1)",
    "look": "bgterm.info(sid), bgterm.status(sid)",
    "start and close": "bgterm.close(bgterm.start_session(['cat']))",
    "wait in a loop of asyncio": "asyncio.run(aio.poll(sid, None, until='never'))",
}


@pytest.mark.parametrize("what", DAEMONS)
def test_daemon_threads_that_use_sessions_are_not_heard_when_the_interpreter_ends(what: str) -> None:
    """They were told that their session had been closed, and the interpreter printed that as an error of theirs."""
    hosts = times(5)
    for _ in range(hosts):
        assert (
            outcome(f"""
            import asyncio, threading, bgterm
            from bgterm import aio
            begun = threading.Semaphore(0)
            def use(sid):
                begun.release()
                while True:
                    {DAEMONS[what]}
            sids = [bgterm.start_session("cat") for _ in range(4)]
            for sid in sids * 2:
                threading.Thread(target=use, args=(sid,), daemon=True).start()
            for _ in range(8):
                begun.acquire()
        """)
            == ""
        )
    record(f"the interpreter ends while eight daemon threads {what}", hosts, 0, "all that the test checks")


def test_a_program_is_read_while_it_ends_though_a_thread_that_led_sleeps(tmp_path: Path) -> None:
    outcome(f"""
        import threading, bgterm
        bye = "trap 'seq 100000; echo whole > {tmp_path}/bye; exit' TERM; echo up; while :; do sleep 0.01; done"
        sid = bgterm.start_session(bye)
        bgterm.poll(sid, 10_000, until="up")
        threading.Thread(target=bgterm.poll, args=(sid, None), kwargs={{"until": "never"}}, daemon=True).start()
    """)
    assert (tmp_path / "bye").read_text() == "whole\n"


def test_a_start_after_the_sessions_were_ended_is_refused_in_words() -> None:
    assert outcome("""
        import atexit
        @atexit.register  # before bgterm's own, so it runs after that
        def late():
            try:
                bgterm.start_session(["cat"], name="late")
            except bgterm.BgtermError as error:
                print(error)
            try:
                bgterm.poll(sid)
            except bgterm.UnknownSessionError as error:
                print(error.closed, bgterm.list_sessions())
        import bgterm
        sid = bgterm.start_session(["cat"])
    """).splitlines() == ["the interpreter ends, and has ended its sessions: none can be started any more", "True ()"]


def test_a_start_in_an_atexit_handler_before_that_works_and_is_ended(tmp_path: Path) -> None:
    outcome(f"""
        import atexit, sys, bgterm
        if sys.version_info[:2] == (3, 12):  # which starts no thread while it ends: the I/O thread must be there
            bgterm.close(bgterm.start_session("true"))
        @atexit.register
        def early():
            bye = "trap 'echo ended > {tmp_path}/bye; exit' TERM; echo up; while :; do sleep 0.01; done"
            sid = bgterm.start_session(bye)
            assert bgterm.poll(sid, 10_000, until="up").match
    """)
    assert (tmp_path / "bye").read_text() == "ended\n"
