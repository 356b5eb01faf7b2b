"""A manager that is dropped with sessions open: they are closed, because nobody can reach them any more."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgterm import Session, SessionManager
from bgterm.operators import PTYSessionManager
from waiting import eventually


@pytest.fixture
def warned() -> Iterator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        yield warned


def alive(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}")


def test_a_dropped_managers_programs_are_ended_with_a_warning(
    tmp_path: Path, warned: list[warnings.WarningMessage]
) -> None:
    manager = SessionManager()
    sid = manager.start_session(
        "trap 'echo ended > bye; exit' TERM; echo up; while :; do sleep 0.01; done",
        cwd=tmp_path,
        transcript=tmp_path / "log",
    )
    manager.poll(sid, 10_000, until="up")
    pid = manager.info(sid).pid
    del manager
    gc.collect()
    assert eventually(lambda: not alive(pid))
    assert (tmp_path / "bye").read_text() == "ended\n"  # it was asked to end
    assert [(one.category, "1 sessions" in str(one.message)) for one in warned] == [(ResourceWarning, True)]
    # That no descriptor is left is looked at after every test.


def test_a_dropped_managers_operations_end_too(warned: list[warnings.WarningMessage]) -> None:
    ptys = PTYSessionManager()
    ptys.create_session("exec cat", login=False)
    del ptys
    gc.collect()
    assert [one.category for one in warned] == [ResourceWarning]


def test_a_session_keeps_its_manager(warned: list[warnings.WarningMessage]) -> None:
    manager = SessionManager()
    session: Session | None = manager.open(manager.start_session("cat"))
    del manager
    gc.collect()
    assert session is not None
    assert session.write_stdin("here\n", 10_000, until="here").match
    session.close()
    del session
    gc.collect()
    assert warned == []


def test_a_manager_whose_sessions_are_closed_is_dropped_in_silence(warned: list[warnings.WarningMessage]) -> None:
    manager = SessionManager()
    manager.close(manager.start_session("cat"))
    del manager
    gc.collect()
    assert warned == []
