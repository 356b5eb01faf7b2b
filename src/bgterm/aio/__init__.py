"""The verbs of bgterm as coroutines, for asyncio (and anyio on asyncio, and uvloop).

    >>> from bgterm import aio
    >>> async with aio.AsyncSession.start(["python3", "-q"]) as session:  # doctest: +SKIP
    ...     answer = await session.run("6 * 7")

The sessions are those of the module `bgterm`: a sid is good for both, at the same time.
"""

from __future__ import annotations

from bgterm.aio.manager import AsyncSessionManager
from bgterm.aio.session import AsyncSession
from bgterm.manager import default as _default

_manager = AsyncSessionManager(_default)

start_session = _manager.start_session
wait_any = _manager.wait_any
list_sessions = _manager.list_sessions
close = _manager.close
close_all = _manager.close_all
write_stdin = _manager.write_stdin
poll = _manager.poll
read = _manager.read
send_eof = _manager.send_eof
flush_input = _manager.flush_input
interrupt = _manager.interrupt
resize = _manager.resize
status = _manager.status
run = _manager.run
wait = _manager.wait
info = _manager.info
send_keys = _manager.send_keys
click = _manager.click
screen = _manager.screen
wait_screen = _manager.wait_screen
expect_screen = _manager.expect_screen
search = _manager.search
mark = _manager.mark
export_recording = _manager.export_recording
terminate = _manager.terminate
kill = _manager.kill
stream = _manager.stream

__all__ = [
    "AsyncSession",
    "AsyncSessionManager",
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
    "stream",
    "terminate",
    "wait",
    "wait_any",
    "wait_screen",
    "write_stdin",
]
