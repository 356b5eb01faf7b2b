"""How much of the tests of readiness is run: with BGTERM_READINESS=all (`make readiness`) all of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

EVERYTHING = os.environ.get("BGTERM_READINESS") == "all"


def user() -> str:
    """As whom the tests run."""
    return "root" if os.geteuid() == 0 else "ordinary user"


@contextmanager
def busy_cores() -> Generator[None]:
    """Twice as many programs as there are cores use all the CPU they get."""
    hogs = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        yield
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
