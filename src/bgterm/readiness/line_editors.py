"""What a line editor has drawn last: that of Node.js, and fish's question for a secret.

Neither shows in the terminal's modes, which are raw for both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bgterm.engine.output import OutputBuffer

# readline's _refreshLine in Node.js: to the first column, erase what is below, the prompt, and behind it.
DRAWN_BY = frozenset({"node", "nodejs"})
"""The files of programs that draw so, whatever name they give themselves."""
_REFRESHED = re.compile(rb"\x1b\[1G\x1b\[0J([^\n]*)\x1b\[(\d+)G\Z")
_TAIL = 1024

_TITLE = re.compile(rb"\x1b\]0;([^\x07\x1b]*)(?:\x07|\x1b\\)")
_SILENT = re.compile(r"\bread\b[^;|&]*\s(?:-[A-Za-z]*s|--silent)")
_BULLET = "\u25cf"
_LINE_TAIL = 8192


def drawn_prompt(output: OutputBuffer) -> bool:
    """Whether the last thing that was drawn is a prompt of Node's readline, with the cursor behind it."""
    found = _REFRESHED.search(output.read(output.end - _TAIL, output.end))
    return found is not None and int(found[2]) > 1


def silent_read(output: OutputBuffer, row: str) -> bool:
    """Whether fish is at its `read --silent`: it shows bullets for what is typed, and said so in the line it runs."""
    if row.endswith(_BULLET):
        return True
    # It sets the title for its prompt, then for the line that it runs, then for the read.
    typed, title = _behind_titles(output.read(output.end - _LINE_TAIL, output.end))
    if not title.startswith(b"read"):
        return False
    from bgterm.views.plain import plain  # noqa: PLC0415 - its patterns take milliseconds to compile

    return _SILENT.search(plain(typed.decode(errors="replace"))) is not None


def _behind_titles(tail: bytes) -> tuple[bytes, bytes]:
    """What was drawn behind the last title but two, and the last title."""
    *_, typed, _runs, _, title, _ = (b"",) * 5 + tuple(_TITLE.split(tail))
    return typed, title
