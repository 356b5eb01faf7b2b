r"""Interactive terminal programs, kept alive in the background.

    >>> import bgterm
    >>> sid = bgterm.start_session(["python3", "-q"])
    >>> bgterm.write_stdin(sid, "2+2\n", 500).text  # doctest: +SKIP

The functions here are the verbs of one shared `SessionManager`; `Session` has the same as methods.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if sys.platform == "win32":
    raise ImportError("bgterm needs pseudo-terminals as Unix has them: on Windows, use it inside WSL")

from bgterm.engine import threads as _threads

if not _threads.are_real():
    raise ImportError(_threads.NEEDED)

from bgterm import manager as _manager
from bgterm.errors import (
    BgtermError,
    InputOverflowError,
    LineTooLongError,
    NotReadyError,
    SessionExitedError,
    SessionLimitError,
    UnknownSessionError,
)
from bgterm.manager import SessionManager
from bgterm.results import CommandResult, Confidence, Foreground, PollResult, Reason, SessionInfo, State, Status
from bgterm.session import Session
from bgterm.until import EXIT, READY, Until

if TYPE_CHECKING:
    from bgterm.views.line_search import FoundLine
    from bgterm.views.screen import Screen, ScreenTimeoutError

start_session = _manager.default.start_session
wait_any = _manager.default.wait_any
list_sessions = _manager.default.list_sessions
close = _manager.default.close
close_all = _manager.default.close_all
write_stdin = _manager.default.write_stdin
poll = _manager.default.poll
read = _manager.default.read
send_eof = _manager.default.send_eof
flush_input = _manager.default.flush_input
interrupt = _manager.default.interrupt
resize = _manager.default.resize
status = _manager.default.status
run = _manager.default.run
wait = _manager.default.wait
info = _manager.default.info
send_keys = _manager.default.send_keys
click = _manager.default.click
screen = _manager.default.screen
wait_screen = _manager.default.wait_screen
expect_screen = _manager.default.expect_screen
search = _manager.default.search
mark = _manager.default.mark
export_recording = _manager.default.export_recording
terminate = _manager.default.terminate
kill = _manager.default.kill

_LOADED_WHEN_USED = {
    "FoundLine": "bgterm.views.line_search",
    "Screen": "bgterm.views.screen",
    "ScreenTimeoutError": "bgterm.views.screen",
}


def __getattr__(name: str) -> object:
    if name in _LOADED_WHEN_USED:
        import importlib  # noqa: PLC0415 - few ask

        return getattr(importlib.import_module(_LOADED_WHEN_USED[name]), name)
    raise AttributeError(f"module 'bgterm' has no attribute {name!r}")


__version__ = "0.1.0"

__all__ = [
    "EXIT",
    "READY",
    "BgtermError",
    "CommandResult",
    "Confidence",
    "Foreground",
    "FoundLine",
    "InputOverflowError",
    "LineTooLongError",
    "NotReadyError",
    "PollResult",
    "Reason",
    "Screen",
    "ScreenTimeoutError",
    "Session",
    "SessionExitedError",
    "SessionInfo",
    "SessionLimitError",
    "SessionManager",
    "State",
    "Status",
    "UnknownSessionError",
    "Until",
    "click",
    "close",
    "close_all",
    "expect_screen",
    "export_recording",
    "flush_input",
    "info",
    "interrupt",
    "kill",
    "list_sessions",
    "mark",
    "poll",
    "read",
    "resize",
    "run",
    "screen",
    "search",
    "send_eof",
    "send_keys",
    "start_session",
    "status",
    "terminate",
    "wait",
    "wait_any",
    "wait_screen",
    "write_stdin",
]
