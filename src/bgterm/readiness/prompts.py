"""Prompts by which a program is known to wait, where the kernel cannot tell.

An event loop listens while it works. But where the cursor's row holds the very prompt of that program, it waits.
"""

from __future__ import annotations

import re

_DIGITS = re.compile(r"\d+")
_ENDS = tuple(">$#%:?])\u276f\u203a\u00bb\u03bb\u279c")  # and the arrows of fancy prompts

# The prompts that these programs show unless they are told otherwise. Digits stand as N.
_BUILT_IN: dict[str, frozenset[str]] = {
    "node": frozenset({">", "...", "|"}),
    "beam.smp": frozenset({"N>", "iex(N)>", "...(N)>"}),
    "java": frozenset({"jshell>", "...>"}),
    "irb": frozenset({"irb(main):N:N>", "irb(main):N:N*", "irb(main):N>", "irb(main):N*"}),
    "ipython": frozenset({"In [N]:", "...:", "ipdb>"}),
    "python": frozenset({"In [N]:", "...:", ">>>", "(Pdb)", "ipdb>"}),
}
_VERSION = re.compile(r"[\d.]+$")
_RENAMED = {"MainThread": "node", "node-MainThread": "node", "jshell": "java"}


def in_general(text: str) -> str:
    """A prompt with its digits made wildcards: most count something."""
    return _DIGITS.sub("N", text.strip())


def _program(name: str) -> str:
    """`python3.12` and `ipython3` by the name that they share with their sisters."""
    return _RENAMED.get(name) or _VERSION.sub("", name)


class Prompts:
    """The prompts known for each program in a session."""

    def __init__(self) -> None:
        self._learned: dict[str, set[str]] = {}

    def any_known(self, name: str) -> bool:
        """Whether any prompt of this program is known."""
        program = _program(name)
        return program in _BUILT_IN or program in self._learned

    def known(self, name: str, row: str) -> bool:
        """Whether this row, left of the cursor, is a prompt of this program."""
        text, program = in_general(row), _program(name)
        return text in _BUILT_IN.get(program, ()) or text in self._learned.get(program, ())

    def learn(self, name: str, row: str) -> None:
        """The program stood still at this row until somebody typed there. What looks like no prompt is not kept."""
        text = in_general(row)
        if text.endswith(_ENDS):
            self._learned.setdefault(_program(name), set()).add(text)
