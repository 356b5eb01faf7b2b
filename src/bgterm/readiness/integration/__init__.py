"""Shell integration: bash, zsh, fish and Python tell where prompts and commands begin and end, and with what code.

Each program is started with a script of ours that runs the user's own start-up files as the program would have, and
adds its marks (OSC 133) last. `marks.py` says what the marks mean. They are signed with a secret of the session, which
comes in a variable of the environment that the script takes out of it: what the shell starts does not inherit it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

_HERE = os.path.dirname(os.path.abspath(__file__))
_PYTHON = re.compile(r"python[\d.]*\Z")


def integrated(argv: Sequence[str], env: Mapping[str, str], secret: str) -> tuple[list[str], dict[str, str]]:
    """The command and the environment that start the same program with its marks, signed with `secret`.

    Raises ValueError for a program whose integration is not known.
    """
    env = {**env, "BGTERM_SECRET": secret}
    program = os.path.basename(argv[0]).removeprefix("-")
    if program == "bash":
        return _bash(argv, env)
    if program == "zsh":
        return _zsh(argv, env)
    if program == "fish":
        return _fish(argv, env)
    if _PYTHON.match(program):
        return _python(argv, env)
    raise ValueError(f"shell_integration knows bash, zsh, fish and python, not {program!r}")


def _bash(argv: Sequence[str], env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    script = os.path.join(_HERE, "bash.sh")
    options = [argument for argument in argv[1:] if argument.startswith("-")]
    if not {"-l", "--login", "--norc", "--rcfile", "--init-file"}.isdisjoint(options):
        # Which files these read is theirs to say; what they leave of PROMPT_COMMAND runs before the first prompt.
        return list(argv), {**env, "PROMPT_COMMAND": f". '{script}'", "BGTERM_RC": ""}
    # Long options must stand before the short ones (bash(1)).
    return [argv[0], "--rcfile", script, *argv[1:]], {**env, "BGTERM_RC": "1"}


def _zsh(argv: Sequence[str], env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    environment = {**env, "ZDOTDIR": os.path.join(_HERE, "zsh")}
    if "ZDOTDIR" in env:
        environment["BGTERM_ZDOTDIR"] = env["ZDOTDIR"]
    return list(argv), environment


def _fish(argv: Sequence[str], env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    return [argv[0], "--init-command", f"source '{os.path.join(_HERE, 'fish.fish')}'", *argv[1:]], dict(env)


def _python(argv: Sequence[str], env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    environment = {**env, "PYTHONSTARTUP": os.path.join(_HERE, "python.py")}
    if "PYTHONSTARTUP" in env:
        environment["BGTERM_PYTHONSTARTUP"] = env["PYTHONSTARTUP"]
    return list(argv), environment
