"""A signal handler may use sessions while the thread that it interrupts sleeps on one: the sleeper misses nothing."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

import bgterm
from bgterm import SessionManager
from bgterm.engine.waker import waker
from inside import live
from waiting import eventually

T = TypeVar("T")

LONG_MS = 20_000


@pytest.fixture
def cat(manager: SessionManager) -> bgterm.Session:
    session = manager.open(manager.start_session("stty -echo; echo up; exec cat"))
    session.poll(None, until="up\r\n")
    return session


def handled_while_it_sleeps(wait: Callable[[], T], handler: Callable[[], object]) -> T:
    """What `wait` returns, which sleeps when a signal comes and its handler calls `handler`."""
    failed: list[BaseException] = []

    def handle(*_: object) -> None:
        try:
            handler()
        except BaseException as error:  # noqa: BLE001 - told below, so that the wait goes on
            failed.append(error)

    own = waker()
    before = signal.signal(signal.SIGUSR1, handle)

    def send() -> None:
        assert eventually(lambda: own.asleep)
        os.kill(os.getpid(), signal.SIGUSR1)

    thread = threading.Thread(target=send)
    try:
        thread.start()
        return wait()
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)
        assert failed == []


def type_and_look(session: bgterm.Session) -> None:
    """Have output read by a verb that leaves it unread."""
    end = session.info().buffer_end_offset
    with live(session).terminal.lock:
        live(session).terminal.type(b"x\n")
    while session.info().buffer_end_offset < end + 3:
        pass


def test_output_that_the_handler_came_upon_ends_the_wait(cat: bgterm.Session) -> None:
    """The thread that found it was not woken, because it is the same thread."""
    page = handled_while_it_sleeps(lambda: cat.poll(LONG_MS), lambda: type_and_look(cat))
    assert (page.text, page.reason) == ("x\r\n", "output")
    assert page.remaining_bytes == 0


def test_a_handler_may_wait_on_the_session_that_its_thread_waits_on(cat: bgterm.Session) -> None:
    """Both slept by one poll object, which Python refuses."""
    given: list[str] = []

    def handler() -> None:
        given.append(cat.write_stdin("first\n", LONG_MS, until="first\r\n").text)
        cat.write_stdin("second\n", 0, 0)

    page = handled_while_it_sleeps(lambda: cat.poll(None), handler)
    assert "".join([*given, page.text]) == "first\r\nsecond\r\n"


def test_a_handler_that_waits_elsewhere_takes_no_wake_up_of_its_thread(
    manager: SessionManager, cat: bgterm.Session
) -> None:
    """Its sleep cleared the wake-up, and the thread slept on."""
    other = manager.open(manager.start_session("cat"))

    def handler() -> None:
        with live(cat).terminal.lock:
            live(cat).terminal.type(b"x\n")
        other.poll(50)  # sleeps while the news comes

    found = handled_while_it_sleeps(lambda: manager.wait_any([cat.sid], LONG_MS), handler)
    assert found == cat.sid
    assert cat.read().text == "x\r\n"


def test_a_transcript_may_be_written_where_a_handler_has_just_closed_the_session_that_did(
    manager: SessionManager, tmp_path: Path
) -> None:
    """Its files were still locked, until the thread that the handler interrupted went on."""
    path = tmp_path / "transcript"
    closed, goes_on = threading.Event(), threading.Event()
    first = manager.open(manager.start_session("cat", transcript=path))

    def close_within_its_lock() -> None:
        with live(first).terminal.lock:  # as a handler does above a thread that holds it
            first.close(terminate=False)
            closed.set()
            goes_on.wait(0.2)  # for a start that does not wait

    thread = threading.Thread(target=close_within_its_lock)
    thread.start()
    assert closed.wait(20)
    second = manager.open(manager.start_session("echo second; cat", transcript=path))
    goes_on.set()
    thread.join()
    second.poll(LONG_MS, until="second\r\n")
    assert path.read_bytes() == b"second\r\n"
