"""Who looks at a terminal's output as it arrives."""

from __future__ import annotations

from collections.abc import Callable

from bgterm.engine.failures import report_failure
from bgterm.engine.output import OutputBuffer

Observer = Callable[[int, bytes], bool]
"""Called with the lock held for output and its offset, before any of it is forgotten; after an interruption the same
offset may come again. It returns whether it has to see what comes next even if no escape is in it: to look for those
costs nothing, a call does. Observers are few and quick."""


class Observers:
    """Shows the output to each of them, in order. Used with the terminal's lock held."""

    __slots__ = ("_observers", "attentive", "shown")

    def __init__(self) -> None:
        self._observers: list[Observer] = []
        self.attentive = False
        """Whether one of them has to see whatever comes next."""
        self.shown = 0
        """Through this offset they have seen the output, or need not."""

    def add(self, observer: Observer, output: OutputBuffer) -> None:
        """Show to `observer` what comes from now on."""
        if self.shown != output.end:
            self.show(output)
        self._observers.append(observer)
        self.attentive = True

    def show(self, output: OutputBuffer) -> None:
        """Show what is new."""
        offset, end = max(self.shown, output.start), output.end
        data = output.read(offset, end)
        attentive = [_shows(observer, offset, data) for observer in self._observers]  # each of them is shown it
        self.attentive = True in attentive
        self.shown = end


def _shows(observer: Observer, offset: int, data: bytes) -> bool:
    """What `observer` returns. One that fails takes nothing along: neither the output nor the other observers."""
    try:
        return observer(offset, data)
    except Exception:  # noqa: BLE001 - an observer is not the one who asked for the output
        report_failure()
        return True
