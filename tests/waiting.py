"""Waiting for what has no event of its own: another process's state, the kernel's tables."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK_AGAIN_SECONDS = 0.01


def eventually(condition: Callable[[], object], within_seconds: float = 5) -> bool:
    """Look again and again until `condition` holds. False once `within_seconds` have passed without it."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_AGAIN_SECONDS)
    return True
