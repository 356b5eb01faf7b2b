"""One live terminal whose verbs are coroutines."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable, Generator
from types import TracebackType
from typing import Any, ParamSpec, Self

from bgterm.aio.closing import closer
from bgterm.aio.session_verbs import AsyncSessionVerbs
from bgterm.arguments import grace, page_size
from bgterm.endpoint import Endpoint
from bgterm.results import PollResult
from bgterm.session import Session

P = ParamSpec("P")

_MAX_BYTES = 65536


class Opening:
    """A session to come: `await` it, or use it in `async with`, which closes the session at the end."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._begin = session
        self._session: AsyncSession | None = None

    def __await__(self) -> Generator[Any, None, AsyncSession]:
        return self._open().__await__()

    async def _open(self) -> AsyncSession:
        await asyncio.sleep(0)  # a start takes the loop a millisecond: many in a row leave turns for the others
        return AsyncSession(self._begin())

    async def __aenter__(self) -> AsyncSession:
        self._session = await self
        return self._session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()


def _opening(verb: Callable[P, Session]) -> Callable[P, Opening]:
    """What `verb` opens, to be awaited."""

    @functools.wraps(verb)
    def opening(*args: P.args, **kwargs: P.kwargs) -> Opening:
        return Opening(functools.partial(verb, *args, **kwargs))

    return opening


class AsyncSession(AsyncSessionVerbs):
    """A session whose verbs are coroutines: the same names, parameters and results as those of `Session`.

    No thread waits for them: the loop itself polls the terminals on which they wait. Only what works through much
    output (`screen`, `search`, `export_recording`) does that in a thread of asyncio's. A wait that is cancelled has
    consumed nothing. Threads, and tasks of several event loops, may share a session.

    Parameters
    ----------
    session: the `Session` that it speaks to. Several may speak to the same one.

    `await AsyncSession.start(...)` starts a program, `await AsyncSession.open(sid)` finds a session; either may be
    used in `async with` instead, and then the session is closed at the end.
    """

    __slots__ = ("session",)

    def __init__(self, session: Session) -> None:
        self.session = session
        """The same session for those who do not await."""

    start = staticmethod(_opening(Session.start))
    open = staticmethod(_opening(Session.open))

    @property
    def endpoint(self) -> Endpoint:
        """What its verbs are asked of: see `Session.endpoint`."""
        return self.session.endpoint

    @property
    def sid(self) -> int:
        """The id: that of `bgterm.start_session` and of every other verb of the module."""
        return self.session.sid

    @property
    def name(self) -> str | None:
        """The name that it was started with, or None."""
        return self.session.name

    @property
    def running(self) -> bool:
        """Whether the program has not exited: see `Session.running`."""
        return self.session.running

    @property
    def exit_code(self) -> int | None:
        """The program's exit code: see `Session.exit_code`."""
        return self.session.exit_code

    def __repr__(self) -> str:
        return f"<bgterm.aio.AsyncSession of {self.session!r}>"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def stream(self, max_output_bytes: int | None = _MAX_BYTES) -> AsyncIterator[PollResult]:
        """Give output as it comes, until the program has exited and all of it is read.

        Parameters
        ----------
        max_output_bytes: the most to give at a time, in bytes; None means all that there is.

        Each result is consumed when it is given, none is empty. It may be left and taken up again at any time.

        Raises UnknownSessionError where the session is closed, also meanwhile; TypeError, ValueError, at once: no such
        number of bytes.
        """
        return self._stream(page_size(max_output_bytes))

    async def _stream(self, max_output_bytes: int | None) -> AsyncIterator[PollResult]:
        while True:
            result = await self.poll(None, max_output_bytes)
            if result.data:
                yield result
            elif not result.running:
                return

    async def close(self, terminate: bool = True, kill_after_ms: float | None = 1000) -> int | None:
        """Do as `Session.close` does. It goes on in the background where its caller is cancelled.

        Sessions that are closed in the same turn of the loop are closed together, in the time of one.
        """
        return await closer().close(self.session.endpoint, grace(terminate, kill_after_ms))
