"""The verbs of bgterm as coroutines, for asyncio (and anyio on asyncio, and uvloop).

    >>> from bgterm import aio
    >>> async with aio.AsyncSession.start(["python3", "-q"]) as session:  # doctest: +SKIP
    ...     answer = await session.run("6 * 7")

The sessions are those of the module `bgterm`: a sid is good for both, at the same time.
"""

from __future__ import annotations

from bgterm.aio.session import AsyncSession
from bgterm.aio.verbs import (
    close,
    close_all,
    info,
    interrupt,
    kill,
    list_sessions,
    poll,
    read,
    resize,
    run,
    send_eof,
    start_session,
    status,
    stream,
    terminate,
    wait,
    wait_any,
    write_stdin,
)

__all__ = [
    "AsyncSession",
    "close",
    "close_all",
    "info",
    "interrupt",
    "kill",
    "list_sessions",
    "poll",
    "read",
    "resize",
    "run",
    "send_eof",
    "start_session",
    "status",
    "stream",
    "terminate",
    "wait",
    "wait_any",
    "write_stdin",
]
