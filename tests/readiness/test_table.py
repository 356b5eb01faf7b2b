"""Every program times every kind of work: it is found waiting when the work is done, and never before.

The ground truth is the program's own: see `programs.entry`.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path

import pytest

from bgterm import READY
from bgterm.manager import SessionManager
from bgterm.session import Session
from readiness import servers
from readiness.account import Account
from readiness.extent import EVERYTHING, busy_cores, user
from readiness.programs.entry import NETWORK, QUICK, Entry
from readiness.programs.everything import ENTRIES
from records import READINESS

NUMBERS = itertools.count(100_003, 1009)
QUICK_STEPS = 25 if EVERYTHING else 0

SERVERS = {
    "redis": servers.redis,
    "postgresql": servers.postgresql,
    "mariadb": servers.mariadb,
    "sshd": servers.sshd,
    "ftpd": servers.ftpd,
}
SERVER_PROGRAMS = {
    "redis": "redis-server",
    "postgresql": "psql",
    "mariadb": "mariadbd",
    "sshd": "sshd",
    "ftpd": "python3",
}
LOADS: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
    "idle": contextlib.nullcontext,
    "loaded": busy_cores,
}


def programs_of(entry: Entry) -> set[str]:
    programs = {*entry.needs} if entry.rare else {entry.argv[0], *entry.needs}
    return programs | {SERVER_PROGRAMS[entry.server]} if entry.server else programs


def cases(entries: Mapping[str, Entry]) -> list[object]:
    return [
        pytest.param(name, id=name, marks=[pytest.mark.program(*sorted(programs_of(entry))), pytest.mark.timeout(900)])
        for name, entry in entries.items()
        if EVERYTHING or not entry.more
    ]


@pytest.fixture
def port() -> Iterator[int]:
    with servers.late_server(0.7) as port:
        yield port


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not pytest's: its path is too long for a socket's, and closed to the user of PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder:
        os.chmod(folder, 0o711)  # noqa: S103 - the server's user must reach its own folder in it
        # Else fish reads every manual page when it is first started, in the background.
        os.makedirs(f"{folder}/.local/share/fish/generated_completions")
        yield Path(folder)


def runs(program: str) -> bool:
    """Whether there is such a program, not merely a name for one that is not installed."""
    return shutil.which(program) is not None and not subprocess.run([program, "--version"], check=False).returncode


@contextlib.contextmanager
def started(manager: SessionManager, entry: Entry, folder: Path) -> Generator[Session]:
    """The entry's program, with what prepares it."""
    argv = list(entry.argv)
    if entry.rare and not runs(argv[0]):
        pytest.skip(f"{argv[0]} is not on this machine")
    if argv[0] == "sudo" and subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("sudo asks this user for a password")
    if entry.root and os.geteuid():
        pytest.skip("it asks this user for a password")
    if entry.server == "sshd" and "nologin" in pwd.getpwuid(os.geteuid()).pw_shell:
        pytest.skip("this user may not log in")
    with contextlib.ExitStack() as stack:
        if entry.server:
            (folder / "server").mkdir()
            address = stack.enter_context(SERVERS[entry.server](folder / "server"))
            argv = [address if argument == "{server}" else argument for argument in argv]
        env = {
            **os.environ,
            "PS1": "$ ",
            "TERM": "xterm-256color",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "TMPDIR": str(folder),
            "TMUX_TMPDIR": str(folder),
        }
        session = manager.open(manager.start_session(argv, folder, {**env, **entry.env}))
        try:
            for line in entry.first:
                session.run(line, entry.patience_ms, min_confidence="quiet" if entry.guess else "marks")
            yield session
        finally:
            session.close()


@pytest.mark.parametrize("load", LOADS if EVERYTHING else ["idle"])
@pytest.mark.parametrize("name", cases(ENTRIES))
def test_a_program_waits_when_its_work_is_done_and_never_before(
    manager: SessionManager, name: str, load: str, port: int, folder: Path
) -> None:
    entry = ENTRIES[name]
    with started(manager, entry, folder) as session, LOADS[load]():
        account = Account(entry, session, folder / "done", port)
        for kind in (*entry.kinds(), *entry.kinds()[:1] * QUICK_STEPS):
            account.work(kind, next(NUMBERS), next(NUMBERS))
    run = load if user() == "root" else f"{load}, {user()}"
    READINESS.add("Programs", name, **{run: account.columns()}, because=entry.guess)
    assert not account.wrong, f"{len(account.wrong)} of {account.answers} wrong:\n" + "\n".join(account.wrong)


@pytest.mark.parametrize(
    "name", cases({name: entry for name, entry in ENTRIES.items() if entry.takes_lines_ahead and not entry.guess})
)
def test_what_was_typed_ahead_is_eaten_before_a_program_waits(
    manager: SessionManager, name: str, port: int, folder: Path
) -> None:
    entry = ENTRIES[name]
    with started(manager, entry, folder) as session:
        session.run(entry.line(QUICK, a=1, b=1, file=folder / "done"), entry.patience_ms)
        lines: list[str] = []
        sums: list[str] = []
        for kind in (NETWORK if NETWORK in entry.kinds() else QUICK, QUICK, QUICK):
            a, b = next(NUMBERS), next(NUMBERS)
            lines.append(entry.line(kind, a=a, b=b, file=folder / "done", port=port) + "\r")
            sums.append(str(a + b))
        result = session.write_stdin("".join(lines), entry.patience_ms, None, until=READY)
        assert result.reason == "ready", result
        assert sums[-1] in result.text, result
