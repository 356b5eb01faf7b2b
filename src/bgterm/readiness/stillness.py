"""How long a program has been still: no output, nothing typed, next to no CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bgterm.engine.terminal import Terminal
    from bgterm.readiness.observation import Kernel

_CPU_SECONDS = 0.03
_CPU_WINDOW_S = 0.2


class Stillness:
    """Measured from the last output or input, or from when it was first asked where there was neither."""

    def __init__(self, terminal: Terminal, now: float) -> None:
        self._terminal = terminal
        self._begun = now
        self._key: tuple[float, int] | None = None
        self._cpu = 0.0
        self._measured_from = 0.0

    @property
    def since(self) -> float:
        """The last time that anything came or went."""
        terminal = self._terminal
        return max(terminal.last_output, terminal.last_input) or self._begun

    def lasts(self, seconds: float, kernel: Kernel, group: int, now: float) -> bool:
        """Whether it has been still for that long, while the process group used under 30 ms of CPU."""
        since = self.since
        if self._key != (since, group):
            self._key = (since, group)
            self._measure(kernel, group, now)
            return False
        if now - max(since, self._measured_from) < min(seconds, _CPU_WINDOW_S) or now - since < seconds:
            return False
        if kernel.cpu_seconds(group) - self._cpu >= _CPU_SECONDS:
            self._measure(kernel, group, now)
            return False
        return True

    def _measure(self, kernel: Kernel, group: int, now: float) -> None:
        self._cpu = kernel.cpu_seconds(group)
        self._measured_from = now
