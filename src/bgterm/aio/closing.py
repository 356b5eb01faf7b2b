"""How sessions are closed on an event loop."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Sequence
from typing import TypeVar

from bgterm.aio.turns import LoopSleeper
from bgterm.endpoint import Endpoint
from bgterm.engine.ending import Ending

T = TypeVar("T")
_Kind = tuple[type[Endpoint], float | None]


async def finish(ending: Ending[T]) -> T:
    """Go through with an ending; where it pauses, the loop sleeps on its descriptor."""
    loop = asyncio.get_running_loop()
    sleeper = LoopSleeper(loop)
    try:
        while True:
            pause = next(ending)
            loop.add_reader(pause.fd, sleeper.rouse)
            try:
                await sleeper.sleep(pause.until)
            finally:
                loop.remove_reader(pause.fd)
    except StopIteration as end:
        outcome: T = end.value
        return outcome
    finally:
        ending.close()


class Closer:
    """Closes together what is to be closed in the same turn of a loop.

    To find all that a program started takes a look at every process, and one look does for many programs: closing
    a thousand sessions one by one would stop the loop for a thousand looks.
    """

    def __init__(self) -> None:
        self._next: dict[_Kind, tuple[list[Endpoint], asyncio.Task[list[int | None]]]] = {}

    async def close(self, endpoint: Endpoint, grace_seconds: float | None) -> int | None:
        """Close one session, and return its exit code. The closing goes on where the caller is cancelled."""
        kind = type(endpoint), grace_seconds
        if kind not in self._next:
            batch: list[Endpoint] = []
            task = asyncio.get_running_loop().create_task(self._close(batch, kind))
            self._next[kind] = batch, task
        endpoints, closed = self._next[kind]
        endpoints.append(endpoint)
        place = len(endpoints) - 1
        return (await asyncio.shield(closed))[place]

    async def _close(self, endpoints: Sequence[Endpoint], kind: _Kind) -> list[int | None]:
        await asyncio.sleep(0)  # an eager task begins at once: its batch is made only after that
        del self._next[kind]
        of_endpoints, grace_seconds = kind
        return await finish(of_endpoints.closing(endpoints, grace_seconds))


_closers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Closer] = weakref.WeakKeyDictionary()


def closer() -> Closer:
    """The running loop's."""
    return _closers.setdefault(asyncio.get_running_loop(), Closer())
