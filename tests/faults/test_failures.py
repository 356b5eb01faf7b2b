"""What fails inside: an observer of the output, the I/O thread's own wait. Nobody else notices, and it is reported."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from bgterm.engine.pump import pump
from bgterm.manager import SessionManager
from inside import live
from waiting import eventually

Reports = list[threading.ExceptHookArgs]


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reports]:
    """What was reported as a thread's exception."""
    found: Reports = []
    monkeypatch.setattr(threading, "excepthook", found.append)
    yield found
    found.clear()  # the exceptions know frames, which know files


class FailingObserver:
    """Fails at all that it is shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[int, bytes]] = []

    def __call__(self, offset: int, data: bytes) -> bool:
        self.shown.append((offset, data))
        raise ZeroDivisionError


def test_an_observer_that_fails_takes_no_output_along_and_is_shown_none_twice(
    manager: SessionManager, reports: Reports
) -> None:
    session = manager.open(manager.start_session("stty -echo; echo up; exec cat"))
    session.poll(None, until="up\r\n")
    observer = FailingObserver()
    with live(session).terminal.lock:
        live(session).terminal.observe(observer)
    for line in ("one\n", "two\n"):
        assert session.write_stdin(line, 5000, until=line[:-1]).match
    session.poll(5000, until="\n")
    assert b"".join(data for _, data in observer.shown) == b"one\r\ntwo\r\n"
    assert {report.exc_type for report in reports} == {ZeroDivisionError}


def test_a_question_is_answered_once_beside_an_observer_that_fails(manager: SessionManager, reports: Reports) -> None:
    read = "dd bs=1 count=%d 2> /dev/null | od -c"
    code = rf"stty raw -echo; echo up; {read % 1}; printf '\033[5n'; {read % 4}; echo more; {read % 3}; echo end"
    session = manager.open(manager.start_session(code))
    session.poll(None, until="up\n")
    with live(session).terminal.lock:
        live(session).terminal.observe(FailingObserver())
    session.write_stdin("x")
    assert "033   [   0   n" in session.poll(5000, until="more").text
    assert "a   b   c" in session.write_stdin("abc", 5000, until="end").text
    assert reports


def test_the_io_thread_outlives_an_error_of_its_own_wait(
    manager: SessionManager, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = pump()._events
    wait, failed = events.wait, threading.Event()

    def fail_once(seconds: float | None) -> list[tuple[int, int]]:
        if not failed.is_set():
            failed.set()
            raise OSError(12, "let fail")
        return wait(seconds)

    monkeypatch.setattr(events, "wait", fail_once)
    session = manager.open(manager.start_session("stty -echo; echo up; read go; echo seen"))
    session.poll(None, until="up\r\n")
    pump()._stop.wake()
    assert failed.wait(5)
    session.write_stdin("\n", 0, 0)
    assert eventually(lambda: live(session).terminal.exited)  # nobody waits: the I/O thread has seen it
    assert session.poll(0).text == "seen\r\n"
    assert [report.exc_type for report in reports] == [OSError]
