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
    export_recording,
    info,
    interrupt,
    kill,
    list_sessions,
    mark,
    poll,
    read,
    resize,
    run,
    screen,
    search,
    send_eof,
    send_keys,
    start_session,
    status,
    stream,
    terminate,
    wait,
    wait_any,
    wait_screen,
    write_stdin,
)

__all__ = [
    "AsyncSession",
    "close",
    "close_all",
    "export_recording",
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
    "stream",
    "terminate",
    "wait",
    "wait_any",
    "wait_screen",
    "write_stdin",
]
