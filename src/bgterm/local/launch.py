"""How a program is to be started."""

from __future__ import annotations

import codecs
import errno
import os
import re
import shlex
import string
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from bgterm.arguments import flag, for_the_system, integer, integer_or_none, one_of, path, shown
from bgterm.engine.spawn import Argument
from bgterm.engine.terminal import Terminal
from bgterm.loading import load
from bgterm.local.decoding import check_encoding
from bgterm.readiness.told import told_prompt

if TYPE_CHECKING:
    from bgterm.views.transcript import Transcript

Command = str | Sequence[Argument]

_OF_PLAIN_WORDS = frozenset(string.ascii_letters + string.digits + "_@%+=:,./ -")

_PAGER_VARIABLES = ("PAGER", "GIT_PAGER", "PSQL_PAGER", "MANPAGER", "SYSTEMD_PAGER")

_LARGEST_SIZE = 65535  # struct winsize has unsigned shorts (ioctl_tty(2))


class Launch(NamedTuple):
    """The parameters of `start_session`, which says what they mean."""

    cmd: Command | None = None
    cwd: str | os.PathLike[str] | None = None
    env: Mapping[str, str] | None = None
    shell: bool | None = None
    encoding: str = "utf-8"
    errors: str = "replace"
    max_buffer_bytes: int = 1_000_000
    rows: int = 24
    cols: int = 80
    overflow: str = "drop"
    shell_integration: bool = False
    transcript: str | os.PathLike[str] | None = None
    max_transcript_bytes: int | None = None
    prompt: str | re.Pattern[str] | None = None
    pager: bool = True

    def checked(self) -> Launch:
        """The same as the library uses it, settled now: nobody can change it any more, and paths are absolute.

        Raises what `start_session` says for parameters that cannot be, before anything is begun.
        """
        check_encoding(self.encoding, self.errors)
        rows, cols = terminal_size(self.rows, self.cols)
        one_of("overflow", self.overflow, ("drop", "block"))
        if self.shell is not None:
            flag("shell", self.shell)
        launch = self._replace(
            cmd=_command(self.cmd),
            cwd=None if self.cwd is None else absolute("cwd", self.cwd),
            env=None if self.env is None else variables(self.env),
            max_buffer_bytes=integer("max_buffer_bytes", self.max_buffer_bytes, 1),
            rows=rows,
            cols=cols,
            transcript=None if self.transcript is None else absolute("transcript", self.transcript),
            max_transcript_bytes=integer_or_none("max_transcript_bytes", self.max_transcript_bytes, 1, "all"),
        )
        told_prompt(self.prompt)  # for its re.error
        flag("pager", self.pager)
        if flag("shell_integration", self.shell_integration):
            launch.integrated_into({}, "")  # for its ValueError
        return launch

    @property
    def command(self) -> str | tuple[str, ...]:
        """What is started, for people."""
        if self.cmd is None:
            return _users_shell()
        return self.cmd if isinstance(self.cmd, str) else tuple(map(os.fsdecode, self.cmd))

    @property
    def argv(self) -> list[Argument]:
        """The program and its arguments, as `subprocess.Popen` takes them."""
        if self.cmd is None:
            return [_users_shell()]
        single = isinstance(self.cmd, str)
        argv: list[Argument] = [self.cmd] if isinstance(self.cmd, str) else list(self.cmd)
        return ["/bin/sh", "-c", *argv] if (single if self.shell is None else self.shell) else argv

    @property
    def directory(self) -> str | None:
        """The directory that the program starts in, None where that is this process's and has been deleted."""
        if self.cwd is not None:
            return os.fsdecode(self.cwd)
        try:
            return os.getcwd()
        except FileNotFoundError:
            return None

    def integrated_into(self, env: Mapping[str, str], secret: str) -> tuple[list[Argument], dict[str, str]]:
        """The command and the environment `env` with shell integration. Raises ValueError: it knows no such program."""
        load("bgterm.readiness.integration")
        from bgterm.readiness.integration import integrated  # noqa: PLC0415 - few ask for it

        # A command line of plain words needs no shell to be understood.
        words = self.cmd.split() if isinstance(self.cmd, str) and _OF_PLAIN_WORDS.issuperset(self.cmd) else None
        argv, environment = integrated(list(map(os.fsdecode, words or self.argv)), env, secret)
        return list(argv), environment

    @property
    def environment(self) -> dict[str, str]:
        """The program's environment, but for what shell integration and the engine add."""
        env = dict(os.environ if self.env is None else self.env)
        for name in ("LINES", "COLUMNS"):
            # The size of the host's terminal, which curses believes more than that of its own (ncurses(3)).
            if env.get(name) == os.environ.get(name):
                env.pop(name, None)
        env.setdefault("TERM", "xterm-256color")
        if not self.pager:
            env.update(dict.fromkeys(_PAGER_VARIABLES, "cat"))
        return env

    def open_transcript(self, label: str) -> Transcript | None:
        """The files for the transcript of session `label`, if one is to be kept. Raises OSError and its kinds."""
        if self.transcript is None:
            return None
        load("bgterm.views.transcript")
        from bgterm.views.transcript import Transcript  # noqa: PLC0415 - few ask for it

        command = self.command if isinstance(self.command, str) else shlex.join(self.command)
        about = {
            "session": label,
            "pid": str(os.getpid()),
            "command": command,
            "term": self.environment["TERM"],
            "encoding": self.encoding,
        }
        return Transcript(os.fsdecode(self.transcript), self.rows, self.cols, self.max_transcript_bytes, about)

    def terminal(self) -> Terminal:
        """A terminal for it, in which nothing is started yet."""
        return Terminal(limit_bytes=self.max_buffer_bytes, keep_all=self.overflow == "block")

    def start(self, terminal: Terminal, secret: str) -> None:
        """Start it in `terminal`; `secret` signs the marks of shell integration. Raises as `Terminal.start` does."""
        env = self.environment
        argv = self.argv
        if self.shell_integration:
            argv, env = self.integrated_into(env, secret)
        terminal.start(
            argv,
            cwd=None if self.cwd is None else os.fsdecode(self.cwd),
            env=env,
            rows=self.rows,
            cols=self.cols,
            utf8=codecs.lookup(self.encoding).name == "utf-8",
        )


def _command(cmd: object) -> Command | None:
    """The command, its arguments as strings or bytes. Raises TypeError, ValueError."""
    if cmd is None:
        return None
    if isinstance(cmd, (bytes, bytearray)) or not isinstance(cmd, Sequence):
        raise TypeError(f"cmd must be a string or a list of arguments, not {shown(cmd)}")
    words = (
        for_the_system("cmd", cmd)
        if isinstance(cmd, str)
        else [_argument(one) for one in cast("Sequence[object]", cmd)]
    )
    if not words or not words[0]:
        raise ValueError("the command is empty")
    return words


def _argument(argument: object) -> str | bytes:
    if not isinstance(argument, (str, bytes, os.PathLike)):
        raise TypeError(f"an argument of the command must be a string, bytes or a path, not {shown(argument)}")
    plain = os.fspath(cast("Argument", argument))
    for_the_system("an argument of the command", os.fsdecode(plain))
    return plain


def variables(env: object) -> dict[str, str]:
    """An environment. Raises TypeError, ValueError."""
    if not isinstance(env, Mapping):
        raise TypeError(f"env must be a mapping of names to values, not {shown(env)}")
    return dict(_variable(*variable) for variable in cast("Mapping[object, object]", env).items())


def _variable(name: object, value: object) -> tuple[str, str]:
    if not (isinstance(name, str) and isinstance(value, str)):
        raise TypeError(f"env must have strings for names and values, not {shown(name)}: {shown(value)}")
    if not name or "=" in name:
        raise ValueError(f"a variable's name must not be empty nor have a '=' in it: {shown(name)}")
    return for_the_system("a variable's name", name), for_the_system(f"the variable {shown(name)}", value)


def absolute(name: str, value: object) -> str:
    """A path, absolute. Raises TypeError, ValueError, FileNotFoundError."""
    text = path(name, value)
    try:
        return os.path.abspath(text)
    except FileNotFoundError:
        raise FileNotFoundError(errno.ENOENT, "the current directory has been deleted", text) from None


def terminal_size(rows: object, cols: object) -> tuple[int, int]:
    """A size that a terminal can have. Raises TypeError, ValueError."""
    return integer("rows", rows, 1, _LARGEST_SIZE), integer("cols", cols, 1, _LARGEST_SIZE)


def _users_shell() -> str:
    return os.environ.get("SHELL") or "/bin/sh"
