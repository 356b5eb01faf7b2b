"""Closing sessions, many in the time of one."""

from __future__ import annotations

import errno
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bgterm.engine.ending import Ending, finish
from bgterm.engine.terminals import ending_all, kill_all
from bgterm.engine.undisturbed import undisturbed

if TYPE_CHECKING:
    from bgterm.live import Live


def closing(sessions: Sequence[Live], terminate: bool, kill_after_ms: float | None) -> Ending[list[int | None]]:
    """Close sessions, many in the time of one, as `Session.close` says; the outcome is their exit codes.

    It pauses and does not sleep (see `engine.ending`). Raises ValueError for a negative time, at once.
    """
    if kill_after_ms is None:
        kill_after_ms = math.inf
    if not kill_after_ms >= 0:
        raise ValueError(f"kill_after_ms must be 0 or more, or None for no limit, not {kill_after_ms!r}")
    return _closing(sessions, kill_after_ms / 1000 if terminate else None)


def _closing(sessions: Sequence[Live], grace_seconds: float | None) -> Ending[list[int | None]]:
    ours = [session for session in sessions if not session.terminal.closed]
    terminals = [session.terminal for session in ours]
    try:
        if grace_seconds is not None:
            yield from ending_all(terminals, grace_seconds)
    except BaseException as error:  # Ctrl-C, a cancellation, no descriptor left
        for session in ours:
            undisturbed(session.hang_up)  # which gives back some descriptors to look for programs with
        undisturbed(kill_all, terminals)
        if not (isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}):
            raise
    finally:
        for session in ours:
            undisturbed(session.hang_up)
    return [session.terminal.child.exit_code for session in sessions]


def close_sessions(sessions: Sequence[Live], kill_after_ms: float | None) -> None:
    """Close many sessions in the time of one. Raises ValueError for a negative time."""
    finish(closing(sessions, terminate=True, kill_after_ms=kill_after_ms))
