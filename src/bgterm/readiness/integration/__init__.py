"""Shell integration: bash, zsh, fish and Python tell where prompts and commands begin and end, and with what code.

Each program is started with a script of ours that runs the user's own start-up files as the program would have, and
adds its marks (OSC 133) last. `marks.py` says what the marks mean. They are signed with a secret of the session, which
comes in a variable of the environment that the script takes out of it: what the shell starts does not inherit it.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence

from bgterm.readiness.shell_arguments import ShellArguments, shell_arguments

_HERE = os.path.dirname(os.path.abspath(__file__))
_PYTHON = re.compile(r"python[\d.]*\Z")


def integrated(argv: Sequence[str], env: Mapping[str, str], secret: str) -> tuple[list[str], dict[str, str]]:
    """The command and the environment that start the same program with its marks, signed with `secret`.

    Raises ValueError for a program whose integration is not known, and for arguments with which it reads no file of
    ours: it would show no marks, and keep the secret in its environment.
    """
    env = {**env, "BGTERM_SECRET": secret}
    program = os.path.basename(argv[0]).removeprefix("-")
    if _PYTHON.match(program):
        return _python(argv, env)
    integrate = {"bash": _bash, "zsh": _zsh, "fish": _fish}.get(program)
    if integrate is None:
        raise ValueError(f"shell_integration knows bash, zsh, fish and python, not {program!r}")
    arguments = shell_arguments(program, argv)
    if not arguments.prompts:
        raise _refused(argv, "runs a script or a command and does not prompt")
    return integrate(argv, env, arguments)


def _refused(argv: Sequence[str], why: str) -> ValueError:
    return ValueError(f"shell_integration must be False here: {shlex.join(argv)} {why}")


def _bash(argv: Sequence[str], env: Mapping[str, str], arguments: ShellArguments) -> tuple[list[str], dict[str, str]]:
    script = os.path.join(_HERE, "bash.sh")
    reads_others = {"login", "norc", "rcfile", "initfile", "posix"} & arguments.words
    if reads_others or "l" in arguments.letters or argv[0].startswith("-") or "POSIXLY_CORRECT" in env:
        # Which files these read is theirs to say; what they leave of PROMPT_COMMAND runs before the first prompt.
        if "r" in arguments.letters or "restricted" in arguments.words:
            raise _refused(argv, "is restricted before it would read our file: leave the option out")
        return list(argv), {**env, "PROMPT_COMMAND": f". '{script}'", "BGTERM_RC": ""}
    # Long options must stand before the short ones (bash(1)).
    return [argv[0], "--rcfile", script, *argv[1:]], {**env, "BGTERM_RC": "1"}


def _zsh(argv: Sequence[str], env: Mapping[str, str], arguments: ShellArguments) -> tuple[list[str], dict[str, str]]:
    if "emulate" in arguments.words:
        raise _refused(argv, "reads the files of another shell: leave --emulate out")
    environment = {**env, "ZDOTDIR": os.path.join(_HERE, "zsh")}
    if "ZDOTDIR" in env:
        environment["BGTERM_ZDOTDIR"] = env["ZDOTDIR"]
    if "f" not in arguments.letters and "norcs" not in arguments.words:
        return list(argv), environment
    if arguments.operand:
        raise _refused(argv, "reads no file: leave its -f out, or what follows the options")
    # It reads our file alone, which sets the option again. The last one counts.
    return [*argv, "-o", "rcs"], {**environment, "BGTERM_NO_RCS": "1"}


def _fish(argv: Sequence[str], env: Mapping[str, str], _: ShellArguments) -> tuple[list[str], dict[str, str]]:
    return [argv[0], "--init-command", f"source '{os.path.join(_HERE, 'fish.fish')}'", *argv[1:]], dict(env)


def _python(argv: Sequence[str], env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    option = _keeps_python_from_its_file(argv[1:])
    if option in {"-E", "-I"}:
        raise _refused(argv, f"ignores PYTHONSTARTUP, by which the marks come: leave {option} out")
    if option:
        raise _refused(argv, "runs a program, and reads no start-up file")
    environment = {**env, "PYTHONSTARTUP": os.path.join(_HERE, "python.py")}
    if "PYTHONSTARTUP" in env:
        environment["BGTERM_PYTHONSTARTUP"] = env["PYTHONSTARTUP"]
    return list(argv), environment


def _keeps_python_from_its_file(arguments: Sequence[str]) -> str:
    """The argument for which Python does not read PYTHONSTARTUP, "" where it does."""
    words = list(arguments)
    while words:
        word = words.pop(0)
        if word == "-":
            return ""
        if not word.startswith("-"):
            return word
        if word.startswith("--"):
            del words[: word == "--check-hash-based-pycs"]
            continue
        for place, letter in enumerate(word[1:], 2):
            if letter in "EIcm":
                return "-" + letter
            if letter in "WX":
                del words[: place == len(word)]
                break
    return ""
