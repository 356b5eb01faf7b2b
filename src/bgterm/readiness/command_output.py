"""What a program said between the echoed line and its next prompt, from everything that came after the line was typed.

A line editor that drew the prompt tells where it has taken the line (`ESC[?2004l`), shell integration where the command
begins. Where nothing tells, the text is compared with the prompt and the line, as a person would see them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bgterm.readiness.marks import HAS_TAKEN, signed_marks
from bgterm.views.plain import plain

if TYPE_CHECKING:
    from bgterm.readiness.drawing import Drawing, Drawings

_ROW_ENDED = re.compile(rb"\n(?:\r|\x1b(?:\[[ -?]*[@-~]|[ -/]*[0-Z\\^-~]))*\Z")
_ENDING_BYTES = 256
_DRAWN_ANEW = re.compile(rb"(?:\r|\x1b\[[0-9]*A)*\x1b\[0m\x1b\[27m\x1b\[24m\x1b\[J")  # by zsh's `reset-prompt`
_ROWS_DRAWN_ANEW = 50
_WITHOUT_DRAWING = re.compile(r"(?:[ -~]{0,79}\r*\n)*+[ -~]{0,79}")
_HEAD = 5  # characters of a prompt by which its sisters are known
_PART_MIN = 8  # characters of a line by which it is known again
_SIGN_OF_MORE = 4  # columns at the edge where such an editor begins to scroll


class Typed(NamedTuple):
    """A line as it was typed, or several that were pasted."""

    line: str
    row: str
    """What stood left of the cursor."""
    prompt: Drawing
    """How that was drawn."""
    echoed: bool
    """Whether the terminal or the program shows what is typed."""


def command_output(
    data: bytes,
    typed: Typed | None,
    drawings: Drawings | None,
    *,
    end: int,
    owner: int,
    secret: str,
    shown_from: int = 0,
    columns: int | None,
    encoding: str = "utf-8",
) -> str:
    """What the program said, as a person would read it.

    Parameters
    ----------
    data: all that came after the line was typed, through the offset `end`.
    typed: the line; None where the beginning of `data` is lost, and with it the echo.
    drawings: what is known of the prompts; None where the program does not wait at one now.
    owner: the process that waits.
    secret: of the session's shell integration.
    shown_from: what stands before it in `data` is left out.
    columns: the terminal's width, None where it is not known.
    """
    start, in_line = (0, False) if typed is None else _accepted(data, typed, secret)
    floor = data.find(b"\n") + 1 if start is None else start
    line = "" if typed is None else typed.line
    stop = len(data) if drawings is None else drawings.after(data, floor, end, owner, line)
    if start is None and typed is not None and not shown_from:
        text = typed.row + data[:stop].decode(encoding, "replace")
        return _without_echo(_plain(text, columns), typed, columns)
    if in_line:
        floor = _behind_line(data, floor, stop, line, columns)
    return _plain(data[max(floor, shown_from) : stop].decode(encoding, "replace"), columns)


def _accepted(data: bytes, typed: Typed, secret: str) -> tuple[int | None, bool]:
    """Behind what tells that the line was taken, and whether the cursor still stands in the line there."""
    runs = next((mark.end() for mark in signed_marks(secret, data) if mark["kind"] == b"C"), None) if secret else None
    if runs is not None:
        return runs, False
    if not typed.prompt.edits or (taken := data.find(HAS_TAKEN)) < 0:
        return None, False
    return taken + len(HAS_TAKEN), _ROW_ENDED.search(data, max(0, taken - _ENDING_BYTES), taken) is None


def _behind_line(data: bytes, taken: int, stop: int, line: str, columns: int | None) -> int:
    """Where the row ends that a line editor has left open when it had taken the line."""
    end = data.find(b"\n", taken, stop) + 1 or taken
    drawn = _DRAWN_ANEW.match(data, taken)
    if drawn is None:
        return end
    # It has drawn prompt and line once more, as they are to stay: in as many rows as end with the line.
    last, behind = "".join(line.split()), end
    for _ in range(_ROWS_DRAWN_ANEW):
        shown = plain(data[drawn.end() : behind].decode(errors="replace"), columns)
        if "".join(shown.split()).endswith(last):
            return behind
        behind = data.find(b"\n", behind, stop) + 1
        if not behind:
            break
    return end


def _plain(text: str, columns: int | None) -> str:
    """As `plain`, and quicker for what most programs say: short lines and nothing else."""
    if (columns is None or columns >= 80) and _WITHOUT_DRAWING.fullmatch(text):
        return text.replace("\r", "")
    return plain(text, columns)


def _without_echo(text: str, typed: Typed, columns: int | None) -> str:
    """`text` without the prompt and the line at its beginning, however they were wrapped."""
    prompt = typed.row
    line = typed.line
    end = None
    if typed.echoed:
        end = _end_of(prompt + line, text)
        if end is None and line.strip():
            end = _end_of(line, text)  # the prompt was drawn anew, in another shape
        if end is None and line.strip():
            end = _end_of_block(prompt[:_HEAD], line, text)
    if end is None:  # nothing was echoed, as with a password
        end = len(prompt) if text.startswith(prompt) else _end_of(prompt, text) or 0
    row, _, rest = text[end:].partition("\n")
    if row.strip() and not (_stood_there(row, typed.prompt) or _is_part(row, line, typed, columns)):
        return text[end:]
    return rest


def _end_of_block(head: str, line: str, text: str) -> int | None:
    """Where `line` ends in the rows at the beginning of `text` that begin with `head`.

    An editor of several lines draws them all again, each behind a prompt that says how deep it stands.
    """
    lines = [each.strip() for each in line.split("\n") if each.strip()]
    end = 0
    for row in text.split("\n") if len(head) == _HEAD else ():
        if not row.startswith(head):
            return None
        if row.rstrip().endswith(lines[0]):
            del lines[0]
        if not lines:
            return end + len(row.rstrip())
        end += len(row) + 1
    return None


def _is_part(row: str, line: str, typed: Typed, columns: int | None) -> bool:
    """Whether the row shows the end of a line that is too long for it, as editors do that keep to one row."""
    if not typed.echoed or columns is None or len(typed.row + line) < columns - _SIGN_OF_MORE:
        return False
    end = line.rstrip()[-_PART_MIN:]
    place = row.rfind(end)
    return place >= 0 and len(row[place + len(end) :].split()) <= 1


def _stood_there(row: str, prompt: Drawing) -> bool:
    """Whether this stood at the right edge when the line was typed."""
    shown = plain(prompt.data.decode(errors="replace"))
    return any(each.rstrip().endswith(row.strip()) for each in shown.split("\n"))


def _end_of(expected: str, text: str) -> int | None:
    """Where `expected` ends at the beginning of `text`, not looking at white space: that is where lines wrap."""
    position = 0
    for character in expected:
        if character.isspace():
            continue
        while position < len(text) and text[position].isspace():
            position += 1
        if position == len(text) or text[position] != character:
            return None
        position += 1
    return position
