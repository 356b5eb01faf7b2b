"""Ctrl-C at a chosen moment.

CPython runs signal handlers at three places: after a call of a C function, at the start of a Python function, and at a
jump backwards. A profile function is called at the first two, and `sys.monitoring` (from Python 3.12 on) calls one at
the third; what they raise appears as a handler's exception would. So an interruption can be had at each such place in
turn, where real signals find only the likely ones.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from threading import get_ident
from types import CodeType, FrameType
from typing import TypeVar

import bgterm

T = TypeVar("T")

_SOURCE = os.path.dirname(bgterm.__file__)
_TOOL = 4  # of the numbers that sys.monitoring has for tools, one that no debugger or profiler takes


class InterruptionError(BaseException):
    """Stands for KeyboardInterrupt, so that one of the tester's own is not mistaken for it."""


def interrupt() -> None:
    """Do what the handler of Ctrl-C does."""
    raise InterruptionError


def is_in_destructor(frame: FrameType | None) -> bool:
    """Whether the collector of garbage called this function, or one that it is called by."""
    while frame is not None and frame.f_code.co_name != "__del__":
        frame = frame.f_back
    return frame is not None


class Interrupter:
    """Calls `handler` inside bgterm at the nth place where a signal handler could be called, for n = 1, 2, 3..."""

    def __init__(self, handler: Callable[[], object] = interrupt) -> None:
        self.interruptions = 0
        self._handler = handler
        self._moment = 1
        self._left = 0
        self._thread = 0

    def _profile(self, frame: FrameType, event: str, _argument: object) -> None:
        if event in {"call", "c_return"} and frame.f_code.co_filename.startswith(_SOURCE):
            self._at_place(frame)

    def _at_place(self, frame: FrameType) -> None:
        self._left -= 1
        if self._left == 0 and is_in_destructor(frame):
            self._left = 1  # Python itself prints what is raised there: the next place, then
        elif self._left == 0:
            self._listen(to_jumps=False)
            sys.setprofile(None)
            self.interruptions += 1
            self._handler()

    def _listen(self, *, to_jumps: bool) -> None:
        if sys.version_info >= (3, 12):
            jump = sys.monitoring.events.JUMP
            if to_jumps:
                sys.monitoring.use_tool_id(_TOOL, "interrupter")
                sys.monitoring.register_callback(_TOOL, jump, self._jump)
                sys.monitoring.set_events(_TOOL, jump)
            elif sys.monitoring.get_tool(_TOOL) is not None:
                sys.monitoring.set_events(_TOOL, 0)
                sys.monitoring.register_callback(_TOOL, jump, None)
                sys.monitoring.free_tool_id(_TOOL)

    def _jump(self, code: CodeType, offset: int, destination: int) -> None:
        if destination <= offset and code.co_filename.startswith(_SOURCE) and get_ident() == self._thread:
            self._at_place(sys._getframe(1))

    def call(self, action: Callable[[], T]) -> T:
        """Call `action`. Where it was interrupted, the next call is interrupted one place later.

        Raises what the handler raises, and begins again at the first place where the action ended before.
        """
        self._left = self._moment
        self._moment += 1
        self._thread = get_ident()
        self._listen(to_jumps=True)
        sys.setprofile(self._profile)
        try:
            return action()
        finally:
            sys.setprofile(None)
            self._listen(to_jumps=False)
            if self._left > 0:
                self._moment = 1
