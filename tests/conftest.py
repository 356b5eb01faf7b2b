"""What every test has: its programs, a bound on its waits, and a check that it leaves nothing behind.

A test that drives a program says so, by mark or by call:

    @pytest.mark.program("zsh", "less")
    def test_something(): ...

    def test_something_else(program: FindProgram) -> None:
        path = program("zsh")

Code that tests share is imported from this folder: `from waiting import eventually`.

Where the program is not on the machine the test is skipped (or fails, where the environment variable CI is set), and
the end of pytest's output names what was missing.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from belongings import Belongings
from readiness.extent import EVERYTHING
from waiting import eventually

if TYPE_CHECKING:
    from bgterm.manager import SessionManager

FindProgram = Callable[[str], str]

# Programs that come with the environment of the tests (ipython) are found as a user with that environment activated
# finds them.
os.environ["PATH"] = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)))

# Properties are tried without a clock: other tests run beside them.
settings.register_profile("without a clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("without a clock")

MISSING = "missing program"


def on_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def find_program(item: pytest.Item, name: str) -> str:
    path = shutil.which(name, path=os.pathsep.join((os.environ["PATH"], "/usr/local/sbin", "/usr/sbin", "/sbin")))
    if path is not None:
        return path
    item.user_properties.append((MISSING, name))  # travels with the report, from an xdist worker too
    if on_ci() or EVERYTHING:
        pytest.fail(f"{name} is not on this machine, and none may be missing: make programs", pytrace=False)
    pytest.skip(f"{name} is not on this machine: make programs")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("program"):
        for name in mark.args:
            find_program(item, name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    missing: dict[str, int] = {}
    for outcome in ("skipped", "failed", "error"):
        for report in terminalreporter.getreports(outcome):
            if not isinstance(report, pytest.TestReport):
                continue  # a file that could not even be read
            for key, name in report.user_properties:
                if key == MISSING:
                    missing[str(name)] = missing.get(str(name), 0) + 1
    if missing:
        terminalreporter.section("programs that are not on this machine")
        for name, count in sorted(missing.items()):
            terminalreporter.write_line(f"{name}: {count} test{'s' if count > 1 else ''} did not run")
        terminalreporter.write_line("`make programs` installs them.")


@pytest.fixture
def program(request: pytest.FixtureRequest) -> FindProgram:
    """The path of a program, or a skip where it is not on the machine."""
    return lambda name: find_program(request.node, name)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest, *, one_session_lived: None) -> Iterator[None]:
    """Every test must end with the sessions, fds, threads and child processes that it began with."""
    del one_session_lived
    before = Belongings.now()
    yield
    if request.node.get_closest_marker("leaves") is not None:
        return
    if not eventually(lambda: not Belongings.now().beyond(before), within_seconds=3):
        left = Belongings.now().beyond(before)
        Belongings.close_sessions()
        pytest.fail(f"the test left behind: {'; '.join(left)}", pytrace=False)


@pytest.fixture(scope="session")
def one_session_lived() -> None:
    """What the library makes once for the whole process (its I/O thread) is there before anything is counted."""
    bgterm = pytest.importorskip("bgterm")
    if hasattr(bgterm, "start_session"):
        sid = bgterm.start_session(["true"])
        bgterm.wait(sid, 10_000)
        bgterm.close(sid)


@pytest.fixture
def manager() -> Iterator[SessionManager]:
    """A manager of the test's own; whatever it still holds at the end is closed."""
    from bgterm.manager import SessionManager  # noqa: PLC0415  # the suite's other parts run without it

    manager = SessionManager()
    yield manager
    for sid in manager.list_sessions():
        manager.close(sid)
