"""The verbs of the module `bgterm` as coroutines, for the sessions of the same shared manager."""

from __future__ import annotations

import asyncio
import functools
import os
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from bgterm.aio.closing import finish
from bgterm.aio.session import AsyncSession
from bgterm.aio.turns import outcome
from bgterm.errors import UnknownSessionError
from bgterm.local.closing import closing, grace
from bgterm.manager import default, race
from bgterm.readiness.confidence import ENOUGH
from bgterm.results import CommandResult, Confidence, PollResult
from bgterm.until import Until

if TYPE_CHECKING:
    from bgterm.views.line_search import FoundLine
    from bgterm.views.screen import Screen

P = ParamSpec("P")
T = TypeVar("T")


def _at_once(verb: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """A verb that never waits, as a coroutine."""

    @functools.wraps(verb)
    async def coroutine(*args: P.args, **kwargs: P.kwargs) -> T:
        return verb(*args, **kwargs)

    return coroutine


def _session(sid: int | str) -> AsyncSession:
    return AsyncSession(default.open(sid))


def _after_a_turn(verb: Callable[P, T]) -> Callable[P, Coroutine[Any, Any, T]]:
    """A verb that takes the loop a millisecond: many in a row leave turns for the others."""

    @functools.wraps(verb)
    async def coroutine(*args: P.args, **kwargs: P.kwargs) -> T:
        await asyncio.sleep(0)
        return verb(*args, **kwargs)

    return coroutine


start_session = _after_a_turn(default.start_session)
read = _at_once(default.read)
send_eof = _at_once(default.send_eof)
send_keys = _at_once(default.send_keys)
mark = _at_once(default.mark)
interrupt = _at_once(default.interrupt)
resize = _at_once(default.resize)
status = _at_once(default.status)
info = _at_once(default.info)
list_sessions = _at_once(default.list_sessions)
terminate = _at_once(default.terminate)
kill = _at_once(default.kill)


async def write_stdin(
    sid: int | str,
    chars: str | bytes = "",
    yield_time_ms: float | None = 0,
    max_output_bytes: int | None = 65536,
    *,
    until: Until = None,
    settle_ms: float = 0,
    min_confidence: Confidence = ENOUGH,
) -> PollResult:
    """Do as `bgterm.write_stdin` does. It types at once: whoever cancels it cancels only the wait."""
    return await _session(sid).write_stdin(
        chars, yield_time_ms, max_output_bytes, until=until, settle_ms=settle_ms, min_confidence=min_confidence
    )


async def poll(
    sid: int | str,
    yield_time_ms: float | None = 0,
    max_output_bytes: int | None = 65536,
    *,
    until: Until = None,
    settle_ms: float = 0,
    min_confidence: Confidence = ENOUGH,
) -> PollResult:
    """Do as `bgterm.poll` does."""
    return await _session(sid).poll(
        yield_time_ms, max_output_bytes, until=until, settle_ms=settle_ms, min_confidence=min_confidence
    )


def stream(sid: int | str, max_output_bytes: int | None = 65536) -> AsyncIterator[PollResult]:
    """Give output as it comes: see `AsyncSession.stream`."""
    return _session(sid).stream(max_output_bytes)


async def run(
    sid: int | str,
    line: str | bytes,
    timeout_ms: float | None = 30_000,
    max_output_bytes: int | None = 65536,
    *,
    min_confidence: Confidence = ENOUGH,
    prompt: str | re.Pattern[str] | None = None,
) -> CommandResult:
    """Do as `bgterm.run` does. Cancelled before the program was ready, it has typed nothing."""
    return await _session(sid).run(line, timeout_ms, max_output_bytes, min_confidence=min_confidence, prompt=prompt)


async def wait(sid: int | str, timeout_ms: float | None = None) -> int | None:
    """Do as `bgterm.wait` does."""
    return await _session(sid).wait(timeout_ms)


async def screen(sid: int | str, *, scrollback_lines: int = 0) -> Screen:
    """Do as `bgterm.screen` does."""
    return await _session(sid).screen(scrollback_lines=scrollback_lines)


async def wait_screen(
    sid: int | str,
    pattern: str | re.Pattern[str] | Callable[[Screen], object],
    timeout_ms: float | None = None,
    *,
    settle_ms: float = 0,
) -> Screen | None:
    """Do as `bgterm.wait_screen` does."""
    return await _session(sid).wait_screen(pattern, timeout_ms, settle_ms=settle_ms)


async def search(
    sid: int | str, pattern: str | re.Pattern[str], *, offset: int = 0, max_results: int = 100
) -> list[FoundLine]:
    """Do as `bgterm.search` does."""
    return await _session(sid).search(pattern, offset=offset, max_results=max_results)


async def export_recording(
    sid: int | str, path: str | os.PathLike[str], *, version: int = 3, title: str | None = None
) -> None:
    """Do as `bgterm.export_recording` does."""
    await _session(sid).export_recording(path, version=version, title=title)


async def wait_any(
    sids: Iterable[int | str], timeout_ms: float | None = None, *, until: Until = None
) -> int | str | None:
    """Do as `bgterm.wait_any` does."""
    return next(iter(await outcome(race(default, sids, timeout_ms, until))), None)


async def close(sid: int | str, terminate: bool = True, kill_after_ms: float | None = 1000) -> int | None:
    """Do as `bgterm.close` does: see `AsyncSession.close`."""
    grace(terminate, kill_after_ms)  # also where there is nothing to close any more
    try:
        session = _session(sid)
    except UnknownSessionError as error:
        if not error.closed:
            raise
        return error.exit_code
    return await session.close(terminate, kill_after_ms)


async def close_all(kill_after_ms: float | None = 1000) -> None:
    """Do as `bgterm.close_all` does. Cancelled, it kills what is left and closes all the same."""
    grace_seconds = grace(terminate=True, kill_after_ms=kill_after_ms)
    await finish(closing([session.live for session in default.sessions()], grace_seconds))
