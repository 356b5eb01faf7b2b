"""Sessions by id and by name."""

from __future__ import annotations

import atexit
import functools
import os
import re
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple, Self, TypeVar, cast

from bgterm.arguments import deadline, grace, integer_or_none, seconds_or_none, shown, string
from bgterm.endpoint import Endpoint
from bgterm.engine import pump
from bgterm.engine.ending import finish
from bgterm.engine.terminals import begin_to_end, is_ending, kill_all, open_terminals
from bgterm.engine.undisturbed import undisturbed
from bgterm.errors import BgtermError, SessionLimitError, UnknownSessionError
from bgterm.local.endpoint import LocalEndpoint, label
from bgterm.local.launch import Command, Launch
from bgterm.manager_verbs import ManagerVerbs
from bgterm.race import Race
from bgterm.session import Session
from bgterm.until import Until, checked_until

K = TypeVar("K")
S = TypeVar("S", bound="int | str | Session")

_REMEMBERED = 10_000
"""How many closed sessions are remembered, for the message to who asks for one."""

_GRACE_S = 1.0
"""How long programs may take to end when the interpreter ends, or their manager was dropped."""

_managers: weakref.WeakSet[SessionManager] = weakref.WeakSet()


class _Closed(NamedTuple):
    label: str
    at: float
    exit_code: int | None


class SessionManager(ManagerVerbs):
    """Sessions by id and by name. The functions of the module `bgterm` are the verbs of one shared manager.

    A `sid` is the integer that `start_session` returned, or the name that the session was started with.
    All verbs may be called from any thread. Used in a `with` statement all its sessions are closed at the end. One that
    is dropped with sessions open, so that nobody can reach them any more, closes them, with a ResourceWarning.

    Parameters
    ----------
    max_sessions: the most that may be open at a time (None: as many as the system allows). `start_session`
        raises SessionLimitError beyond that; a session counts until it is closed, also after its program exited.
    """

    def __init__(self, max_sessions: int | None = None) -> None:
        self._max_sessions = integer_or_none("max_sessions", max_sessions, 1, "as many as the system allows")
        self._next_sid = 1
        self._forget_all()
        _managers.add(self)

    def _forget_all(self) -> None:
        """Have no session; an id is never given again, also not in a forked child, which may remember its parent's."""
        self._lock = threading.RLock()  # a signal handler may close a session at any moment
        self._sessions: dict[int, Session] = {}
        self._names: dict[str, int] = {}  # a name is taken from before its session starts
        self._starting: dict[int, Session] = {}
        self._aborted: dict[int, tuple[LocalEndpoint, int]] = {}  # and who started each (get_ident)
        self._closed: dict[int | str, _Closed] = {}

    def __repr__(self) -> str:
        return f"<bgterm.SessionManager of {len(self._sessions)} sessions>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close_all()

    def __del__(self) -> None:
        """Close, in the background, the sessions that nobody can reach any more: a session keeps its manager alive."""
        sessions = list(vars(self).get("_sessions", {}).values())
        if sessions:
            try:
                # Not here: garbage is collected in any thread, whatever that is doing.
                close = functools.partial(close_all, sessions, _GRACE_S)
                threading.Thread(target=close, name="bgterm-close", daemon=True).start()
            except RuntimeError:  # no thread to be had, or the interpreter ends
                LocalEndpoint.kill_all([session.endpoint for session in sessions])
            warnings.warn(f"{self!r} was dropped before it was closed", ResourceWarning, stacklevel=2, source=self)

    # Start and find.

    def start_session(
        self,
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
    ) -> int:
        """Start a program in a terminal of its own, in the background; return its id.

        Parameters
        ----------
        cmd: a list of arguments, or a command line for `/bin/sh -c`; None starts `$SHELL` (or `/bin/sh`).
        cwd: the directory to start in (the shell that enters it also sets PWD).
        env: the whole environment (None: this process's). TERM is added where it is missing, and BGTERM_SESSION
            always: by it all that the program starts is found when the session is closed. LINES and COLUMNS are
            left out where they are this process's own: they tell the size of another terminal.
        shell: whether `/bin/sh -c` runs `cmd`; by default so for a string and not for a list.
        encoding, errors: how output is decoded and input encoded, as for `bytes.decode`.
        max_buffer_bytes: how much output is kept for reading.
        name: another handle for the session, in use until it is closed.
        rows, cols: the terminal's size.
        overflow: what happens when that much is unread: "drop" forgets the oldest bytes and counts them,
            "block" stops reading, so that the program waits.
        shell_integration: let bash, zsh, fish or Python tell where commands end, and with what code (OSC 133). Start-up
            files are read as ever. `run` then knows `exit_code` and `directory`.
        transcript: a file that gets every byte of output as well, and beside it `transcript + ".times"`, which says
            when. Regular files of this user are replaced, once the program has been started; anything else that is
            there is an error, links too. Nobody else may open them (mode 0600). They stay when the session is closed.
        max_transcript_bytes: keep no more than this in it; the oldest goes first. Then `transcript + ".1"` has
            the older half.
        prompt: a regex for the program's prompt, where bgterm cannot know it (a router, a serial line, a program at
            the far end of a connection). A cursor that stands behind it is confidence "prompt".
        pager: False starts with PAGER, GIT_PAGER, PSQL_PAGER, MANPAGER and SYSTEMD_PAGER set so that nothing pages.

        Raises, leaving no process, descriptor, id or name:
        FileNotFoundError, NotADirectoryError, PermissionError: no such command or directory, with the path.
        FileExistsError, IsADirectoryError, PermissionError: what is at `transcript` may not be replaced.
        OSError: the system has no terminal, descriptor or process left; EBUSY: another session, which is named, writes
            its transcript there.
        ValueError: an empty command, a name that is taken or empty, a size or number out of range, a NUL in a string, a
            program that `shell_integration` does not know, or that would read none of its files.
        TypeError: an argument of another type.
        BgtermError: the interpreter ends, and this is called by an atexit handler that runs after bgterm's own.
        LookupError: an encoding that is unknown, not of text (rot13), or cannot decode any output (utf-16 where no mark
            tells the order of bytes: say utf-16-le); an unknown error handler. re.error: `prompt` is no regex.
        SessionLimitError: `max_sessions` are open.
        """
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
        return self.start(launch, name).sid

    def start(self, launch: Launch, name: str | None = None) -> Session:
        """Do as `start_session` does with what `launch` says, and return the `Session` itself.

        Interrupted by Ctrl-C, it leaves nothing either, wherever that struck.
        """
        if is_ending():
            raise BgtermError("the interpreter ends, and has ended its sessions: none can be started any more")
        launch = launch.checked()
        _check_name(name)
        _end_with_worker()
        if self._aborted:
            self._take_back()
        sid = self._new_sid()
        endpoint = LocalEndpoint(sid, name, launch, functools.partial(self._forget, sid, name))
        session = Session(endpoint)
        starter = threading.get_ident()
        try:
            self._reserve(session)
            endpoint.live.start()
            self._enter(session)
        except BaseException:
            self._aborted[sid] = endpoint, starter  # before any call: whatever comes now, it will be taken back
            try:
                undisturbed(self._take_back)
            finally:
                undisturbed(self._take_back)  # where the first was interrupted before it began
            raise
        return session

    def _new_sid(self) -> int:
        with self._lock:
            sid, self._next_sid = self._next_sid, self._next_sid + 1
            return sid

    def _reserve(self, session: Session) -> None:
        name = session.name
        with self._lock:
            if name in self._names:
                raise ValueError(
                    f"the name {name!r} is taken by session {self._names[name]}: close that, or use another"
                )
            taken = len(self._sessions) + len(self._starting)
            if self._max_sessions is not None and taken >= self._max_sessions:
                raise SessionLimitError(f"{taken} sessions are open, and {self._max_sessions} may be: close some first")
            self._starting[session.sid] = session
            if name is not None:
                self._names[name] = session.sid

    def _enter(self, session: Session) -> None:
        with self._lock:
            self._sessions[session.sid] = session
            del self._starting[session.sid]

    def _take_back(self, *, at_the_end: bool = False) -> None:
        """Leave nothing of starts that failed, or were interrupted so often that they could not see to it."""
        for endpoint, starter in list(self._aborted.values()):
            if starter != threading.get_ident() and not at_the_end and _is_alive(starter):
                continue  # it is at it, and two at a time could close a number twice
            endpoint.live.abort()
            self._sessions.pop(endpoint.sid, None)
            self._starting.pop(endpoint.sid, None)
            if endpoint.name is not None and self._names.get(endpoint.name) == endpoint.sid:
                del self._names[endpoint.name]
            self._aborted.pop(endpoint.sid, None)

    def open(self, sid: int | str) -> Session:
        """Return the open session with this id or name. Raises UnknownSessionError."""
        try:
            if sid is not True:  # which a dictionary takes for 1
                return self._sessions[sid if isinstance(sid, int) else self._names[sid]]
        except (KeyError, TypeError):
            pass
        raise self._unknown(sid)

    def _unknown(self, sid: object) -> Exception:
        is_ending()
        if isinstance(sid, bool) or not isinstance(sid, (int, str)):
            return TypeError(f"sid must be a session's id (an integer) or its name (a string), not {shown(sid)}")
        with self._lock:
            closed = self._closed.get(sid)
        if closed is not None:
            ago = time.monotonic() - closed.at
            return UnknownSessionError(
                f"session {closed.label} was closed {ago:.1f} s ago (exit code {closed.exit_code}): start a new one",
                closed=True,
                exit_code=closed.exit_code,
            )
        if isinstance(sid, int) and 0 < sid < self._next_sid:
            return UnknownSessionError(f"session {sid} was closed long ago: start a new one", closed=True)
        known = ", ".join(map(str, self.list_sessions())) or "none"
        hint = "use what start_session returned"
        if isinstance(sid, str):
            hint = "a string is looked up as a name, ids are integers"
        return UnknownSessionError(f"there is no session {sid!r} (open: {known}): {hint}")

    def _forget(self, sid: int, name: str | None, exit_code: int | None) -> None:
        with self._lock:
            self._sessions.pop(sid, None)
            closed = _Closed(label(sid, name), time.monotonic(), exit_code)
            self._closed[sid] = closed
            if name is not None and self._names.get(name) == sid:
                del self._names[name]
                self._closed[name] = closed
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        while len(self._closed) > _REMEMBERED:
            del self._closed[next(iter(self._closed))]

    def list_sessions(self) -> tuple[int, ...]:
        """The ids of all sessions that are not closed yet, in the order of their start."""
        return tuple(session.sid for session in self.sessions())

    # Wait and end. The other verbs are those of the contract.

    def wait_any(self, sids: Iterable[S], timeout_ms: float | None = None, *, until: Until = None) -> S | None:
        """Wait until one of many sessions has something; return which, as it was given.

        Parameters
        ----------
        sids: the sessions, or their ids or names. Of several that have something, the first of them is returned.
        timeout_ms: the longest wait in milliseconds; 0 only looks, None waits without limit.
        until: what to wait for, as for `poll`; by default unread output. A program that has exited always has
            something, so leave it out once that was seen.

        Returns None when the time is up, and at once where `sids` is empty. Nothing is consumed: `poll` with the
        same `until` returns what was found.

        Raises UnknownSessionError, also when one of them is closed meanwhile; ValueError for a negative time;
        re.error: `until` is no pattern; TypeError: an argument of another type.
        """
        return race(self, sids, timeout_ms, until).outcome()

    def close(self, sid: int | str, terminate: bool = True, kill_after_ms: float | None = 1000) -> int | None:
        """See `Session.close`. Closing a session twice is no error; an id that never was is."""
        grace(terminate, kill_after_ms)  # also where there is nothing to close any more
        try:
            session = self.open(sid)
        except UnknownSessionError as error:
            if not error.closed:
                raise
            return error.exit_code
        return session.close(terminate, kill_after_ms)

    def close_all(self, kill_after_ms: float | None = 1000) -> None:
        """Close every session, as `close` does, in the time of one. Raises TypeError, ValueError: not a time."""
        grace_seconds = seconds_or_none("kill_after_ms", kill_after_ms)
        self._take_back()
        close_all(self.sessions(), grace_seconds)

    def sessions(self) -> list[Session]:
        """Every session that is not closed yet, in the order of their start."""
        with self._lock:
            return list(map(itemgetter(1), sorted(self._sessions.items())))


def _is_alive(thread: int) -> bool:
    return any(each.ident == thread for each in threading.enumerate())


def _check_name(name: object) -> None:
    if name is not None and not string("name", name):
        raise ValueError("name must not be empty: None gives none")


def race(manager: SessionManager, sids: Iterable[K], timeout_ms: float | None, until: Until) -> Race[K]:
    """What `SessionManager.wait_any` waits for, checked, and beginning now."""
    if isinstance(sids, (str, bytes)) or not hasattr(sids, "__iter__"):
        raise TypeError(f"sids must be several sessions, ids or names, as a list has them, not {shown(sids)}")
    time_up = deadline("timeout_ms", timeout_ms)
    until = checked_until(until)
    return Race([(sid, _endpoint(manager, sid).reason(until, time_up)) for sid in sids])


def _endpoint(manager: SessionManager, sid: object) -> Endpoint:
    endpoint = getattr(sid, "endpoint", None)
    return endpoint if isinstance(endpoint, Endpoint) else manager.open(cast("int | str", sid)).endpoint


def close_all(sessions: Sequence[Session], grace_seconds: float) -> None:
    """Close many sessions in the time of one."""
    if sessions:
        endpoints = [session.endpoint for session in sessions]
        finish(endpoints[0].closing(endpoints, grace_seconds))


default = SessionManager()
"""The one that the module's functions and `Session.start` use."""

Session.manager = default


def _end_sessions() -> None:
    begin_to_end()
    for manager in list(_managers):
        manager._take_back(at_the_end=True)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - no verb, and the class is here
    close_all([session for manager in list(_managers) for session in manager.sessions()], _GRACE_S)
    kill_all(open_terminals())  # of starts in other threads


@atexit.register
def _end_all() -> None:
    """Nothing is left behind by an interpreter that ends; the I/O thread ends before it does."""
    _end_sessions()
    pump.stop()


@functools.cache
def _end_with_worker() -> None:
    """Nothing is left behind by a worker of multiprocessing, which ends by os._exit and calls no atexit handler."""
    if "multiprocessing.process" in sys.modules:
        from multiprocessing import parent_process  # noqa: PLC0415 - it is there already

        if parent_process() is not None:
            from multiprocessing import util  # noqa: PLC0415 - the same

            util.Finalize(None, _end_sessions, exitpriority=0)


def _after_fork() -> None:
    _end_with_worker.cache_clear()
    # The sessions are the parent's. A lock may be held by a thread that does not exist here.
    for manager in list(_managers):
        manager._forget_all()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - no verb, and the class is here


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
