"""Every program times every kind of work: it is found waiting when the work is done, and never before.

The ground truth is the program's own: each line ends with a sum that stands in no line (see `languages`).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bgterm import READY
from bgterm.manager import SessionManager
from bgterm.session import Session
from readiness import servers
from readiness.languages import LANGUAGES, NETWORK, QUESTION, Language
from waiting import eventually

HARD = {"certain", "prompt", "marks"}
NUMBERS = itertools.count(100_003, 1009)

SERVERS = {"redis": servers.redis, "postgresql": servers.postgresql, "sshd": servers.sshd}
SERVER_PROGRAMS = {"redis": "redis-server", "postgresql": "psql", "sshd": "sshd"}


def programs_of(language: Language) -> set[str]:
    programs = {language.argv[0], *language.needs}
    return programs | {SERVER_PROGRAMS[language.server]} if language.server else programs


def cases(languages: Mapping[str, Language]) -> list[object]:
    return [
        pytest.param(
            language, id=name, marks=[pytest.mark.program(*sorted(programs_of(language))), pytest.mark.timeout(240)]
        )
        for name, language in languages.items()
    ]


@pytest.fixture
def port() -> Iterator[int]:
    with servers.late_server(0.7) as port:
        yield port


def started(manager: SessionManager, language: Language, folder: Path, stack: contextlib.ExitStack) -> Session:
    argv = list(language.argv)
    if argv[0] == "sudo" and subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("sudo asks this user for a password")
    if language.server:
        # Not pytest's folder: its path is too long for a socket's, and closed to the user of PostgreSQL.
        own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bgterm-")))
        address = stack.enter_context(SERVERS[language.server](own))
        argv = [address if argument == "{server}" else argument for argument in argv]
    env = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    return manager.open(manager.start_session(argv, "/", env))


@pytest.mark.parametrize("language", cases(LANGUAGES))
def test_a_program_waits_when_its_work_is_done_and_never_before(
    manager: SessionManager, language: Language, port: int, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        session = started(manager, language, tmp_path, stack)
        for line in language.first:
            session.run(line, language.patience_ms)
        for kind, template in language.lines.items():
            a, b = next(NUMBERS), next(NUMBERS)
            line = template.format(a=a, b=b, port=port)
            result = session.run(line, language.patience_ms)
            if kind == QUESTION:
                assert (result.status.state, result.status.prompt.endswith(language.asks)) == ("waiting", True), (
                    kind,
                    result,
                )
                assert str(a + b) not in result.output, (kind, result)
                result = session.run("5", language.patience_ms)
            told = str(a + b) if "{a}" in template else language.tell[kind]
            assert not result.timed_out, (kind, result)
            assert told in result.data.decode(errors="replace"), (kind, result)
            assert (result.status.state, result.status.confidence in HARD) == ("waiting", True), (kind, result)
        session.close()


@pytest.mark.parametrize(
    "language", cases({name: each for name, each in LANGUAGES.items() if each.eats_what_is_typed_ahead})
)
def test_what_was_typed_ahead_is_eaten_before_a_program_waits(
    manager: SessionManager, language: Language, port: int, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        session = started(manager, language, tmp_path, stack)
        for line in (*language.first, "1" if "erl" not in language.argv else "1."):
            session.run(line, language.patience_ms)
        lines: list[str] = []
        sums: list[str] = []
        for kind in (NETWORK, "quick", "quick"):
            a, b = next(NUMBERS), next(NUMBERS)
            lines.append(language.lines[kind].format(a=a, b=b, port=port) + "\r")
            sums.append(str(a + b))
        result = session.write_stdin("".join(lines), language.patience_ms, None, until=READY)
        assert result.reason == "ready", result
        assert sums[-1] in result.text, result
        session.close()


FULLSCREEN = {
    "less": (("less", "/etc/passwd"), "q", "certain"),
    "nano": (("nano", "/etc/passwd"), "\x18", "certain"),
    "dialog": (("dialog", "--yesno", "Go on?", "10", "40"), "\r", "certain"),
    # These listen for a time, and then do something by themselves.
    "vim": (("vim", "-u", "NONE", "-n", "/etc/passwd"), ":q!\r", "marks"),
    "htop": (("htop",), "q", "marks"),
    "top": (("top",), "q", "marks"),
}


@pytest.mark.parametrize(
    ("argv", "leave", "confidence"),
    [pytest.param(*case, id=name, marks=pytest.mark.program(name)) for name, case in FULLSCREEN.items()],
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
