"""Clients of servers, and line editors with toolbars."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from bgterm.manager import SessionManager
from bgterm.session import Session
from readiness import servers

ENV = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PAGER": "cat"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's: its path is too long for a socket's, and closed to the user of PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder:
        os.chmod(folder, 0o711)  # noqa: S103 - the server's user must reach its own folder in it
        yield Path(folder)


@contextlib.contextmanager
def opened(manager: SessionManager, folder: Path, *argv: str) -> Generator[Session]:
    session = manager.open(manager.start_session(argv, folder, {**ENV, "HOME": str(folder)}))
    try:
        yield session
    finally:
        session.close()


TOOLBARS = {
    "pgcli": (
        ("pgcli", "-h", "{server}", "-U", "postgres"),
        {"select 40+2 as x;": "| 42 |", "select nosuch;": 'column "nosuch" does not exist', "\\! printf hi": "hi"},
    ),
    "litecli": (("litecli", "{folder}/db"), {"select 40+2 as x;": "| 42 |", "select nosuch;": "no such column"}),
    "ptpython": (("ptpython",), {"40+2": "42", "print('hi', end='')": "hi", "nosuch": "NameError: name 'nosuch'"}),
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.program(name)) for name in TOOLBARS])
def test_a_toolbar_below_the_prompt_is_no_output(manager: SessionManager, folder: Path, name: str) -> None:
    argv, steps = TOOLBARS[name]
    with contextlib.ExitStack() as stack:
        server = folder / "server"
        server.mkdir()
        address = stack.enter_context(servers.postgresql(server)) if "{server}" in argv else ""
        arguments = [argument.format(server=address, folder=folder) for argument in argv]
        session = stack.enter_context(opened(manager, folder, *arguments))
        for line, said in steps.items():
            result = session.run(line, 30_000)
            assert (result.timed_out, result.status.state, said in result.output) == (False, "waiting", True), result
            assert result.output == result.output.strip(), result
            assert result.status.prompt.split()[-1] not in result.output, result
