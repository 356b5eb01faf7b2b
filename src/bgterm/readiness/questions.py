"""What a row says by its look: a question, a password's, a pager's, the prompt of a well-known program.

Where the kernel does not see who reads (the far end of ssh, another user's program) or sees one that listens while it
works, a cursor that stands still behind such words says that somebody is asked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bgterm.results import State

_YES_OR_NO = r"[\[(<] ?y(?:es)? ?[/,|] ?n(?:o)?\b[^()<>]*[\])>] ?[?:>]?"
_NAME = r"(?<!last )\blogin:|\buser ?name\b.{0,80}:"
_ANY_KEY = (
    r"\b(?:press|hit|strike) \W?(?:any key|a key|enter|return|space)\b"
    r"(?!.*\bto (?:abort|stop|cancel|interrupt|skip|pause)\b).{0,40}"
)
_SECRECY = r"\b(?:password|pass ?phrase|passcode|secret|pin|(?:verification|one-time) (?:code|password))\b.{0,80}:"
_TYPED = r"(?: ?\(press tab[^()]*\))?\s*[*\u2022\u25cf]*"
"""What stands behind such a question where the program draws it: a hint, and a sign for each character."""
_FILE = (
    r"\A[\w./+-]+: (?:remove|descend into|overwrite|replace|try to overwrite|accept)\b.{0,200}\?"
    r"|\A< .{1,200} > ?\?|\(y or n\) ?\??|\[y\]es, ?\[n\]o\b.{0,80}:|\[default=\w+\] ?\?"
)
_PAGER = (
    r"-+\(?more(?: \d+%)?\)?-+(?: ?\(.*\))?|\(end\)|manual page .* line \d+.*|lines \d+-\d+.*"
    r"|-- (?:most: |less --).*|-{2,3}type <ret(?:urn)?> .*-{2,3}"
)

_LOOKS: tuple[tuple[State, re.Pattern[str]], ...] = (
    ("password", re.compile(rf"(?:{_SECRECY}){_TYPED}\Z", re.IGNORECASE)),
    ("waiting", re.compile(rf"(?:{_YES_OR_NO}|{_NAME}|{_ANY_KEY}|{_FILE})\Z", re.IGNORECASE)),
    ("fullscreen", re.compile(rf"(?:\A|\s)(?:{_PAGER})\Z", re.IGNORECASE)),
)

_PROMPT = re.compile(
    r"(?:>>>|\((?:Pdb|gdb|lldb)\)|ipdb>|In \[\d+\]:|sqlite>|mysql>|MariaDB \[.*\]>|\w+[=-][#>]|irb\(.*\)[:\d]*[>*]"
    r"|jshell>|iex\(.*\)>|[\w.-]+@[\w.-]+[: ]\S*[#$%>]|\A[~/]\S* ?[#$%>])\Z"
)


LESS = ":"
"""All that less and git's pager show where they do not say more. Where one is seen it has a name."""


def question(row: str) -> State | None:
    """What a program waits for whose cursor stands still behind `row`, None where `row` asks nothing."""
    text = row.rstrip()
    return next((state for state, look in _LOOKS if look.search(text)), None) if text else None


def well_known_prompt(row: str) -> bool:
    """Whether the row ends in a prompt that shells and REPLs show unless they are told otherwise."""
    return row.endswith(" ") and _PROMPT.search(row.rstrip()) is not None
