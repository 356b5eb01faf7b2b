"""A signal handler may close sessions, whatever the thread that it interrupts is doing with them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import bgterm
from belongings import open_fds
from bgterm.errors import UnknownSessionError
from faults.counts import record, times
from faults.interruptions import Interrupter
from waiting import eventually


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


VERBS: dict[str, Callable[[bgterm.Session, str], object]] = {
    "poll": lambda session, _: session.write_stdin("x\n", 200, until="never"),
    "read by offset": lambda session, _: session.read(offset=0),
    "search": lambda session, _: session.search("x"),
    "mark": lambda session, _: session.mark("here"),
    "resize": lambda session, _: session.resize(30, 100),
    "export_recording": lambda session, folder: session.export_recording(os.path.join(folder, "cast")),
    "screen": lambda session, _: session.screen(),
    "wait_screen": lambda session, _: session.wait_screen("never", 50),
    "send_keys": lambda session, _: session.send_keys("a", "Enter"),
    "status": lambda session, _: session.status(),
    "info": lambda session, _: session.info(),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_handler_closes_a_session_with_a_transcript_whatever_its_thread_does_there(verb: str, tmp_path: Path) -> None:
    session: bgterm.Session  # of the round
    interrupter = Interrupter(lambda: session.close(terminate=False))
    call = VERBS[verb]
    for _ in range(times(200 if verb == "poll" else 40)):  # places enough to be in the middle of a write
        session = bgterm.Session.start("stty -echo; echo up; exec cat", transcript=tmp_path / "log", max_buffer_bytes=9)
        session.poll(None, until="up\r\n")
        session.write_stdin("some output\n" * 5, 200)  # more than the buffer keeps
        try:
            interrupter.call(partial(call, session, str(tmp_path)))
        except (UnknownSessionError, ValueError):  # ValueError: no transcript is kept any more
            pass
        session.close(terminate=False)
        assert session.sid not in bgterm.list_sessions()
        assert eventually(lambda: not open_at(str(tmp_path)))
    record(f"close by a signal handler at each place of {verb}, with a transcript", interrupter.interruptions)


def open_at(folder: str) -> list[str]:
    """Descriptors of files in a folder."""
    return [fd for fd in open_fds() if folder in fd]


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
