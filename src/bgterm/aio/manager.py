"""Sessions by id and by name, for coroutines."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from typing import Any, Concatenate, ParamSpec, TypeVar

from bgterm.aio.closing import finish
from bgterm.aio.manager_verbs import AsyncManagerVerbs
from bgterm.aio.session import AsyncSession
from bgterm.aio.turns import outcome
from bgterm.arguments import grace
from bgterm.errors import UnknownSessionError
from bgterm.manager import SessionManager, race
from bgterm.results import PollResult
from bgterm.session import Session
from bgterm.until import Until

P = ParamSpec("P")
S = TypeVar("S", bound="int | str | Session | AsyncSession")
T = TypeVar("T")


def _after_a_turn(
    verb: Callable[Concatenate[SessionManager, P], T],
) -> Callable[Concatenate[AsyncSessionManager, P], Coroutine[Any, Any, T]]:
    """A verb that takes the loop a millisecond: many in a row leave turns for the others."""

    @functools.wraps(verb)
    async def coroutine(self: AsyncSessionManager, /, *args: P.args, **kwargs: P.kwargs) -> T:
        await asyncio.sleep(0)
        own: Callable[P, T] = getattr(self.manager, verb.__name__)
        return own(*args, **kwargs)

    return coroutine


class AsyncSessionManager(AsyncManagerVerbs):
    """A manager whose verbs are coroutines: the same names, parameters and results as those of `SessionManager`.

    Parameters
    ----------
    manager: the `SessionManager` whose sessions these are.
    """

    def __init__(self, manager: SessionManager) -> None:
        self.manager = manager
        """The same sessions for those who do not await."""

    def __repr__(self) -> str:
        return f"<bgterm.aio.AsyncSessionManager of {self.manager!r}>"

    start_session = _after_a_turn(SessionManager.start_session)

    def open(self, sid: int | str) -> AsyncSession:
        """Return the open session with this id or name. Raises UnknownSessionError."""
        return AsyncSession(self.manager.open(sid))

    async def list_sessions(self) -> tuple[int, ...]:
        """The ids of all sessions that are not closed yet, in the order of their start."""
        return self.manager.list_sessions()

    def stream(self, sid: int | str, max_output_bytes: int | None = 65536) -> AsyncIterator[PollResult]:
        """Give output as it comes: see `AsyncSession.stream`."""
        return self.open(sid).stream(max_output_bytes)

    async def wait_any(self, sids: Iterable[S], timeout_ms: float | None = None, *, until: Until = None) -> S | None:
        """Do as `SessionManager.wait_any` does; an `AsyncSession` may be one of them as well."""
        return await outcome(race(self.manager, sids, timeout_ms, until))

    async def close(self, sid: int | str, terminate: bool = True, kill_after_ms: float | None = 1000) -> int | None:
        """Do as `SessionManager.close` does: see `AsyncSession.close`."""
        grace(terminate, kill_after_ms)  # also where there is nothing to close any more
        try:
            session = self.open(sid)
        except UnknownSessionError as error:
            if not error.closed:
                raise
            return error.exit_code
        return await session.close(terminate, kill_after_ms)

    async def close_all(self, kill_after_ms: float | None = 1000) -> None:
        """Do as `SessionManager.close_all` does. Cancelled, it kills what is left and closes all the same."""
        grace_seconds = grace(terminate=True, kill_after_ms=kill_after_ms)
        endpoints = [session.endpoint for session in self.manager.sessions()]
        if endpoints:
            await finish(endpoints[0].closing(endpoints, grace_seconds))
