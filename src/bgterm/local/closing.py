"""Closing sessions, many in the time of one."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bgterm.arguments import flag, seconds_or_none
from bgterm.engine.ending import Ending, finish
from bgterm.engine.terminals import ending_all, kill_all
from bgterm.engine.undisturbed import undisturbed

if TYPE_CHECKING:
    from bgterm.local.endpoint import Live


def grace(terminate: bool, kill_after_ms: float | None) -> float | None:
    """How many seconds programs may take to end by themselves, None where they are not asked to.

    The parameters are those of `Session.close`. Raises TypeError, ValueError.
    """
    longest = seconds_or_none("kill_after_ms", kill_after_ms)
    return longest if flag("terminate", terminate) else None


def closing(sessions: Sequence[Live], grace_seconds: float | None) -> Ending[list[int | None]]:
    """Close sessions, many in the time of one, as `Session.close` says; the outcome is their exit codes.

    It pauses and does not sleep (see `engine.ending`).
    """
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


def close_sessions(sessions: Sequence[Live], grace_seconds: float) -> None:
    """Close many sessions in the time of one."""
    finish(closing(sessions, grace_seconds))
