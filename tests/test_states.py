"""Every verb in every state of a session: its documented result or its documented error, and nothing else."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import bgterm
from bgterm import NotReadyError, Session, SessionExitedError, UnknownSessionError
from bgterm.aio import AsyncSession
from faults.hosts import outcome
from verbs import verbs
from waiting import eventually

HANG_UP = (
    "import ctypes, signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); print('up', flush=True); input()\n"
    "ctypes.CDLL(None).vhangup(); signal.pause()"
)
"""It hangs up its own terminal, for which it must be root, and goes on."""

PROGRAMS: dict[str, list[str]] = {
    "running": ["sh", "-c", "echo up; exec cat"],
    "stopped": ["sh", "-c", "echo up; kill -STOP $$; exec cat"],
    "hung up": [sys.executable, "-c", HANG_UP],
    "exited": ["sh", "-c", "echo up; exit 3"],
    "killed": ["sh", "-c", "echo up; kill -KILL $$"],
    "closed": ["sh", "-c", "echo up; exit 3"],
    "closed while it ran": ["sh", "-c", "echo up; exec cat"],
    "closed by another thread": ["sh", "-c", "echo up; exec cat"],
}
RAN = {"running", "stopped", "hung up"}
EXITED = {"exited", "killed"}
CLOSED = {"closed", "closed while it ran", "closed by another thread"}

ALWAYS: dict[str, tuple[Any, ...]] = {"close": ()}
"""What is no error in any state."""

TYPING: dict[str, tuple[Any, ...]] = {
    "write_stdin": ("x\n",),
    "send_eof": (),
    "flush_input": (),
    "interrupt": (),
    "send_keys": ("Enter",),
    "run": ("x", 50),
    "click": (0, 0),
}
"""What needs a program that runs."""

LOOKING: dict[str, tuple[Any, ...]] = {
    "poll": (),
    "read": (),
    "resize": (30, 100),
    "status": (),
    "wait": (0,),
    "info": (),
    "screen": (),
    "wait_screen": ("never", 0),
    "expect_screen": ("up", 0),
    "search": ("up",),
    "mark": ("here",),
    "export_recording": ("cast",),
    "terminate": (),
    "kill": (),
}
"""What needs a session that is not closed."""

VERBS = {**ALWAYS, **TYPING, **LOOKING}


@pytest.fixture
def session(state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.chdir(tmp_path)
    session = Session.start(PROGRAMS[state], transcript="transcript")
    assert bgterm.wait_any([session.sid], 10_000, until="up\r\n")
    if state == "hung up":
        session.write_stdin("go\n", 0, 0)
        assert eventually(lambda: "hung up" in session.status().reason)
    if state in EXITED | {"closed"}:
        session.wait(10_000)
    if state == "closed by another thread":
        thread = threading.Thread(target=session.close)
        thread.start()
        thread.join(10)
    elif state in CLOSED:
        session.close()
    yield session
    session.close()


def test_the_table_has_every_verb() -> None:
    assert verbs(Session) == set(VERBS)


def errors(state: str, verb: str) -> tuple[type[Exception], ...]:
    """What `verb` may raise in `state`."""
    if state in CLOSED:
        return () if verb in ALWAYS else (UnknownSessionError,)
    if state in EXITED:
        return (SessionExitedError,) if verb in TYPING else ()
    if verb == "click":
        return (ValueError,)  # nobody has asked for the mouse
    return (NotReadyError,) if verb == "run" and state != "running" else ()


def awaited(verb: Callable[..., Awaitable[object]]) -> Callable[..., object]:
    async def outcome(*arguments: object) -> object:
        return await verb(*arguments)

    return lambda *arguments: asyncio.run(outcome(*arguments))


@pytest.mark.parametrize("face", ["Session", "AsyncSession"])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", PROGRAMS)
def test_a_verb_gives_its_result_or_its_error(session: Session, state: str, verb: str, face: str) -> None:
    said = getattr(session, verb) if face == "Session" else awaited(getattr(AsyncSession(session), verb))
    expected = errors(state, verb)
    for _ in range(2):
        if expected:
            with pytest.raises(expected):
                said(*VERBS[verb])
        else:
            said(*VERBS[verb])
        if verb in {"close", "send_eof", "interrupt", "terminate", "kill"}:
            break  # which is another state then
    if state not in CLOSED and verb != "close":
        assert session.read(offset=0).text.startswith("up\r\n")


@pytest.mark.parametrize("state", PROGRAMS)
def test_a_session_tells_whether_its_program_runs_in_any_state(session: Session, state: str) -> None:
    codes = {"exited": 3, "killed": -9, "closed": 3, "closed while it ran": -15, "closed by another thread": -15}
    assert (session.running, session.exit_code) == (state in RAN, codes.get(state))
    tells = AsyncSession(session)
    assert (tells.running, tells.exit_code) == (state in RAN, codes.get(state))
    assert ("closed" in repr(session)) == (state in CLOSED)


def test_a_program_that_goes_on_after_its_session_was_closed_is_told_to_run() -> None:
    session = Session.start("trap '' HUP; echo up; exec sleep 1000")
    session.poll(10_000, until="up")
    pid = session.info().pid
    session.close(terminate=False)
    assert (session.running, session.exit_code) == (True, None)
    bgterm.close(bgterm.start_session(["kill", "-9", str(pid)]), kill_after_ms=None)
    assert bgterm.list_sessions() == ()


def test_a_forked_child_finds_all_sessions_closed() -> None:
    verbs = {name: arguments for name, arguments in VERBS.items() if name != "close"}
    assert (
        outcome(f"""
            import os, warnings, bgterm
            warnings.simplefilter("ignore")
            session = bgterm.Session.start("cat")
            pid = os.fork()
            if pid == 0:
                for name, arguments in {verbs}.items():
                    try:
                        print(name, getattr(session, name)(*arguments), flush=True)
                    except bgterm.UnknownSessionError:
                        pass
                session.close()
                repr(session), session.exit_code
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
            assert session.running
            session.close()
        """)
        == ""
    )
