"""Operations on terminals as an agent's tools want them: flat arguments in, plain dictionaries out."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Self, TypedDict

from bgterm.arguments import flag, integer, seconds, shown, string
from bgterm.errors import SessionExitedError, UnknownSessionError
from bgterm.local.launch import absolute, variables
from bgterm.manager import SessionManager, close_all
from bgterm.session import Session
from bgterm.until import READY

_SESSION_ID = re.compile(r"pty_[0-9a-f]{10}")
_LOGIN_SHELLS = frozenset({"bash", "zsh"})
_KILL_AFTER_MS = 2000


class Written(TypedDict):
    """What `write` returns."""

    session_id: str
    stdout: str
    running: bool
    exit_code: int | None


class Created(TypedDict):
    """What `create_session` returns."""

    session_id: str
    command: str
    workdir: str | None
    stdout: str
    running: bool
    exit_code: int | None


class Listed(TypedDict):
    """What `list_sessions` returns of each session."""

    session_id: str
    command: str
    workdir: str | None
    running: bool
    exit_code: int | None


class Closed(TypedDict):
    """What `close` returns."""

    session_id: str
    closed: bool
    exit_code: int | None


class PTYSessionManager:
    """Terminal sessions by the ids that `create_session` gives: "pty_" and ten hexadecimal digits.

    It keeps nothing itself: a session of the manager below bears the id as its name. All operations may be called
    from any thread. Used in a `with` statement all its sessions are closed at the end.

    Output that nobody has asked for is kept: at most a million bytes, then the program waits until some is asked
    for, so none is lost.

    Parameters
    ----------
    manager: whose sessions these are; None makes a `SessionManager` of its own, which nobody else sees.
    """

    def __init__(self, manager: SessionManager | None = None) -> None:
        if not (manager is None or isinstance(manager, SessionManager)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"manager must be a SessionManager, or None for one of its own, not {shown(manager)}")
        self._manager = SessionManager() if manager is None else manager

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        close_all(self._sessions(), _KILL_AFTER_MS / 1000)

    def create_session(
        self,
        cmd: str,
        *,
        workdir: str | None = None,
        env: Mapping[str, str] | None = None,
        login: bool = True,
        yield_time_ms: float = 1000,
        max_output_chars: int = 4000,
    ) -> Created:
        """Run a command in a new terminal, and return its first output.

        The terminal stays: type into it and read more with `write`, end it with `close`.

        Parameters
        ----------
        cmd: the command line, run by the user's shell. An interactive program (bash, python3, psql) stays there
            and waits for input.
        workdir: the directory to run it in; by default the current one.
        env: environment variables to add or change.
        login: whether the shell is a login shell, which reads the user's profile (bash and zsh only).
        yield_time_ms: the most milliseconds to collect output for. It returns earlier when the command has
            exited or waits for input.
        max_output_chars: the most characters of output to return. What is beyond stays for the next `write`, before
            anything newer: where `stdout` is as long as this, read on without `chars` before typing more.

        Returns `session_id`, `command`, `workdir` (absolute), `stdout`, `running` and `exit_code` (negative: the
        signal; None while running).

        Raises FileNotFoundError, NotADirectoryError or PermissionError for the directory or the shell, OSError
        where the system has no terminal left, ValueError for an empty command or a negative number, TypeError for an
        argument of another type; each of them leaves nothing behind.
        """
        _check(yield_time_ms, max_output_chars)
        flag("login", login)
        directory = None if workdir is None else absolute("workdir", workdir)
        if not string("cmd", cmd).strip():
            raise ValueError("the command is empty")
        environment = {**os.environ, **({} if env is None else variables(env))}
        shell = environment.get("SHELL") or "/bin/sh"
        options = ["-l"] if login and os.path.basename(shell) in _LOGIN_SHELLS else []
        session_id = f"pty_{os.urandom(5).hex()}"
        self._manager.start_session(
            [shell, *options, "-c", cmd], directory, environment, name=session_id, overflow="block"
        )
        with self._known(session_id) as session:
            written = _collect(session, session_id, yield_time_ms, max_output_chars)
            return {
                "session_id": session_id,
                "command": cmd,
                "workdir": session.info().cwd,
                "stdout": written["stdout"],
                "running": written["running"],
                "exit_code": written["exit_code"],
            }

    def write(
        self,
        session_id: str,
        *,
        chars: str = "",
        close_stdin: bool = False,
        interrupt: bool = False,
        yield_time_ms: float = 1000,
        max_output_chars: int = 4000,
    ) -> Written:
        r"""Type into a terminal, and return the output that has not been returned yet; with no text, only read.

        Parameters
        ----------
        session_id: the id that `create_session` returned.
        chars: the text to type, just as it is: end a line with "\n". Control characters are keys, such as
            "\u0003" for Ctrl-C.
        close_stdin: whether to type the end of input (Ctrl-D) after the text.
        interrupt: whether to interrupt the program in the foreground (SIGINT) before the text.
        yield_time_ms: the most milliseconds to collect output for. It returns earlier when the program has
            exited or waits for input.
        max_output_chars: the most characters of output to return. What is beyond stays for the next `write`, before
            anything newer: where `stdout` is as long as this, read on without `chars` before typing more.

        Returns `session_id`, `stdout`, `running` and `exit_code`. A program that has exited reads nothing more,
        and that is no error here: `running` says so.

        Raises ValueError for an unknown id or a negative number, TypeError for an argument of another type:
        then nothing was done. InputOverflowError and LineTooLongError as `Session.write_stdin` does: then nothing of
        the text was typed.
        """
        _check(yield_time_ms, max_output_chars)
        typed = string("chars", chars)
        ends, interrupts = flag("close_stdin", close_stdin), flag("interrupt", interrupt)
        with self._known(session_id) as session:
            typed.encode()  # what cannot be typed interrupts nothing
            with suppress(SessionExitedError):
                if interrupts:
                    session.interrupt()
                if typed:
                    session.write_stdin(typed, 0, max_output_bytes=0)
                if ends:
                    session.send_eof()
            return _collect(session, session_id, yield_time_ms, max_output_chars)

    def close(self, session_id: str) -> Closed:
        """End a terminal's program and everything that it started.

        They are asked to end (SIGTERM), and killed (SIGKILL) after two seconds.

        Parameters
        ----------
        session_id: the id that `create_session` returned.

        Returns `session_id`, `closed` (True) and `exit_code`. Output that was not asked for is gone.

        Raises ValueError for an unknown id, also for one that has been closed.
        """
        with self._known(session_id) as session:
            exit_code = session.close(kill_after_ms=_KILL_AFTER_MS)
        return {"session_id": session_id, "closed": True, "exit_code": exit_code}

    def list_sessions(self) -> list[Listed]:
        """List the terminals that are not closed, sorted by id.

        Returns for each `session_id`, `command`, `workdir`, `running` and `exit_code`.
        """
        listed: list[Listed] = []
        for session in self._sessions():
            with suppress(UnknownSessionError):  # closed meanwhile
                info = session.info()
                listed.append(
                    {
                        "session_id": str(info.name),
                        "command": info.command[-1],
                        "workdir": info.cwd,
                        "running": info.running,
                        "exit_code": info.exit_code,
                    }
                )
        return sorted(listed, key=lambda one: one["session_id"])

    def _sessions(self) -> list[Session]:
        return [session for session in self._manager.sessions() if _SESSION_ID.fullmatch(session.name or "")]

    @contextmanager
    def _known(self, session_id: str) -> Generator[Session]:
        """Use the session with this id; where there is none, or none any more, that is a ValueError."""
        try:
            yield self._open(session_id)
        except UnknownSessionError as error:
            if error.closed:
                raise ValueError(str(error)) from error
            known = ", ".join(sorted(session.name or "" for session in self._sessions())) or "none"
            raise ValueError(
                f"there is no session {session_id!r} (open: {known}): use an id that create_session returned"
            ) from error

    def _open(self, session_id: object) -> Session:
        if isinstance(session_id, str) and _SESSION_ID.fullmatch(session_id):
            return self._manager.open(session_id)
        raise UnknownSessionError("the ids and names of the manager's other sessions are none of ours")


def _check(yield_time_ms: float, max_output_chars: int) -> None:
    seconds("yield_time_ms", yield_time_ms)
    integer("max_output_chars", max_output_chars)


def _collect(session: Session, session_id: str, yield_time_ms: float, max_output_chars: int) -> Written:
    page = session.poll(yield_time_ms, max_output_bytes=0, until=READY)
    text = ""
    # A character takes a byte at least: a page of as many bytes never has too many characters.
    while (room := max_output_chars - len(text)) and (page := session.read(room)).data:
        text += page.text
    return {"session_id": session_id, "stdout": text, "running": page.running, "exit_code": page.exit_code}
