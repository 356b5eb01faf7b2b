"""Start a program as the leader of a session of its own, with a new terminal as its controlling terminal."""

from __future__ import annotations

import errno
import os
import re
import signal
import sys
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from bgterm.loading import load

_DEFAULT_SIGNALS = tuple(sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}))

_CLOSE_FROM: int | None = getattr(os, "POSIX_SPAWN_CLOSEFROM", None)
"""From Python 3.13 on, where the C library has it."""

_MOST_TRIED = 65536
"""Where open descriptors cannot be listed, each up to this number is tried."""

_CHANGE_DIRECTORY = 'exec 2>&1; cd -- "$1" || exit 126; shift; exec "$@"'
"""posix_spawn(3) as Python offers it knows no working directory (cpython#114467), so a shell enters it and execs.

Until then its standard error is /dev/null: it would complain of a current directory that has been deleted."""

_SHELL_VARIABLE = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")

_OPEN_TERMINAL = 'exec 0<>"$1" 1>&0 2>&0; shift; exec "$@"'
"""macOS runs file actions before it makes the session, so the terminal must be opened by a program of the session."""

Argument = str | bytes | os.PathLike[str] | os.PathLike[bytes]


def spawn(
    argv: Sequence[Argument], env: Mapping[str, str], cwd: str | None, terminal: str, spawned: array[int]
) -> None:
    """Start `argv` on the terminal whose slave is at the path `terminal`; add the pid to `spawned`.

    posix_spawn(3) with SETSID and a file action that opens the slave: the session leader's first open of a
    terminal makes it the controlling one (tty_io.c: tty_open_proc_set_tty), so Ctrl-C, /dev/tty and job
    control work. Nothing of ours runs between fork and exec, and a large host costs no more than a small one.
    All other descriptors are closed in the child: any of them may have become inheritable since the host began.

    Raises FileNotFoundError, NotADirectoryError, PermissionError or OSError with the path in it: then nothing was
    started. Where a signal handler raises, it was or was not: `spawned` says so, which is written to within a C call.
    """
    if cwd is not None:
        _check_directory(cwd)
    executable = _find(argv[0], env, cwd)
    arguments = tuple(argv)
    if cwd is not None:
        # The exec'ed program gets its own name as argv[0] through the resolved path.
        arguments = ("/bin/sh", "-c", _CHANGE_DIRECTORY, "sh", cwd, *_past_a_shell(env), executable, *argv[1:])
        executable = "/bin/sh"
    if sys.platform == "darwin":
        arguments = ("/bin/sh", "-c", _OPEN_TERMINAL, "sh", terminal, executable, *arguments[1:])
        executable = "/bin/sh"
    if _CLOSE_FROM is None and sys.platform == "linux":
        load("bgterm.engine.libc")  # for Python before 3.13 alone
        from bgterm.engine.libc import closing_spawn  # noqa: PLC0415

        spawn_closing = closing_spawn(_DEFAULT_SIGNALS)
        if spawn_closing is not None:
            spawn_closing(executable, arguments, env, terminal, None if cwd is None else os.devnull, spawned)
            return
    actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
        (os.POSIX_SPAWN_OPEN, 0, terminal, os.O_RDWR, 0),
        (os.POSIX_SPAWN_DUP2, 0, 1),
        (os.POSIX_SPAWN_DUP2, 0, 2) if cwd is None else (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_RDWR, 0),
    ]
    if _CLOSE_FROM is not None:
        actions.append((_CLOSE_FROM, 3))
    else:
        actions += [(os.POSIX_SPAWN_CLOSE, fd) for fd in _handed_down()]
    start = partial(os.posix_spawn, file_actions=actions, setsid=True, setsigmask=(), setsigdef=_DEFAULT_SIGNALS)
    spawned.extend(map(start, (executable,), (arguments,), (env,)))


def _past_a_shell(env: Mapping[str, str]) -> list[str]:
    """What gives a program those variables that a shell does not hand on, because they cannot be variables in it."""
    others = [f"{name}={value}" for name, value in env.items() if not _SHELL_VARIABLE.fullmatch(os.fsencode(name))]
    return ["/usr/bin/env", *others] if others else []


def _handed_down() -> Iterator[int]:
    """The descriptors that this process would hand on, where neither Python nor the C library can close them all.

    It takes longer with each that is open, and one that another thread opens meanwhile is missed.
    """
    try:
        open_now: Iterable[int] = map(int, os.listdir("/dev/fd"))
    except FileNotFoundError:  # no /proc
        open_now = range(min(os.sysconf("SC_OPEN_MAX"), _MOST_TRIED))
    for fd in open_now:
        try:
            if fd > 2 and os.get_inheritable(fd):
                yield fd
        except OSError:
            pass  # closed: the descriptor by which the directory was read


def _check_directory(cwd: str) -> None:
    if not os.path.isdir(cwd):
        number = errno.ENOTDIR if os.path.exists(cwd) else errno.ENOENT
        raise OSError(number, os.strerror(number), cwd)
    if not os.access(cwd, os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), cwd)


def _find(program: Argument, env: Mapping[str, str], cwd: str | None) -> str:
    """The file to execute, as execvp(3) would find it in the child: by its PATH, from its directory."""
    name = os.fsdecode(program)
    if not name:
        raise ValueError("the command is empty")
    if "/" in name:
        candidates = [name]
    else:
        candidates = [os.path.join(directory, name) for directory in os.get_exec_path(env)]
    denied = None
    for candidate in candidates:
        path = candidate if cwd is None else os.path.join(cwd, candidate)
        if os.path.isfile(path):
            if os.access(path, os.X_OK):
                return os.path.abspath(path) if cwd is not None else candidate
            denied = denied or path
        elif "/" in name and os.path.isdir(path):
            denied = path
    if denied is not None:
        raise PermissionError(errno.EACCES, "not an executable file", denied)
    raise FileNotFoundError(errno.ENOENT, "no such command", name)
