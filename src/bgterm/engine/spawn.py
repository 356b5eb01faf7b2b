"""Start a program as the leader of a session of its own, with a new terminal as its controlling terminal."""

from __future__ import annotations

import errno
import functools
import os
import re
import signal
import sys
from collections.abc import Mapping, Sequence

_DEFAULT_SIGNALS = sorted(signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP})

_CHANGE_DIRECTORY = 'cd -- "$1" || exit 126; shift; exec "$@"'
"""posix_spawn(3) as Python offers it knows no working directory (cpython#114467), so a shell enters it and execs."""

_SHELL_VARIABLE = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")

_OPEN_TERMINAL = 'exec 0<>"$1" 1>&0 2>&0; shift; exec "$@"'
"""macOS runs file actions before it makes the session, so the terminal must be opened by a program of the session."""

Argument = str | bytes | os.PathLike[str] | os.PathLike[bytes]


def spawn(argv: Sequence[Argument], env: Mapping[str, str], cwd: str | None, terminal: str) -> int:
    """Start `argv` on the terminal whose slave is at the path `terminal`; return the pid.

    posix_spawn(3) with SETSID and a file action that opens the slave: the session leader's first open of a
    terminal makes it the controlling one (tty_io.c: tty_open_proc_set_tty), so Ctrl-C, /dev/tty and job
    control work. Nothing of ours runs between fork and exec, and a large host costs no more than a small one.

    Raises FileNotFoundError, NotADirectoryError, PermissionError or OSError with the path in it, and leaves nothing
    behind.
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
    actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
        (os.POSIX_SPAWN_OPEN, 0, terminal, os.O_RDWR, 0),
        (os.POSIX_SPAWN_DUP2, 0, 1),
        (os.POSIX_SPAWN_DUP2, 0, 2),
    ]
    close_from: int | None = getattr(os, "POSIX_SPAWN_CLOSEFROM", None)  # Python 3.13, where the libc has it
    if close_from is not None:
        actions.append((close_from, 3))
    else:
        actions += [(os.POSIX_SPAWN_CLOSE, fd) for fd in _handed_down()]
    return os.posix_spawn(
        executable,
        arguments,
        env,
        file_actions=actions,
        setsid=True,
        setsigmask=(),
        setsigdef=_DEFAULT_SIGNALS,
    )


def _past_a_shell(env: Mapping[str, str]) -> list[str]:
    """What gives a program those variables that a shell does not hand on, because they cannot be variables in it."""
    others = [f"{name}={value}" for name, value in env.items() if not _SHELL_VARIABLE.fullmatch(os.fsencode(name))]
    return ["/usr/bin/env", *others] if others else []


@functools.cache
def _handed_down() -> tuple[int, ...]:
    """The descriptors that this process would hand on: what it was started with, for Python makes none such itself.

    To look once is enough, and to look each time would make a start slower with each session that is open.
    """
    handed_down: list[int] = []
    for name in os.listdir("/dev/fd"):
        try:
            if int(name) > 2 and os.get_inheritable(int(name)):
                handed_down.append(int(name))
        except OSError:
            pass  # the descriptor by which the directory was read
    return tuple(handed_down)


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
