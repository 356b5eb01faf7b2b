"""Ctrl-C at a chosen moment.

CPython runs signal handlers at three places: after a call of a C function, at the start of a Python function, and at a
jump backwards. A profile function is called at the first two, and what it raises appears as a handler's exception
would. So an interruption can be had at each such place in turn, where real signals find only the likely ones.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

import bgterm

T = TypeVar("T")

_SOURCE = os.path.dirname(bgterm.__file__)


class InterruptionError(BaseException):
    """Stands for KeyboardInterrupt, so that one of the tester's own is not mistaken for it."""


def interrupt() -> None:
    """Do what the handler of Ctrl-C does."""
    raise InterruptionError


class Interrupter:
    """Calls `handler` inside bgterm at the nth place where a signal handler could be called, for n = 1, 2, 3..."""

    def __init__(self, handler: Callable[[], object] = interrupt) -> None:
        self.interruptions = 0
        self._handler = handler
        self._moment = 1
        self._left = 0

    def _profile(self, frame: FrameType, event: str, _argument: object) -> None:
        if event in {"call", "c_return"} and frame.f_code.co_filename.startswith(_SOURCE):
            self._left -= 1
            if self._left == 0:
                sys.setprofile(None)
                self.interruptions += 1
                self._handler()

    def call(self, action: Callable[[], T]) -> T:
        """Call `action`. Where it was interrupted, the next call is interrupted one place later.

        Raises what the handler raises, and begins again at the first place where the action ended before.
        """
        self._left = self._moment
        self._moment += 1
        sys.setprofile(self._profile)
        try:
            return action()
        finally:
            sys.setprofile(None)
            if self._left > 0:
                self._moment = 1
