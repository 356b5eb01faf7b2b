"""One live terminal and its verbs."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import ClassVar, Protocol, Self

from bgterm.arguments import grace
from bgterm.endpoint import Endpoint
from bgterm.engine.ending import finish
from bgterm.local.launch import Command, Launch
from bgterm.session_verbs import SessionVerbs


class Starter(Protocol):
    """What a session knows of its manager."""

    def start(self, launch: Launch, name: str | None) -> Session:
        """Start a program in a new session."""
        ...

    def open(self, sid: int | str) -> Session:
        """The session with this id or name."""
        ...


class Session(SessionVerbs):
    """One program in a terminal of its own, from its start to `close`.

    Every verb may be called from any thread, on the same session too; no byte of output is given to two callers.
    An argument of another type is a TypeError, and one out of range a ValueError, before anything is done.
    Sessions are made by `Session.start`, or by a `SessionManager`, and found again by `Session.open`.
    Used in a `with` statement a session is closed at the end.
    """

    __slots__ = ("_closing", "endpoint", "name", "sid")

    manager: ClassVar[Starter]
    """The manager of `start` and `open`: the shared one."""

    def __init__(self, endpoint: Endpoint) -> None:
        """For managers."""
        self.endpoint = endpoint
        """What its verbs are asked of, for the other faces of this library."""
        # No properties: a start that has come to its end calls nothing any more, in which Ctrl-C could strike.
        self.sid = endpoint.sid
        """The id, a positive integer that is never given twice by one manager."""
        self.name = endpoint.name
        """The name that it was started with, or None."""
        self._closing = threading.RLock()  # a signal handler may close what its thread is closing

    @property
    def running(self) -> bool:
        """Whether the program has not exited, as far as is known now; also of a session that has been closed."""
        return self.endpoint.running

    @property
    def exit_code(self) -> int | None:
        """The program's exit code, negative for a signal; also of a session that has been closed.

        None while it runs, and where the host made the code unknowable.
        """
        return self.endpoint.exit_code

    @classmethod
    def start(
        cls,
        cmd: Command | None = None,
        cwd: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        shell: bool | None = None,
        encoding: str = "utf-8",
        errors: str = "replace",
        max_buffer_bytes: int = 1_000_000,
        *,
        name: str | None = None,
        rows: int = 24,
        cols: int = 80,
        overflow: str = "drop",
        shell_integration: bool = False,
        transcript: str | os.PathLike[str] | None = None,
        max_transcript_bytes: int | None = None,
        prompt: str | re.Pattern[str] | None = None,
        pager: bool = True,
    ) -> Session:
        """Do as `start_session` does, and return the session itself."""
        launch = Launch(
            cmd,
            cwd,
            env,
            shell,
            encoding,
            errors,
            max_buffer_bytes,
            rows,
            cols,
            overflow,
            shell_integration,
            transcript,
            max_transcript_bytes,
            prompt,
            pager,
        )
        return cls.manager.start(launch, name)

    @classmethod
    def open(cls, sid: int | str) -> Session:
        """Return the open session with this id or name. Raises UnknownSessionError."""
        return cls.manager.open(sid)

    def __repr__(self) -> str:
        name = "" if self.name is None else f" {self.name!r}"
        return f"<bgterm.Session {self.sid}{name} {self.endpoint!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self, terminate: bool = True, kill_after_ms: float | None = 1000) -> int | None:
        """End the program and everything that it started, and free the id. Closing twice is no error.

        Parameters
        ----------
        terminate: False only closes the terminal: the kernel hangs up the program, which may ignore that.
        kill_after_ms: how long, in milliseconds, the programs may take to end by themselves (None: as long as
            they like). Each is asked by SIGTERM, or by SIGHUP if it ignores that, as interactive shells do; one
            that ignores both has the time as well, for it may be at work on something. What is left is killed.

        Returns the program's exit code, None where it is not known. It takes `kill_after_ms` and two seconds at
        the very most. Whoever waits on the session is woken with an UnknownSessionError.

        Raises ValueError for a negative time.
        """
        ending = self.endpoint.closing([self.endpoint], grace(terminate, kill_after_ms))
        if self.endpoint.closed:  # also in a forked child, where a thread that does not exist may have the lock
            return self.endpoint.exit_code
        with self._closing:
            return finish(ending)[0]
