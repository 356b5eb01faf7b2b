"""openai-agents: the terminals of its local sandbox, which a coding agent's tools drive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

from bench.peers.program import CannotError, Peer, Program

SHORTEST_S = 0.001
"""It is asked to yield at once, and takes no less than 250 ms, or 5 s where nothing is typed."""

THREADS = 256
"""Each terminal occupies a thread of the loop's executor for good: by default there are four more than processors."""


class AgentsProgram(Program):
    def __init__(self, session: Any, loop: asyncio.AbstractEventLoop, *argv: str) -> None:
        self._session = session
        self._loop = loop
        update = loop.run_until_complete(session.pty_exec_start(*argv, shell=False, tty=True, yield_time_s=SHORTEST_S))
        self._id: int | None = update.process_id
        self._arrived = bytearray(update.output)

    async def typing(self, text: str) -> None:
        if self._id is None:
            raise CannotError("the program has been ended")
        lost: type[Exception] = import_module("agents.sandbox.errors").PtySessionNotFoundError
        try:
            update = await self._session.pty_write_stdin(session_id=self._id, chars=text, yield_time_s=SHORTEST_S)
        except lost as error:
            raise CannotError("it keeps 64 programs at most, and ends the oldest") from error
        self._arrived += update.output

    def type(self, text: str) -> None:
        self._loop.run_until_complete(self.typing(text))

    async def receiving(self, length: int) -> None:
        while len(self._arrived) < length:
            await self.typing("")
        del self._arrived[:length]

    def receive(self, length: int) -> None:
        self._loop.run_until_complete(self.receiving(length))

    def some(self, max_bytes: int = 65536) -> str:
        if not self._arrived:
            self.type("")
        text = self._arrived.decode()
        self._arrived.clear()
        return text

    def step(self, line: str) -> str:
        self.type(line + "\n")
        return self.some()

    def idle(self, seconds: float) -> None:
        self._loop.run_until_complete(
            self._session.pty_write_stdin(session_id=self._id, chars="", yield_time_s=seconds)
        )

    def close(self) -> None:
        """End every program of the session: it has no way to end one."""
        self._loop.run_until_complete(self._session.pty_terminate_all())


class Contestant(Peer):
    package = "openai-agents"
    blocked = "the event loop"
    about = (
        "UnixLocalSandboxClient; the shortest yield that it takes (250 ms; 5 s where nothing is typed); an executor "
        f"of {THREADS} threads, or its terminals wait for one"
    )

    def __init__(self) -> None:
        unix_local: Any = import_module("agents.sandbox.sandboxes.unix_local")
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(THREADS))
        self._client = unix_local.UnixLocalSandboxClient()
        self._session = self._loop.run_until_complete(self._client.create())
        self._loop.run_until_complete(self._session.start())

    def start(self, *argv: str) -> AgentsProgram:
        return AgentsProgram(self._session, self._loop, *argv)

    def flood(self, path: str, length: int, *, raw: bool) -> Callable[[], None]:
        command = ("sh", "-c", 'stty raw; exec cat "$0"', path) if raw else ("cat", path)

        def run_to_the_end() -> None:  # the one wait that it ends early is the one for the end of the program
            update = self._loop.run_until_complete(
                self._session.pty_exec_start(*command, shell=False, tty=True, yield_time_s=30)
            )
            if len(update.output) != length:
                raise CannotError(f"{len(update.output):,} of {length:,} bytes came within its longest wait of 30 s")

        return run_to_the_end

    def round(self, programs: Sequence[Program], text: str, length: int) -> None:
        async def one(program: Program) -> None:
            if not isinstance(program, AgentsProgram):
                raise CannotError("not one of its own programs")
            await program.typing(text)
            await program.receiving(length)

        async def all_of_them() -> None:
            await asyncio.gather(*map(one, programs))

        self._loop.run_until_complete(all_of_them())

    def close(self) -> None:
        self._loop.run_until_complete(self._session.pty_terminate_all())
        self._loop.run_until_complete(self._client.delete(self._session))
