"""Many terminals of this process, and their end."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection, Sequence
from threading import get_ident

from bgterm.engine import pump
from bgterm.engine.ending import Ending, ending, kill
from bgterm.engine.lock import locked_shortly, sleep_for_good
from bgterm.engine.processes import are_shown
from bgterm.engine.terminal import TERMINALS, Terminal


def ending_all(terminals: Sequence[Terminal], grace_seconds: float) -> Ending[None]:
    """End the programs of many terminals at once, with everything that they started: see `ending`."""
    unseen = _unseen_groups(terminals)
    _signal(unseen, signal.SIGTERM, signal.SIGCONT)
    yield from ending([terminal.program for terminal in terminals], grace_seconds)
    _signal([*unseen, *_unseen_groups(terminals)], signal.SIGKILL)
    for terminal in terminals:
        locked_shortly(terminal.lock, terminal.last_look)


def kill_all(terminals: Sequence[Terminal]) -> None:
    """Kill what is left of the programs of many terminals and of all that they started, without waiting."""
    unseen = _unseen_groups(terminals)
    kill([terminal.program for terminal in terminals])
    _signal(unseen, signal.SIGKILL)


def _unseen_groups(terminals: Sequence[Terminal]) -> list[tuple[int, int]]:
    """Process groups, each with its session, to signal where there is no /proc to find processes by."""
    if are_shown():
        return []
    return [(group, terminal.program.pid) for terminal in terminals for group in terminal.groups()]


def _signal(groups: Sequence[tuple[int, int]], *numbers: int) -> None:
    for group, session in groups:
        try:
            if os.getsid(group) != session:
                continue  # the group has ended, and its number is another's
        except ProcessLookupError:
            pass  # its leader has ended
        for number in numbers:
            try:
                os.killpg(group, number)
            except (ProcessLookupError, PermissionError):
                break


def open_terminals() -> list[Terminal]:
    """Every terminal of this process that is not closed."""
    return [terminal for terminal in list(TERMINALS) if not terminal.closed]


_needed: Collection[int] | None = None
"""The threads that end the interpreter, once it ends."""


def begin_to_end() -> None:
    """The interpreter ends: no daemon thread but the I/O thread gets at a terminal any more."""
    global _needed  # noqa: PLW0603 - of the whole process
    _needed = {ident for ident in (get_ident(), pump.thread_ident()) if ident is not None}
    for terminal in open_terminals():
        terminal.keep_to(_needed)


def is_ending() -> bool:
    """Whether the interpreter ends. Never returns to daemon threads then."""
    if _needed is None:
        return False
    sleep_for_good(_needed)
    return True
