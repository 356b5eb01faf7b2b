"""The first of many sessions that has something."""

from __future__ import annotations

import asyncio
import re
import threading
import time

import pytest

import bgterm
from bgterm import EXIT, READY, SessionManager, UnknownSessionError
from bgterm.aio import AsyncSession, AsyncSessionManager
from bgterm.manager import race
from loops import on_asyncio
from waiting import eventually

LONG_MS = 20_000


def cats(manager: SessionManager, count: int = 3) -> list[int]:
    return [manager.start_session(["cat"]) for _ in range(count)]


def test_the_one_that_has_output_is_told_and_keeps_it_unread(manager: SessionManager) -> None:
    sids = cats(manager)
    manager.write_stdin(sids[1], "x\n", max_output_bytes=0)
    assert manager.wait_any(sids, LONG_MS) == sids[1]
    assert manager.poll(sids[1]).text.startswith("x")


def test_of_several_the_first_in_their_order_is_told(manager: SessionManager) -> None:
    sids = cats(manager)
    for sid in sids[1:]:
        manager.write_stdin(sid, "x\n", max_output_bytes=0)
        assert manager.wait_any([sid], LONG_MS, until="x") == sid
    assert manager.wait_any(sids, LONG_MS) == sids[1]
    assert manager.wait_any(sids[::-1], LONG_MS) == sids[2]


def test_none_is_told_when_the_time_is_up(manager: SessionManager) -> None:
    sids = cats(manager)
    for time_ms in (0, 1, 30.5):
        assert manager.wait_any(sids, time_ms) is None


def test_a_wait_of_no_time_sees_what_is_there(manager: SessionManager) -> None:
    sids = cats(manager)
    manager.write_stdin(sids[2], "x\n", max_output_bytes=0)
    assert eventually(lambda: manager.wait_any(sids, 0) == sids[2])


def test_of_none_there_is_none(manager: SessionManager) -> None:
    assert manager.wait_any([], None) is None
    assert manager.wait_any(iter(()), LONG_MS) is None


def test_a_session_is_told_as_it_was_asked_for(manager: SessionManager) -> None:
    manager.start_session("echo x; cat", name="by name")
    sids: list[int | str] = [*cats(manager), "by name"]
    assert manager.wait_any(sids, LONG_MS) == "by name"


def test_it_waits_for_a_pattern_an_exit_or_readiness(manager: SessionManager) -> None:
    quiet = manager.start_session(["cat"])
    talking = manager.start_session("echo one two; exec cat")
    ending = manager.start_session("read line; exit 3")
    sids = [quiet, talking, ending]
    assert manager.wait_any(sids, LONG_MS, until=re.compile(b"two")) == talking
    assert manager.wait_any([talking, ending], 0, until=EXIT) is None
    manager.write_stdin(ending, "\n", max_output_bytes=0)
    assert manager.wait_any(sids, LONG_MS, until=EXIT) == ending
    assert manager.wait_any([quiet], LONG_MS, until=READY) == quiet
    assert manager.poll(talking, 0, until="two").match


def test_sessions_may_stand_for_their_ids(manager: SessionManager) -> None:
    quiet, talking = (manager.open(manager.start_session(command)) for command in (["cat"], "echo hello; exec cat"))
    found = manager.wait_any([quiet, talking], LONG_MS)
    assert found is talking and found is not None
    assert found.read().text == "hello\r\n"
    mixed: list[int | bgterm.Session] = [quiet.sid, talking]
    assert manager.wait_any(mixed, 0) is None
    quiet.close()
    with pytest.raises(UnknownSessionError):
        manager.wait_any([talking, quiet], LONG_MS)


def test_sessions_of_coroutines_may_too(manager: SessionManager) -> None:
    async def main() -> None:
        sessions = [AsyncSession(manager.open(sid)) for sid in cats(manager, 2)]
        wait = asyncio.create_task(AsyncSessionManager(manager).wait_any(sessions, LONG_MS))
        await sessions[1].write_stdin("x\n", 0, 0)
        assert await wait is sessions[1]

    on_asyncio(main())


class Nobody:
    """Sleeps on, whoever wakes it."""

    may_be_late = True

    def wake(self) -> None:
        """See `engine.attendance.Sleeper`."""


def test_what_comes_between_the_first_look_and_the_sleep_is_seen(manager: SessionManager) -> None:
    """A coroutine looks before it attends: only then nobody has told it of what came."""
    sids = cats(manager)
    wait = race(manager, sids, LONG_MS, None)
    assert wait.attempt(time.monotonic()) is None
    assert manager.write_stdin(sids[1], "x\n", LONG_MS, 0, until="x").reason == "match"
    sleeper = Nobody()
    wait.attend(sleeper)
    done = wait.attempt(time.monotonic())
    assert done is not None and done.value == sids[1]
    wait.leave(sleeper)


def test_a_program_that_has_exited_always_has_something(manager: SessionManager) -> None:
    sid = manager.start_session("exit 0")
    for _ in range(3):
        assert manager.wait_any([*cats(manager, 1), sid], LONG_MS) == sid


def test_a_session_that_is_closed_meanwhile_raises(manager: SessionManager) -> None:
    sids = cats(manager)
    closing = threading.Timer(0.02, manager.close, [sids[1], False])
    closing.start()
    with pytest.raises(UnknownSessionError, match="closed"):
        manager.wait_any(sids, LONG_MS, until="never")
    closing.join()


def test_wrong_arguments_raise(manager: SessionManager) -> None:
    sids = cats(manager, 1)
    with pytest.raises(UnknownSessionError):
        manager.wait_any([*sids, 99])
    with pytest.raises(ValueError, match="timeout_ms"):
        manager.wait_any(sids, -1)
    with pytest.raises(TypeError):
        manager.wait_any(sids, until=3)  # type: ignore[arg-type]
    with pytest.raises(re.error):
        manager.wait_any(sids, until="(")


def test_the_module_waits_for_the_shared_sessions() -> None:
    sid = bgterm.start_session("echo x; cat")
    assert bgterm.wait_any([sid], LONG_MS) == sid
    bgterm.close(sid)
