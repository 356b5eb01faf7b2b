"""Every system call of every verb fails, one by one: an error, nothing left behind, and the next call works."""

from __future__ import annotations

import ast
import glob
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bgterm
from faults.counts import record
from faults.hosts import SOURCE, TESTS

PROGRAM = os.path.join(os.path.dirname(__file__), "system_calls.py")
AS_HOST = f"import sys; sys.argv = ['', '', '']; sys.path[:0] = [{SOURCE!r}, {TESTS!r}]"


def told(code: str) -> list[str]:
    """What the host of the sweep says of itself."""
    done = subprocess.run(
        [sys.executable, "-c", f"{AS_HOST}; from faults import system_calls as s; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


STEPS = told("print(*s.STEPS)")


@pytest.mark.program("bash", "dash")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", STEPS)
def test_a_system_call_that_fails_is_an_error_and_nothing_else(step: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((SOURCE, TESTS))}
    command = [sys.executable, "-W", "ignore", PROGRAM, step, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    account = json.loads(done.stdout)
    assert account["wrong"] == [], "\n\n".join(account["wrong"][:3])
    assert account["injected"] >= account["places"] > 0
    name = step.replace("_", " ")
    record(f"{name}: each of {account['places']} system calls fails in 6 ways", account["injected"])


def calls_of_the_source() -> set[str]:
    """What bgterm calls of the modules whose functions the sweep lets fail."""
    called: set[str] = set()
    for path in glob.glob(os.path.join(os.path.dirname(bgterm.__file__), "**", "*.py"), recursive=True):
        with open(path, encoding="utf-8") as file:
            tree = ast.parse(file.read())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(function := node.func, ast.Attribute):
                module = function.value.id if isinstance(function.value, ast.Name) else ""
                if module in {"os", "fcntl", "termios", "signal"}:
                    called.add(f"{module}.{function.attr}")
    return called


def test_the_sweep_knows_every_function_that_the_source_calls() -> None:
    known = told("print(*(f'{m.__name__}.{n}' for m, names in s.WRAPPED.items() for n in names), *s.HARMLESS)")
    assert calls_of_the_source() - set(known) == set(), "let these fail too, or say that they cannot"
