"""KeyboardInterrupt, and signal handlers, at any moment: nothing is lost, nothing comes twice, all goes on."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from functools import partial

import pytest

from bgterm.manager import SessionManager
from faults.counts import record, times
from faults.hosts import host
from faults.interruptions import Interrupter, InterruptionError
from faults.processes import bearing
from faults.streams import counted_bytes, differing
from inside import live
from waiting import eventually

ECHO = "stty -echo; echo up; exec cat"


@pytest.mark.parametrize("overflow", ["drop", "block"])
@pytest.mark.parametrize("wait_ms", [0, 5000])
def test_an_interruption_at_any_place_of_a_wait_loses_nothing_and_repeats_nothing(
    manager: SessionManager, overflow: str, wait_ms: float
) -> None:
    session = manager.open(manager.start_session(ECHO, overflow=overflow, max_buffer_bytes=3000))
    session.poll(None, until="up\r\n")
    interrupter = Interrupter()
    sent: list[bytes] = []
    received: list[bytes] = []

    def poll() -> bytes:
        data = session.poll(wait_ms, 700).data
        received.append(data)
        return data

    for number in range(times(150)):
        line = b"%d" % number * (number % 300)
        received.append(session.write_stdin(line + b"\n").data)
        sent.append(line + b"\r\n")
        while sum(map(len, received)) < sum(map(len, sent)):
            try:
                interrupter.call(poll)
            except InterruptionError:
                pass
    lost = differing(b"".join(sent), b"".join(received))
    record(f"Ctrl-C at each place of poll({wait_ms}), overflow={overflow}", interrupter.interruptions, lost, "bytes")


def test_an_interruption_at_any_place_of_a_wait_leaves_no_lock(manager: SessionManager) -> None:
    session = manager.open(manager.start_session(ECHO))
    session.poll(None, until="up\r\n")
    interrupter = Interrupter()
    for _ in range(times(200)):
        session.write_stdin("x\n")
        try:
            interrupter.call(lambda: session.poll(50, until="x\r\n"))
        except InterruptionError:
            pass
        assert not live(session).terminal.lock.locked()
        session.poll(0)
    record("Ctrl-C at each place of a wait, and the lock afterwards", interrupter.interruptions)


def test_what_arrived_before_an_interruption_ends_the_next_wait_at_once(manager: SessionManager) -> None:
    session = manager.open(manager.start_session(ECHO))
    session.poll(None, until="up\r\n")
    interrupter = Interrupter()
    for _ in range(times(100)):
        data = session.write_stdin("x\n").data
        try:
            data += b"" if data.endswith(b"\n") else interrupter.call(lambda: session.poll(None).data)
        except InterruptionError:
            pass
        while not data.endswith(b"\n"):
            data += session.poll(None).data  # would wait for ever if nobody told it of what is there
        assert data == b"x\r\n"
    record("Ctrl-C at each place of a wait without limit, then another", interrupter.interruptions)


def test_input_interrupted_at_any_place_is_typed_whole_and_once_or_not_at_all(manager: SessionManager) -> None:
    session = manager.open(manager.start_session(ECHO))
    session.poll(None, until="up\r\n")
    interrupter = Interrupter()
    wrong = 0
    for number in range(times(150)):
        line = f"{number:08d}" * 40
        try:
            text = interrupter.call(partial(session.write_stdin, line + "\n")).text
        except InterruptionError:
            text = ""
        text += session.write_stdin("end\n", None, until="end\r\n").text
        wrong += text not in {f"{line}\r\nend\r\n", "end\r\n"}
    record("Ctrl-C at each place of write_stdin", interrupter.interruptions, wrong, "inputs")


def test_a_follower_is_not_forgotten_by_a_leader_that_is_interrupted(manager: SessionManager) -> None:
    session = manager.open(manager.start_session(ECHO))
    session.poll(None, until="up\r\n")
    interrupter = Interrupter()
    for _ in range(times(100)):
        follower = threading.Thread(target=lambda: session.poll(None, until="done\r\n"))
        follower.start()
        try:
            interrupter.call(lambda: session.poll(20, 0, until="never"))
        except InterruptionError:
            pass
        session.write_stdin("done\n", 0, 0)
        follower.join(20)
        assert not follower.is_alive()
    record("Ctrl-C at each place of a wait that others follow", interrupter.interruptions)


def nothing_bears(mark: str) -> bool:
    return not bearing(mark)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # a file of /proc left to the collector
def test_an_interrupted_close_still_ends_everything(manager: SessionManager) -> None:
    interrupter = Interrupter()
    left = 0
    for _ in range(times(60)):
        session = manager.open(manager.start_session("trap '' HUP TERM; echo up; while :; do sleep 1000; done"))
        session.poll(None, until="up\r\n")
        mark = f"BGTERM_SESSION={os.fsdecode(live(session).terminal.program.mark)}"
        assert bearing(mark)
        try:
            interrupter.call(partial(session.close, kill_after_ms=0))
        except InterruptionError:
            session.close(kill_after_ms=0)
        left += not eventually(partial(nothing_bears, mark))
        assert session.sid not in manager.list_sessions()
    record("Ctrl-C at each place of close", interrupter.interruptions, left, "programs left")


COUNTING_HOST = """
    import os, signal, sys
    import bgterm
    from faults.streams import counted, counted_bytes, differing

    source = os.path.dirname(bgterm.__file__)
    interruptions = 0

    def handler(number, frame):
        # In bgterm alone: what a host makes of an interruption between two calls is its own affair.
        global interruptions
        if frame is not None and frame.f_code.co_filename.startswith(source):
            interruptions += 1
            raise KeyboardInterrupt

    session = bgterm.Session.start(counted({lines}), overflow={overflow!r}, max_buffer_bytes=20_000)
    signal.signal(signal.SIGINT, handler)
    print(flush=True)
    pages = []

    def read():
        while True:
            try:
                pages.append(session.poll(1000, 5000))
                if not pages[-1].running and not pages[-1].remaining_bytes:
                    return
            except KeyboardInterrupt:
                pass

    read()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print(interruptions, differing(counted_bytes({lines}), b"".join(page.data for page in pages)), flush=True)
"""


def test_signals_at_random_moments_lose_nothing_and_repeat_nothing() -> None:
    lines = times(200_000)
    with host(COUNTING_HOST.format(lines=lines, overflow="block")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        randomly = random.Random(1)
        done = threading.Event()

        def interrupt() -> None:
            while not done.is_set():
                process.send_signal(signal.SIGINT)
                time.sleep(randomly.random() / 2000)  # the fault itself: at any moment, not at an event

        thread = threading.Thread(target=interrupt)
        thread.start()
        try:
            interruptions, lost = map(int, process.stdout.readline().split())
        finally:
            done.set()
            thread.join()
    record("SIGINT at random moments of a flood", interruptions, lost, f"{len(counted_bytes(lines))} bytes")
    assert interruptions > 100
