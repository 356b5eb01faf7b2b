"""What is done with an exception that there is no caller to raise it to."""

from __future__ import annotations

import sys
import threading


def report_failure() -> None:
    """Report the exception that is being handled as one of this thread's, which goes on (`threading.excepthook`)."""
    threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))
