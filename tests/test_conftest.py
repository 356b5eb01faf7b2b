"""The suite's own promises: missing programs are named, and a test that leaves something behind fails."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RunTest = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_test(tmp_path: Path) -> RunTest:
    """Run a test of this code in a pytest of its own, under this suite's conftest."""

    def run(code: str, *, ci: str = "") -> subprocess.CompletedProcess[str]:
        file = tmp_path / "test_inner.py"
        file.write_text(f"import os, subprocess, threading, pytest\n{code}\n", encoding="utf-8")
        plugins = ["-p", "conftest", "-p", "pytest_timeout", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", *plugins, str(file)]
        settings = ["-c", os.path.join(ROOT, "pyproject.toml"), "--rootdir", ROOT]
        path = os.pathsep.join((os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")))
        return subprocess.run(
            [*command, *settings],
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
            env=os.environ | {"PYTHONPATH": path, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        )

    return run


MARKED = '@pytest.mark.program("no-such-program")\ndef test_x(): pass'
ASKED = 'def test_x(program): program("no-such-program")'


@pytest.mark.parametrize("code", [MARKED, ASKED], ids=["by mark", "by call"])
def test_a_test_whose_program_is_missing_is_skipped_and_the_program_is_named(run_test: RunTest, code: str) -> None:
    done = run_test(code)
    assert done.returncode == 0
    assert "1 skipped" in done.stdout
    assert "no-such-program: 1 test did not run" in done.stdout


@pytest.mark.parametrize("code", [MARKED, ASKED], ids=["by mark", "by call"])
def test_a_missing_program_is_a_failure_on_ci(run_test: RunTest, code: str) -> None:
    done = run_test(code, ci="true")
    assert done.returncode == 1
    assert "no-such-program: 1 test did not run" in done.stdout


def test_a_file_that_cannot_be_collected_is_reported_as_that(run_test: RunTest) -> None:
    done = run_test("import no_such_module")
    assert "1 error" in done.stdout
    assert "INTERNALERROR" not in done.stdout


def test_a_program_is_given_by_its_path(run_test: RunTest) -> None:
    done = run_test('def test_x(program): assert os.access(program("sh"), os.X_OK)', ci="true")
    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("def test_x(): os.open('/dev/null', os.O_RDONLY)", "-> /dev/null"),
        ("def test_x(): threading.Thread(target=threading.Event().wait, name='left', daemon=True).start()", "left"),
        ("def test_x(): os.posix_spawnp('sleep', ['sleep', '8'], os.environ)", "(sleep"),
        ("def test_x():\n import bgterm\n bgterm.start_session(['cat'])", "session "),
    ],
    ids=["a descriptor", "a thread", "a process", "a session"],
)
def test_a_test_that_leaves_something_behind_fails_and_names_it(run_test: RunTest, code: str, named: str) -> None:
    done = run_test(code)
    assert done.returncode == 1
    assert "the test left behind:" in done.stdout
    assert named in done.stdout
