"""A signal handler may close sessions, whatever the thread that it interrupts is doing with them."""

from __future__ import annotations

import threading
from functools import partial

import pytest

import bgterm
from bgterm.errors import UnknownSessionError
from faults.counts import record, times
from faults.interruptions import Interrupter


@pytest.mark.parametrize("terminate", [True, False])
def test_a_handler_closes_the_session_that_its_thread_waits_on(*, terminate: bool) -> None:
    session: bgterm.Session  # of the round
    interrupter = Interrupter(lambda: session.close(terminate, kill_after_ms=0))
    for _ in range(times(60)):
        session = bgterm.Session.start("stty -echo; trap '' HUP; echo up; while read line; do echo; done")
        session.poll(None, until="up\r\n")
        try:
            interrupter.call(partial(session.write_stdin, "x\n", 200, until="never"))
        except UnknownSessionError:
            pass
        else:
            session.close()  # the handler's place was beyond the end of the wait
        assert session.sid not in bgterm.list_sessions()
        assert threading.active_count() < 10
    record(f"close(terminate={terminate}) by a signal handler at each place of a wait", interrupter.interruptions)


def test_a_handler_closes_what_its_thread_is_closing() -> None:
    session: bgterm.Session  # of the round
    interrupter = Interrupter(lambda: session.close(kill_after_ms=0))
    for _ in range(times(60)):
        session = bgterm.Session.start("cat")
        interrupter.call(partial(session.close, kill_after_ms=0))
        assert session.sid not in bgterm.list_sessions()
    record("close by a signal handler at each place of close", interrupter.interruptions)


def test_a_handler_closes_all_sessions_while_its_thread_starts_one() -> None:
    interrupter = Interrupter(lambda: bgterm.close_all(kill_after_ms=0))
    for _ in range(times(60)):
        bgterm.start_session("cat")
        interrupter.call(lambda: bgterm.start_session("cat"))
        bgterm.close_all(kill_after_ms=0)
        assert bgterm.list_sessions() == ()
    record("close_all by a signal handler at each place of a start", interrupter.interruptions)
