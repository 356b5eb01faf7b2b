"""Every system call of a verb fails once, one after the other: run as a host by `test_system_calls.py`.

An interposer stands before the functions of `os`, `fcntl`, `termios`, `select`, `signal` and before `open`, and lets
the call at a chosen place of bgterm's source fail. It must be there before bgterm is imported.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import functools
import gc
import json
import os
import select
import signal
import sys
import termios
import threading
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any, ParamSpec, TypeVar

from inside import live

ERRORS = (errno.EMFILE, errno.ENOMEM, errno.EINTR, errno.EAGAIN, errno.EIO, errno.EACCES)

WRAPPED: dict[ModuleType, tuple[str, ...]] = {
    os: (
        *(
            "close",
            "dup",
            "eventfd",
            "fstat",
            "get_inheritable",
            "get_terminal_size",
            "getcwd",
            "getsid",
            "kill",
            "killpg",
        ),
        *(
            "access",
            "fchmod",
            "ftruncate",
            "link",
            "listdir",
            "lseek",
            "lstat",
            "open",
            "pidfd_open",
            "pipe",
            "posix_spawn",
        ),
        *("pread", "pwrite", "read", "readlink", "replace", "scandir", "set_blocking", "set_inheritable", "stat"),
        *("tcgetpgrp", "unlink", "urandom", "waitid", "waitpid", "write"),
    ),
    fcntl: ("fcntl", "flock", "ioctl"),
    termios: ("tcflush", "tcgetattr", "tcsetattr"),
    signal: ("pidfd_send_signal",),
    builtins: ("open",),
}
"""What makes a system call and can fail. A test holds it against what the source uses."""

HARMLESS = frozenset(
    {
        *("os.fsdecode", "os.fsencode", "os.fspath", "os.get_exec_path", "os.strerror", "os.register_at_fork"),
        *("os.getpid", "os.geteuid", "os.makedev", "os.major", "os.minor", "os.sysconf", "signal.valid_signals"),
        *("os.openpty", "os.ttyname"),  # on macOS alone
    }
)
"""What makes none, or cannot fail."""

_BETWEEN = (__file__, os.__file__, os.path.__file__, os.path.join(os.path.dirname(os.__file__), "genericpath.py"))

Place = tuple[str, int, str]
"""A file of bgterm's, a line of it, and the function that is called there."""

NEVER = {("engine/waker.py", "write", errno.EAGAIN)}
"""What no kernel does: an eventfd refuses to be written because it was written already (eventfd(2))."""


class Interposer:
    """Counts the calls at each place while it listens, and lets one of them fail."""

    def __init__(self) -> None:
        self.source = ""
        self.seen: dict[Place, int] = {}
        self.listens = False
        self._fails: tuple[Place, int, int] | None = None
        self.failed: str | None = None
        for module, names in WRAPPED.items():
            for name in names:
                if hasattr(module, name):
                    setattr(module, name, self._wrapped(getattr(module, name), name))
        for name in ("poll", "epoll"):
            setattr(select, name, self._class(getattr(select, name), name))

    def let_fail(self, place: Place, nth: int, number: int) -> None:
        """Let the `nth` call at `place` fail with the error `number`."""
        self.seen = {}
        self.failed = None
        self._fails = place, nth, number

    def stand_before_the_c_library(self) -> None:
        """Let its posix_spawn fail too, where bgterm calls that itself."""
        spawn = closing_spawn(_DEFAULT_SIGNALS) if _CLOSE_FROM is None else None
        if spawn is not None:
            real = spawn._spawn

            def call(*args: Any) -> Any:
                failure = self._at(sys._getframe(1), "posix_spawn") if self.listens else None
                return real(*args) if failure is None else failure.errno

            vars(spawn)["_spawn"] = call

    def _wrapped(self, function: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if self.listens:
                failure = self._at(sys._getframe(1), name)
                if failure is not None:
                    if name == "close":  # the kernel gives the descriptor back whatever it reports (close(2))
                        function(*args, **kwargs)
                    try:
                        raise failure
                    finally:
                        del failure  # it knows this frame
            return function(*args, **kwargs)

        return call

    def _class(self, kind: Callable[..., Any], name: str) -> Callable[..., Any]:
        interposer = self

        class Delegate:
            def __init__(self, *args: Any) -> None:
                self._real = interposer._wrapped(kind, name)(*args)

            def __getattr__(self, method: str) -> Any:
                return interposer._wrapped(getattr(self._real, method), f"{name}.{method}")

        return Delegate

    def _at(self, frame: FrameType | None, name: str) -> OSError | None:
        # What only hands the call on is no place.
        between = (*_BETWEEN, os.path.join(self.source, "engine", "noted.py"))
        while frame is not None and frame.f_code.co_filename in between:
            frame = frame.f_back
        if frame is None or not frame.f_code.co_filename.startswith(self.source):
            return None
        place = os.path.relpath(frame.f_code.co_filename, self.source), frame.f_lineno, name
        self.seen[place] = self.seen.get(place, 0) + 1
        if self._fails is not None and self._fails[:2] == (place, self.seen[place]):
            number = self._fails[2]
            self._fails = None
            self.failed = "".join(traceback.format_stack(frame, 6))
            return OSError(number, os.strerror(number), "let fail")
        return None


interposer = Interposer()

import bgterm  # noqa: E402 - after the interposer
from belongings import Belongings  # noqa: E402 - likewise, and the lines below
from bgterm.engine.libc import closing_spawn  # noqa: E402
from bgterm.engine.spawn import _CLOSE_FROM, _DEFAULT_SIGNALS  # noqa: E402
from bgterm.engine.waker import waker  # noqa: E402
from faults.processes import bearing  # noqa: E402
from waiting import eventually  # noqa: E402

interposer.source = os.path.dirname(bgterm.__file__) + os.sep
interposer.stand_before_the_c_library()

FOLDER = sys.argv[2]
ECHO = "stty -echo; echo up; exec cat"
TREE = "trap '' HUP; setsid sleep 1000 & nohup sleep 1000 > /dev/null & echo up; read line; exit 3"
TIME_MS = 10_000

P = ParamSpec("P")
T = TypeVar("T")


def verb(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a verb. Where that fails, and says so as the documentation does, the next call must do it."""
    try:
        return call(*args, **kwargs)
    except (OSError, bgterm.BgtermError):
        if interposer.failed is None:
            raise
        return call(*args, **kwargs)


@contextmanager
def listening() -> Generator[None]:
    """Calls are counted, and one may fail."""
    interposer.listens = True
    try:
        yield
    finally:
        interposer.listens = False


@contextmanager
def started(command: str | list[str] = ECHO, **parameters: Any) -> Generator[bgterm.Session]:
    """A session that says "up", and is closed at the end."""
    session = bgterm.Session.start(command, **parameters)
    try:
        assert session.poll(TIME_MS, until="up\r\n").match
        yield session
    finally:
        session.close(kill_after_ms=0)


def start(**parameters: Any) -> None:
    command = parameters.pop("cmd", ["cat"])
    with listening():
        session = verb(bgterm.Session.start, command, **parameters)
    assert session.write_stdin("said\n", TIME_MS, until="said").match
    assert bgterm.list_sessions() == (session.sid,)
    session.close(kill_after_ms=0)


def start_in_a_directory() -> None:
    start(cwd="/", env={"not a shell's": "1", "PATH": os.defpath})


def start_with_a_transcript() -> None:
    start(transcript=os.path.join(FOLDER, "start"), max_transcript_bytes=100)


def start_with_shell_integration() -> None:
    start(cmd=["bash", "--norc"], shell_integration=True)


def start_what_does_not_exist() -> None:
    with listening():
        try:
            verb(bgterm.Session.start, ["/no/such/command"], transcript=os.path.join(FOLDER, "none"))
        except OSError:
            pass
    assert os.listdir(FOLDER) == []


def typed(session: bgterm.Session, text: str, arrived: Callable[[], object]) -> None:
    """Type `text`. A call that fails has typed all of it, and could then not wait or read; or it has typed nothing."""
    with listening():
        try:
            session.write_stdin(text, 0, 0)
        except OSError:
            if interposer.failed is None:
                raise
            if not eventually(arrived, within_seconds=0.3):
                session.write_stdin(text, 0, 0)


def anything_after(session: bgterm.Session) -> Callable[[], bool]:
    """Whether anything has arrived since now."""
    end = session.info().buffer_end_offset
    return lambda: session.info().buffer_end_offset > end


def write() -> None:
    with started() as session:
        for number in range(3):
            typed(session, f"line {number}\n", anything_after(session))
            with listening():
                page = verb(session.poll, TIME_MS, until=f"line {number}\r\n")
            assert page.text == f"line {number}\r\n", page


def write_to_a_program_that_reads_later() -> None:
    with started("stty -echo -icanon; echo up; read start; exec cat") as session:
        typed(session, "start\n" + "x" * 100_000, anything_after(session))
        session.write_stdin("end\n", 0, 0)
        assert received(session, b"end\r\n").count(b"x") == 100_000


def received(session: bgterm.Session, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        with listening():
            page = verb(session.poll, TIME_MS)
        assert page.reason == "output", page
        data += page.data
    return data


def poll() -> None:
    with started("stty -echo; echo up; read go; seq 3000; exec cat") as session:
        typed(session, "go\n", anything_after(session))
        data = received(session, b"\n3000\r\n")
        assert data == b"".join(b"%d\r\n" % number for number in range(1, 3001))


def poll_a_program_that_waits_for_its_reader() -> None:
    with started("stty -echo; echo up; read go; seq 3000; exec cat", overflow="block", max_buffer_bytes=500) as session:
        typed(session, "go\n", anything_after(session))
        data = received(session, b"\n3000\r\n")
        assert data == b"".join(b"%d\r\n" % number for number in range(1, 3001))


def output_that_nobody_waits_for() -> None:
    with started("stty -echo; echo up; read go; seq 1000; exec cat") as session:
        typed(session, "go\n", anything_after(session))
        with listening():
            assert eventually(lambda: live(session).terminal.output.end == len("up\r\n") + 4893)
        assert session.poll(0, None).data.endswith(b"\n1000\r\n")


def the_end_of_a_program() -> None:
    with started("stty -echo; echo up; read code; echo the end; exit 7") as session:
        typed(session, "go\n", anything_after(session))
        with listening():
            assert verb(session.wait, TIME_MS) == 7
        assert session.poll(0).data == b"the end\r\n"


def the_end_that_nobody_waits_for() -> None:
    with started("stty -echo; echo up; read code; echo the end; exit 7") as session:
        typed(session, "go\n", anything_after(session))
        with listening():
            assert eventually(lambda: live(session).terminal.exited)
        page = session.poll(0)
        assert (page.data, page.exit_code) == (b"the end\r\n", 7)


def wait_any() -> None:
    with started() as first, started() as second:
        with listening():
            assert verb(bgterm.wait_any, [first.sid, second.sid], 0) is None
        typed(second, "x\n", anything_after(second))
        with listening():
            assert verb(bgterm.wait_any, [first.sid, second.sid], TIME_MS) == second.sid


def resize() -> None:
    with started("stty -echo; trap 'stty size' WINCH; echo up; while :; do read line; done") as session:
        with listening():
            verb(session.resize, 40, 100)
        assert session.poll(TIME_MS, until="40 100").match
        assert session.info()[5:7] == (40, 100)


def status() -> None:
    with started(["dash"], env={"PATH": os.defpath, "PS1": "up\n"}) as session, listening():
        page = verb(session.poll, TIME_MS, until=bgterm.READY, min_confidence="quiet")
        assert page.status is not None
        assert page.status.state == "waiting", page
        verb(session.status)


def run() -> None:
    with started("echo up; exec dash", env={"PATH": os.defpath, "PS1": "$ "}) as session:
        with listening():
            result = verb(session.run, "echo one; echo two", TIME_MS)
        assert result.output == "one\ntwo", result


def screen() -> None:
    with started() as session, listening():
        assert verb(session.screen).lines[0] == "up"


def keys_and_signals() -> None:
    with started(
        "stty -echo; trap 'echo caught' INT; echo up; while :; do read line && echo got $line; done"
    ) as session:
        with listening():
            verb(session.interrupt)
        assert session.poll(TIME_MS, until="caught").match
        with listening():
            verb(session.send_keys, "a", "Enter")
        assert session.poll(TIME_MS, until="got a\r\n").match


def end_of_input() -> None:
    with started() as session:
        with listening():
            verb(session.send_eof)
        assert session.wait(TIME_MS) == 0


def thrown_away_input() -> None:
    with started() as session:
        with listening():
            verb(session.flush_input)
        assert session.write_stdin("said\n", TIME_MS, until="said").match


def transcript() -> None:
    path = os.path.join(FOLDER, "transcript")
    with started("stty -echo; echo up; read go; seq 2000; exec cat", transcript=path, max_buffer_bytes=500) as session:
        typed(session, "go\n", anything_after(session))
        session.poll(TIME_MS, until="\n2000\r\n")
        with listening():
            found = verb(session.search, "^1999$")
            assert [line.text for line in found] == ["1999"]
            verb(session.export_recording, os.path.join(FOLDER, "cast"))
            assert verb(session.read, None, offset=0).data.endswith(b"\n2000\r\n")
            verb(session.info)
        with open(os.path.join(FOLDER, "cast"), encoding="utf-8") as cast:
            assert "1999" in cast.read()


def a_transcript_that_ends_early() -> None:
    path = os.path.join(FOLDER, "transcript")
    with started(transcript=path) as session:
        with listening():
            try:
                session.mark("here")
                typed(session, "one\n", anything_after(session))
                assert verb(session.poll, TIME_MS, until="one\r\n").match
                session.mark("there")
            except OSError:
                assert interposer.failed is not None
        if interposer.failed is None:
            session.export_recording(os.path.join(FOLDER, "cast"))
        assert session.write_stdin("two\n", TIME_MS, until="two\r\n").match


def close() -> None:
    session = bgterm.Session.start(TREE, transcript=os.path.join(FOLDER, "close"))
    assert session.poll(TIME_MS, until="up\r\n").match
    mark = os.fsdecode(live(session).terminal.program.mark)
    try:
        with listening():
            verb(session.close, kill_after_ms=0)
        assert eventually(lambda: not bearing(mark)), bearing(mark)
        assert bgterm.list_sessions() == ()
    finally:
        session.close(kill_after_ms=0)


def close_without_an_end() -> None:
    session = bgterm.Session.start(ECHO)
    assert session.poll(TIME_MS, until="up\r\n").match
    with listening():
        verb(session.close, terminate=False)
    assert eventually(lambda: live(session).terminal.child.exited)


def close_all() -> None:
    for _ in range(3):
        bgterm.start_session("cat")
    with listening():
        verb(bgterm.close_all, kill_after_ms=TIME_MS)
    assert bgterm.list_sessions() == ()


STEPS = {
    step.__name__: step
    for step in (
        *(
            start,
            start_in_a_directory,
            start_with_a_transcript,
            start_with_shell_integration,
            start_what_does_not_exist,
        ),
        *(write, write_to_a_program_that_reads_later, poll, poll_a_program_that_waits_for_its_reader),
        *(
            output_that_nobody_waits_for,
            the_end_of_a_program,
            the_end_that_nobody_waits_for,
            wait_any,
            resize,
            status,
            run,
        ),
        *(
            screen,
            keys_and_signals,
            end_of_input,
            thrown_away_input,
            transcript,
            a_transcript_that_ends_early,
            close,
            close_without_an_end,
            close_all,
        ),
    )
}


def tried(step: Callable[[], None], before: Belongings) -> str | None:
    """What is wrong after `step`, None if nothing is."""
    try:
        step()
        wrong = None
    except BaseException:  # noqa: BLE001 - whatever it is, it is reported
        wrong = traceback.format_exc()
    interposer.listens = False
    for sid in bgterm.list_sessions():
        bgterm.close(sid, kill_after_ms=0)
    for name in os.listdir(FOLDER):
        os.unlink(os.path.join(FOLDER, name))
    if not eventually(lambda: not Belongings.now().beyond(before), within_seconds=3):
        wrong = f"{wrong or ''}\nleft behind: {Belongings.now().beyond(before)}"
    return wrong


def sweep(step: Callable[[], None]) -> dict[str, Any]:
    """Let each call of a step fail in each way; how many there were, and what went wrong."""
    waker()  # which a thread keeps for good once it has waited
    for _ in range(2):  # the first time loads modules, and keeps what lives as long as the process
        step()
        gc.collect()
    before = Belongings.now()
    interposer.seen = {}
    assert tried(step, before) is None
    places = dict(interposer.seen)
    injected, wrong = 0, list[str]()
    for place, calls in sorted(places.items()):
        for nth in {1, min(calls, 2)}:
            for number in ERRORS:
                if (place[0], place[2], number) in NEVER:
                    continue
                interposer.let_fail(place, nth, number)
                found = tried(step, before)
                injected += interposer.failed is not None
                if found is not None:
                    sys.stderr.write(
                        f"{place} call {nth} {errno.errorcode[number]}: {found}\n"
                    )  # also of one that hangs
                    wrong.append(f"{place} call {nth} {errno.errorcode[number]}\n{interposer.failed}\n{found}")
                    before = Belongings.now()
    return {"places": len(places), "injected": injected, "wrong": wrong}


if __name__ == "__main__":
    threading.excepthook = lambda _failure: None  # what no caller can be told is reported there
    sys.stdout.write(json.dumps(sweep(STEPS[sys.argv[1]])))
