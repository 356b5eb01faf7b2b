"""How a program is to be started."""

from __future__ import annotations

import codecs
import os
import shlex
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from bgterm.decoding import page_decoder
from bgterm.engine.attending import Observer
from bgterm.engine.spawn import Argument
from bgterm.engine.terminal import Terminal
from bgterm.loading import load

if TYPE_CHECKING:
    from bgterm.views.transcript import Transcript

Command = str | Sequence[Argument]

_OF_PLAIN_WORDS = frozenset(string.ascii_letters + string.digits + "_@%+=:,./ -")

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

    def check(self) -> None:
        """Raise what `start_session` says for parameters that cannot be, before anything is begun."""
        _check_command(self.cmd)
        for variable in (self.env or {}).items():
            _check_variable(*variable)
        if self.cmd is not None and (not self.cmd or not self.cmd[0]):
            raise ValueError("the command is empty")
        if self.overflow not in {"drop", "block"}:
            raise ValueError(f"overflow must be 'drop' or 'block', not {self.overflow!r}")
        if self.max_buffer_bytes < 1:
            raise ValueError(f"max_buffer_bytes must be at least 1, not {self.max_buffer_bytes}")
        if self.max_transcript_bytes is not None and self.max_transcript_bytes < 1:
            raise ValueError(f"max_transcript_bytes must be at least 1, or None, not {self.max_transcript_bytes}")
        check_size(self.rows, self.cols)
        page_decoder(self.encoding)  # for its LookupError
        codecs.lookup_error(self.errors)
        if self.shell_integration:
            self._integrated({})  # for its ValueError

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
    def directory(self) -> str:
        """The directory that the program starts in, absolute."""
        return os.path.abspath(os.fsdecode(self.cwd)) if self.cwd is not None else os.getcwd()

    def _integrated(self, env: Mapping[str, str]) -> tuple[list[Argument], dict[str, str]]:
        load("bgterm.readiness.integration")
        from bgterm.readiness.integration import integrated  # noqa: PLC0415 - few ask for it

        # A command line of plain words needs no shell to be understood.
        words = self.cmd.split() if isinstance(self.cmd, str) and _OF_PLAIN_WORDS.issuperset(self.cmd) else None
        argv, environment = integrated(list(map(os.fsdecode, words or self.argv)), env)
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
        return env

    def open_transcript(self) -> Transcript | None:
        """The files for the transcript, if one is to be kept. Raises OSError and its kinds."""
        if self.transcript is None:
            return None
        load("bgterm.views.transcript")
        from bgterm.views.transcript import Transcript  # noqa: PLC0415 - few ask for it

        command = self.command if isinstance(self.command, str) else shlex.join(self.command)
        about = {"command": command, "term": self.environment["TERM"], "encoding": self.encoding}
        path = os.fsdecode(self.transcript)
        return Transcript(path, self.rows, self.cols, self.max_transcript_bytes, about)

    def open_terminal(self, observers: Iterable[Observer] = ()) -> Terminal:
        """Start it, with `observers` of its output. Raises OSError and its kinds, leaving nothing behind."""
        env = self.environment
        argv = self.argv
        if self.shell_integration:
            argv, env = self._integrated(env)
        return Terminal(
            argv,
            cwd=None if self.cwd is None else self.directory,
            env=env,
            rows=self.rows,
            cols=self.cols,
            utf8=self.encoding.lower().replace("_", "-") in {"utf-8", "utf8"},
            limit_bytes=self.max_buffer_bytes,
            keep_all=self.overflow == "block",
            observers=observers,
        )


def _check_command(cmd: object) -> None:
    """Raise TypeError for what is no command."""
    if cmd is None or isinstance(cmd, str):
        return
    if isinstance(cmd, bytes) or not isinstance(cmd, Sequence):
        raise TypeError(f"cmd must be a string or a list of arguments, not {cmd!r}")
    for argument in cast("Sequence[object]", cmd):
        if not isinstance(argument, (str, bytes, os.PathLike)):
            raise TypeError(f"an argument of the command must be str, bytes or a path, not {argument!r}")


def _check_variable(name: object, value: object) -> None:
    """Raise TypeError for what is no variable of an environment."""
    if not (isinstance(name, str) and isinstance(value, str)):
        raise TypeError(f"env must have strings for keys and values, not {name!r}: {value!r}")


def check_size(rows: int, cols: int) -> None:
    """Raise ValueError unless a terminal can have this size."""
    if not (1 <= rows <= _LARGEST_SIZE and 1 <= cols <= _LARGEST_SIZE):
        raise ValueError(f"a terminal has 1 to {_LARGEST_SIZE} rows and columns, not {rows} x {cols}")


def _users_shell() -> str:
    return os.environ.get("SHELL") or "/bin/sh"
