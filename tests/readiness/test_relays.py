"""What relays carry: output and prompts of programs at the far end."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgterm import READY
from bgterm.manager import SessionManager
from bgterm.session import Session
from readiness import servers

ENV = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="module")
def config() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder, servers.sshd(Path(folder)) as config:
        yield config


@pytest.fixture
def far(manager: SessionManager, config: str) -> Iterator[Session]:
    """A shell at the far end of ssh."""
    session = manager.open(manager.start_session(["ssh", "-F", config, "here", "PS1='$ ' bash --norc"], "/", ENV))
    session.poll(20_000, until=READY)
    yield session
    session.close()


@pytest.mark.program("sshd", "ssh", "python3")
def test_a_program_that_a_far_shell_starts_has_a_prompt_of_its_own(far: Session) -> None:
    """The shell's prompt, the line typed there and the new prompt together were taken for one prompt."""
    assert far.run("python3 -q", 20_000).status.prompt == ">>> "
    assert [far.run(f"print('{word}', end='')", 20_000).output for word in ("one", "one", "two")] == ["one", "one", "two"]
