"""Closing terminals, many in the time of one."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Protocol

from bgterm.engine.ending import Ending
from bgterm.engine.terminal import Terminal
from bgterm.engine.terminals import ending_all, kill_all
from bgterm.engine.undisturbed import undisturbed


class Closable(Protocol):
    """What has a terminal to close."""

    @property
    def terminal(self) -> Terminal:
        """It."""
        ...

    def hang_up(self) -> None:
        """Close the terminal, and give back all that is held. Can be done again, wherever it was interrupted."""


def closing(those: Sequence[Closable], grace_seconds: float | None) -> Ending[list[int | None]]:
    """See `Endpoint.closing`."""
    ours = [each for each in those if not each.terminal.closed]
    terminals = [each.terminal for each in ours]
    try:
        if grace_seconds is not None:
            yield from ending_all(terminals, grace_seconds)
    except BaseException as error:  # Ctrl-C, a cancellation, no descriptor left
        for each in ours:
            undisturbed(each.hang_up)  # which gives back some descriptors to look for programs with
        undisturbed(kill_all, terminals)
        if not (isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}):
            raise
    finally:
        for each in ours:
            undisturbed(each.hang_up)
    return [each.terminal.child.exit_code for each in those]
