"""Every exception of bgterm's own that a user can meet, but for the one that has a screen (`views.screen`)."""

from __future__ import annotations


class BgtermError(RuntimeError):
    """The base of bgterm's errors.

    Each message says what happened, to which session, and what to do. Plain mistakes in a call raise
    what Python raises for them (`ValueError`, `TypeError`, `FileNotFoundError`, ...).
    """


class UnknownSessionError(BgtermError):
    """No open session has this id or name.

    Parameters
    ----------
    message: what was asked for and what is known of it.
    closed: True if the id was in use once and has been closed.
    exit_code: the exit code of the closed session's program, where it is known.
    """

    def __init__(self, message: str, *, closed: bool = False, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.closed = closed
        self.exit_code = exit_code


class SessionExitedError(BgtermError):
    """Input was sent to a program that has exited: nothing was sent, unread output stays unread.

    `exit_code` is the program's exit code (negative: the signal), or None where it cannot be known.
    """

    def __init__(self, message: str, *, exit_code: int | None = None) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class InputOverflowError(BgtermError):
    """The program does not read, and its input queue is full: nothing of this input was sent."""


class LineTooLongError(BgtermError):
    """The terminal's line discipline would silently cut this line: nothing of this input was sent."""


class NotReadyError(BgtermError):
    """The program was not waiting for input within the time: nothing was typed.

    `status` is the last look at the program.
    """

    def __init__(self, message: str, *, status: object = None) -> None:
        super().__init__(message)
        self.status = status


class SessionLimitError(BgtermError):
    """The manager has as many open sessions as it may have."""
