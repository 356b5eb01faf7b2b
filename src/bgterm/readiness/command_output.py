"""What a program said between the echoed line and its next prompt, from everything that came after the line was typed.

Line editors tell where they have taken the line (`ESC[?2004l`) and where they begin to draw a prompt, whatever they
draw. Where nothing tells, the text is compared with the prompts before and after, as they stood left of the cursor.
"""

from __future__ import annotations

import re

from bgterm.views.plain import plain

_ACCEPTED = re.compile(rb"\x1b\]133;C[^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[\?2004l")
_PROMPT_BEGINS = re.compile(
    rb"(\x1b\]133;[AD][^\x07\x1b]*(?:\x07|\x1b\\))"  # shell integration: the command has ended, a prompt begins
    # zsh shows where a line has no end, fills it up to the edge, and goes back to begin its prompt.
    rb"|((?:\x1b\[1m)?\x1b\[7m[^\x1b]{1,8}\x1b\[27m(?:\x1b\[1m)?\x1b\[0m +\r \r)"
    rb"|(\r+\x1b\[0m\x1b\[27m\x1b\[24m\x1b\[J)"
    # fish does so too, with a sign of its own.
    rb"|((?:\x1b\[2m)?\xe2\x8f\x8e(?:\x1b\(B)?(?:\x1b\[m)? +\r(?:\xe2\x8f\x8e \r)?)"
    rb"|(\x1b\[\?2004h)"  # readline and others begin their prompt with this; zsh ends it so
)
_PROMPT_BYTES = 8192
_WITHOUT_DRAWING = re.compile(r"(?:[ -~]{0,79}\r*\n)*+[ -~]{0,79}")
_DIGITS = re.compile(r"\d+")
_CONTINUATION_MAX = 16  # the length of a prompt for the rest of a statement
_RIGHT_PROMPT = re.compile(r" {2,}\S[^\n]*\Z")


def command_output(
    data: bytes, line: str, before: str, after: str | None, *, columns: int | None, encoding: str = "utf-8"
) -> str:
    """What the program said, as a person would read it.

    Parameters
    ----------
    data: all that came after the line was typed.
    line: what was typed, without Enter; "" where `data` does not begin there.
    before: the text left of the cursor when it was typed.
    after: the text left of the cursor now, None where the program does not wait.
    columns: the terminal's width, None where it is not known.
    """
    start, stop = 0, len(data)
    accepted = _ACCEPTED.search(data)
    if accepted is not None:
        start = accepted.end()
    drawn = after is not None
    if after is not None:
        begins = _prompt_begins(data, start, after, columns)
        if begins is not None:
            stop, drawn = begins, False
    text = data[start:stop].decode(encoding, "replace")
    if accepted is None:
        said = _without_echo(_plain(before + text, columns), before, line)
    else:
        said = _plain(text, columns)
        if not data[:start].rstrip(b"\r").endswith(b"\n") and said.startswith("\n") and b"\n" not in data[:start]:
            said = said[1:]  # zsh ends the line after it has taken it
    if drawn and after is not None:
        said = _without_prompt(said, before, after)
    return said.rstrip("\n")


def _plain(text: str, columns: int | None) -> str:
    """As `plain`, and quicker for what most programs say: short lines and nothing else."""
    if (columns is None or columns >= 80) and _WITHOUT_DRAWING.fullmatch(text):
        return text.replace("\r", "")
    return plain(text, columns)


def _prompt_begins(data: bytes, start: int, after: str, columns: int | None) -> int | None:
    """Where in `data` the prompt begins whose last row is `after`, None where nothing tells."""
    last: dict[int, re.Match[bytes]] = {}
    for found in _PROMPT_BEGINS.finditer(data, max(start, len(data) - _PROMPT_BYTES)):
        last[found.lastindex or 0] = found
    places = [
        found.start()
        for found in last.values()
        if _same(_plain(data[found.end() :].decode(errors="replace"), columns), after)
    ]
    return min(places, default=None)


def _same(drawn: str, row: str) -> bool:
    """Whether what was drawn last is what stands in the cursor's row, perhaps behind output without a newline."""
    last, row = drawn.rpartition("\n")[2].rstrip(), row.rstrip()
    return last == row or bool(row and last and (last.startswith(row) or row.endswith(last)))


def _without_echo(text: str, prompt: str, lines: str) -> str:
    """`text` without the prompt and the lines at its beginning, however they were wrapped."""
    line, *others = lines.split("\n")
    end = _end_of(prompt + line, text)
    if end is None and line.strip():
        end = _end_of(line, text)  # the prompt was drawn anew, in another shape
    if end is None:
        end = _end_of(prompt, text) or 0  # nothing was echoed, as with a password
    row, newline, rest = text[end:].partition("\n")
    if row.strip() and not _RIGHT_PROMPT.match(row):
        return text[end:]
    rows = rest.split("\n") if newline else []
    place = 0
    for other in others:
        echo = _echo_of(other.strip(), rows, place, prompt)
        if echo is None:
            break
        del rows[echo]
        place = echo
    return "\n".join(rows)


def _echo_of(line: str, rows: list[str], place: int, prompt: str) -> int | None:
    """Which of `rows` from `place` on is where a further line was echoed, None if none is.

    It stands behind the prompt again, or behind one for the rest of a statement (`...`, `>`), and below what the
    lines before it had to say. Where no row is like that, the next one may have a prompt that is made of letters.
    """
    again = _DIGITS.sub("0", prompt.rstrip())
    for index in range(place, len(rows)):
        row = rows[index].rstrip()
        before = row.removesuffix(line).rstrip()
        if row.endswith(line) and before and (_DIGITS.sub("0", before) == again or _is_continuation(before)):
            return index
    if line and place < len(rows) and len(rows[place].rstrip()) <= len(line) + _CONTINUATION_MAX:
        return place if rows[place].rstrip().endswith(line) else None
    return None


def _is_continuation(prompt: str) -> bool:
    return len(prompt) <= _CONTINUATION_MAX and not any(character.isalnum() for character in prompt)


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


def _without_prompt(text: str, before: str, after: str) -> str:
    """`text` without the prompt in its last row. Output that has no newline at its end stands before it in that row."""
    above, newline, row = text.rpartition("\n")
    if row.rstrip() == after.rstrip():
        if before.strip():
            again = re.search(_DIGITS.sub(r"\\d+", re.escape(before.rstrip())) + r"\s*\Z", row)
            if again is not None:
                return above + newline + row[: again.start()]
        return above
    return text
