"""terminado: terminals on Tornado's event loop; a client is called with what arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib import import_module
from time import perf_counter_ns
from typing import Any

from bench.peers.program import CannotError, Peer, Program


class TerminadoProgram(Program):
    """A client of a terminal, which is called by the event loop."""

    size = (24, 80)

    def __init__(self, manager: Any, loop: asyncio.AbstractEventLoop, *argv: str) -> None:
        self._loop = loop
        self._arrived: list[str] = []
        self._waiter: asyncio.Future[None] | None = None

        async def begin() -> Any:
            terminal = manager.new_terminal(shell_command=list(argv))
            terminal.clients.append(self)  # before the loop reads: what came earlier is not told
            manager.start_reading(terminal)
            return terminal

        self._terminal = loop.run_until_complete(begin())

    def on_pty_read(self, text: str) -> None:
        self._arrived.append(text)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def on_pty_died(self) -> None:
        """Be told that the terminal is gone: nothing is expected of a client."""

    def type(self, text: str) -> None:
        self._terminal.ptyproc.write(text)

    async def _some(self) -> str:
        if not self._arrived:
            self._waiter = self._loop.create_future()
            await asyncio.wait_for(self._waiter, 10)
        text = "".join(self._arrived)
        self._arrived.clear()
        return text

    async def receiving(self, length: int) -> None:
        while length > 0:
            length -= len(await self._some())

    def receive(self, length: int) -> None:
        self._loop.run_until_complete(self.receiving(length))

    def some(self, max_bytes: int = 65536) -> str:
        return self._loop.run_until_complete(self._some())

    def exchanges(self, count: int, text: str, length: int) -> list[float]:
        return self._loop.run_until_complete(self._exchanges(count, text, length))

    async def _exchanges(self, count: int, text: str, length: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter_ns()
            self.type(text)
            left = length
            while left > 0:  # no time limit here: one would cost more than the rest
                if not self._arrived:
                    self._waiter = self._loop.create_future()
                    await self._waiter
                left -= len("".join(self._arrived))
                self._arrived.clear()
            times.append((perf_counter_ns() - began) / 1000)
        return times

    def idle(self, seconds: float) -> None:
        self._loop.run_until_complete(asyncio.sleep(seconds))

    def close(self) -> None:
        self._loop.run_until_complete(self._terminal.terminate(force=True))


class Contestant(Peer):
    package = "terminado"
    about = "UniqueTermManager, a client of its own that collects what arrives; the loop runs all the time"

    def __init__(self) -> None:
        terminado: Any = import_module("terminado")
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._manager = terminado.UniqueTermManager(shell_command=["sh"])

    def start(self, *argv: str) -> TerminadoProgram:
        return TerminadoProgram(self._manager, self._loop, *argv)

    def round(self, programs: Sequence[Program], text: str, length: int) -> None:
        async def all_of_them() -> None:
            for program in programs:
                program.type(text)
            for program in programs:
                if not isinstance(program, TerminadoProgram):
                    raise CannotError("not one of its own programs")
                await program.receiving(length)

        self._loop.run_until_complete(all_of_them())

    def close(self) -> None:
        self._loop.run_until_complete(self._manager.shutdown())
