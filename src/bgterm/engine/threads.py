"""Threads as the system has them, which is what the engine is built on."""

from __future__ import annotations

import select
import threading
from types import BuiltinFunctionType

NEEDED = (
    "bgterm needs the system's own threads and polls, which gevent or eventlet has replaced in this process: leave "
    "them unpatched (monkey.patch_all(thread=False, select=False), and call what waits in gevent's threadpool), or use "
    "bgterm in a process of its own"
)
"""What to tell who has none."""


def are_real() -> bool:
    """Whether threads are the system's. gevent and eventlet put green ones in their place, and take poll(2) away."""
    return isinstance(threading.get_ident, BuiltinFunctionType) and isinstance(select.select, BuiltinFunctionType)
