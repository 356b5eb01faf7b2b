"""Processes that use bgterm, so that a test can do to them what it must not do to itself: stop, starve, kill them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Generator
from contextlib import contextmanager

import bgterm

SOURCE = os.path.dirname(os.path.dirname(bgterm.__file__))
TESTS = os.path.dirname(os.path.dirname(__file__))


def python(code: str) -> list[str]:
    """The command that runs `code` with this Python, this bgterm and the modules of these tests."""
    path = f"import sys\nsys.path[:0] = [{SOURCE!r}, {TESTS!r}]\n"
    return [sys.executable, "-W", "error", "-c", path + textwrap.dedent(code)]


@contextmanager
def host(code: str) -> Generator[subprocess.Popen[str], None, None]:
    """A host that runs `code`; it says what it has to say on its standard output."""
    with subprocess.Popen(python(code), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def outcome(code: str, within_seconds: float = 50) -> str:
    """What a host that runs `code` to its end has printed. It must succeed and complain about nothing."""
    done = subprocess.run(python(code), capture_output=True, text=True, timeout=within_seconds, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout.strip()
