"""How a shell was started: with which options, and whether to prompt."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from bgterm.readiness.programs import MULTI_CALL

_TAKES_VALUE = frozenset({"-o", "+o", "-O", "+O", "--rcfile", "--init-file", "--emulate"})
_TAKES_VALUE_IN_FISH = frozenset({"-C", "--init-command", "-d", "--debug", "-D", "--debug-stack-frames", "-f", "-p"})
_LONG_OF_BASH = frozenset({"-norc", "-noprofile", "-noediting", "-posix", "-login", "-restricted", "-verbose"})
"""Bash takes these with one dash too."""


@dataclass(slots=True)
class ShellArguments:
    """The options of a shell. Long ones, and those behind `-o`, without dashes and underscores, in small letters."""

    letters: set[str] = field(default_factory=set[str])
    words: set[str] = field(default_factory=set[str])
    operand: bool = False
    """Something follows the options: a script, or the arguments of what is typed."""

    @property
    def prompts(self) -> bool:
        """Whether the shell prompts, rather than run a script or a command."""
        return not ("c" in self.letters or "command" in self.words or (self.operand and "s" not in self.letters))


def shell_arguments(name: str, arguments: Sequence[str]) -> ShellArguments:
    """What the arguments of a shell, its name first, say."""
    takes_value = _TAKES_VALUE | _TAKES_VALUE_IN_FISH if name == "fish" else _TAKES_VALUE
    found = ShellArguments()
    words = list(arguments[2 if os.path.basename("".join(arguments[:1])) in MULTI_CALL else 1 :])
    while words:
        word = words.pop(0)
        if word[:1] not in {"-", "+"}:
            found.operand = True
            break
        if word.startswith("--") or word in takes_value | _LONG_OF_BASH:
            found.words.add(_plain(word.partition("=")[0]))
        else:
            found.letters |= set(word[1:]) if word[0] == "-" else set()
        if word in takes_value or (word[-1] in "oO" and not word.startswith("--")):
            value = words.pop(0) if words else ""
            if word[-1] == "o":
                found.words.add("no" * (word[0] == "+") + _plain(value))
    return found


def _plain(option: str) -> str:
    return option.replace("-", "").replace("_", "").lower()
