"""When to look again though nothing has come: there is no event for "began to wait for input"."""

from __future__ import annotations

_FIRST_S = 0.001
_LONGEST_S = 0.02
_IDLE_S = 0.05
_LONG_IDLE_S = 5.0


class Backoff:
    """1, 1, 2, 4 ... 20 ms after the last output or input, and 50 ms when there has been none for long."""

    def __init__(self) -> None:
        self._since = -1.0
        self._step = 0.0

    def next(self, since: float, now: float) -> float:
        """When to look again, `since` being when anything last came or went (both monotonic)."""
        if since != self._since:
            self._since, self._step = since, 0.0
        delay = self._step or _FIRST_S
        self._step = min(2 * self._step, _LONGEST_S) if self._step else _FIRST_S
        if now - since > _LONG_IDLE_S:
            delay = _IDLE_S
        return now + delay
