"""Full-screen programs are found waiting for keys, and the shell that started them is after they are left."""

from __future__ import annotations

import os

import pytest

from bgterm import READY
from bgterm.manager import SessionManager
from readiness.programs.screens import SCREENS
from waiting import eventually


@pytest.mark.parametrize(
    ("argv", "leave", "confidence"),
    [pytest.param(*case, id=name, marks=pytest.mark.program(name)) for name, case in SCREENS.items()],
)
def test_a_full_screen_program_waits_for_keys_and_a_shell_after_it(
    manager: SessionManager, argv: tuple[str, ...], leave: str, confidence: str
) -> None:
    env = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "LESS": ""}
    session = manager.open(manager.start_session(["bash", "--norc"], "/", env))
    result = session.run(" ".join(argv[:2]) + " " + " ".join(map(repr, argv[2:])))
    assert (result.status.state, result.status.confidence) == ("fullscreen", confidence), result
    assert result.status.foreground is not None
    assert result.status.foreground.name == argv[0]
    left = session.write_stdin(leave, 10_000, until=READY)
    assert eventually(lambda: session.poll(10_000, until=READY).status.at_shell_prompt), left  # type: ignore[union-attr]
