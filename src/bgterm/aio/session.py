"""One live terminal whose verbs are coroutines."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

from bgterm.aio.closing import closer
from bgterm.aio.turns import outcome
from bgterm.arguments import page_size
from bgterm.following import FollowedWait
from bgterm.local.closing import grace
from bgterm.local.waits import Wait, deadline
from bgterm.readiness.confidence import ENOUGH
from bgterm.results import CommandResult, Confidence, PollResult
from bgterm.session import Session
from bgterm.until import EXIT, Until

if TYPE_CHECKING:
    from bgterm.views.screen import Screen

P = ParamSpec("P")
T = TypeVar("T")

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


def _at_once(
    verb: Callable[Concatenate[Session, P], T],
) -> Callable[Concatenate[AsyncSession, P], Coroutine[Any, Any, T]]:
    """A verb that never waits, as a coroutine."""

    @functools.wraps(verb)
    async def coroutine(self: AsyncSession, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return verb(self.session, *args, **kwargs)

    return coroutine


def _in_thread(
    verb: Callable[Concatenate[Session, P], T],
) -> Callable[Concatenate[AsyncSession, P], Coroutine[Any, Any, T]]:
    """A verb that reads or writes files, or computes, as a coroutine that does not keep the loop from running."""

    @functools.wraps(verb)
    async def coroutine(self: AsyncSession, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.to_thread(verb, self.session, *args, **kwargs)

    return coroutine


class AsyncSession:
    """A session whose verbs are coroutines: the same names, parameters and results as those of `Session`.

    No thread waits for them: the terminals are read by bgterm's one I/O thread, which wakes the loop. Only what
    works through much output (`screen`, `search`, `export_recording`) does that in a thread of asyncio's. A wait
    that is cancelled has consumed nothing. Threads, and tasks of several event loops, may share a session.

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

    # Talk.

    async def write_stdin(
        self,
        chars: str | bytes = "",
        yield_time_ms: float | None = 0,
        max_output_bytes: int | None = _MAX_BYTES,
        *,
        until: Until = None,
        settle_ms: float = 0,
        min_confidence: Confidence = ENOUGH,
    ) -> PollResult:
        """Do as `Session.write_stdin` does. It types at once: whoever cancels it cancels only the wait."""
        live = self.session.live
        wait = live.page(yield_time_ms, max_output_bytes, until, settle_ms, min_confidence)
        if data := live.encoded("chars", chars):
            with live.terminal.lock:
                live.type(data)
        return await self._outcome(wait)

    async def poll(
        self,
        yield_time_ms: float | None = 0,
        max_output_bytes: int | None = _MAX_BYTES,
        *,
        until: Until = None,
        settle_ms: float = 0,
        min_confidence: Confidence = ENOUGH,
    ) -> PollResult:
        """Do as `Session.poll` does."""
        page = self.session.live.page(yield_time_ms, max_output_bytes, until, settle_ms, min_confidence)
        return await self._outcome(page)

    async def _outcome(self, wait: Wait[T]) -> T:
        followed = FollowedWait(self.session.live.terminal, wait)
        return await outcome(followed)

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

    read = _at_once(Session.read)
    send_eof = _at_once(Session.send_eof)
    interrupt = _at_once(Session.interrupt)
    resize = _at_once(Session.resize)

    # Know.

    async def run(
        self,
        line: str | bytes,
        timeout_ms: float | None = 30_000,
        max_output_bytes: int | None = _MAX_BYTES,
        *,
        min_confidence: Confidence = ENOUGH,
        prompt: str | re.Pattern[str] | None = None,
    ) -> CommandResult:
        """Do as `Session.run` does. Cancelled before the program was ready, it has typed nothing."""
        step = self.session.live.step(line, timeout_ms, max_output_bytes, min_confidence, prompt)
        return await self._outcome(step)

    async def wait(self, timeout_ms: float | None = None) -> int | None:
        """Do as `Session.wait` does."""
        live = self.session.live
        reason = await self._outcome(live.reason(EXIT, deadline("timeout_ms", timeout_ms)))
        return live.terminal.child.exit_code if reason == "exit" else None

    status = _at_once(Session.status)
    info = _at_once(Session.info)

    # Views.

    send_keys = _at_once(Session.send_keys)
    screen = _in_thread(Session.screen)
    search = _in_thread(Session.search)
    mark = _at_once(Session.mark)
    export_recording = _in_thread(Session.export_recording)

    async def wait_screen(
        self,
        pattern: str | re.Pattern[str] | Callable[[Screen], object],
        timeout_ms: float | None = None,
        *,
        settle_ms: float = 0,
    ) -> Screen | None:
        """Do as `Session.wait_screen` does."""
        # The first one loads the emulator.
        wait = await asyncio.to_thread(self.session.live.on_screen, pattern, timeout_ms, settle_ms)
        return (await self._outcome(wait)).screen

    # End.

    terminate = _at_once(Session.terminate)
    kill = _at_once(Session.kill)

    async def close(self, terminate: bool = True, kill_after_ms: float | None = 1000) -> int | None:
        """Do as `Session.close` does. It goes on in the background where its caller is cancelled.

        Sessions that are closed in the same turn of the loop are closed together, in the time of one.
        """
        return await closer().close(self.session, grace(terminate, kill_after_ms))
