"""Both ends of a long output, for a reader of limited attention such as a model's context."""

from __future__ import annotations

from collections.abc import Callable

from bgterm.arguments import integer
from bgterm.views.plain import plain


def head_tail(text: str, data: bytes, start_offset: int, max_chars: int) -> str:
    """Return plain `text` whole where it has at most `max_chars` characters, else its beginning and its end.

    Parameters
    ----------
    text: the output.
    data: the same as bytes.
    start_offset: the absolute offset of `data`.
    max_chars: the most characters to return, the line that says what was left out included. That line, of about 60
        characters, is there even where it does not fit.

    The text is cut at line ends; where one line alone is too long, a part of it is shown and all of it counts as left
    out.

    Errors: ValueError if `max_chars` is negative, TypeError if it is no integer.
    """
    end_offset = start_offset + len(data)

    def note(_first: int, _last: int, head_lines: int, tail_lines: int) -> str:
        first, last = _end_of_first(head_lines, data), _start_of_last(tail_lines, data)
        return _left_out(start_offset + first, start_offset + last)

    return _both_ends(text, max_chars, len(_left_out(start_offset, end_offset)), note)


def output_head_tail(output: str, start_offset: int, end_offset: int, max_chars: int) -> str:
    """Do the same with the output of a step, of which no more is known than that it lies between these offsets."""

    def note(first: int, last: int, *_lines: int) -> str:
        return f"[... {last - first:,} characters left out, see offset {start_offset} to {end_offset} ...]"

    return _both_ends(output, max_chars, len(note(0, len(output))), note)


def _both_ends(text: str, max_chars: int, note_chars: int, note: Callable[[int, int, int, int], str]) -> str:
    """`note` says what is left out: from where to where in `text`, behind so many lines and before so many others."""
    max_chars = integer("max_chars", max_chars)
    whole = plain(text)
    if len(whole) <= max_chars:
        return whole
    room = max(0, max_chars - note_chars - 1) // 2
    head, first, head_lines = _head(text, room)
    tail, last, tail_lines = _tail(text, room, first)
    if first == last:
        return whole
    left_out = note(first, last, head_lines, tail_lines)
    if not head and room > 1:
        line_end = text.find("\n") + 1 or len(text)
        head = plain(text[:line_end])[: room - 1] + "\n"
    if not tail and room:
        tail = plain(text[text.rfind("\n", 0, -1) + 1 :])[-room:]
    return f"{head}{left_out}\n{tail}"


def _left_out(start: int, end: int) -> str:
    return f"[... {end - start:,} bytes left out, from offset {start} to {end} ...]"


def _head(text: str, room: int) -> tuple[str, int, int]:
    """Return the first lines that fit as plain text, where they end, and how many they are."""
    lines: list[str] = []
    position = 0
    while end := text.find("\n", position) + 1:
        line = plain(text[position:end])
        if len(line) > room:
            break
        room -= len(line)
        lines.append(line)
        position = end
    return "".join(lines), position, len(lines)


def _tail(text: str, room: int, stop: int) -> tuple[str, int, int]:
    """Return the last lines that fit as plain text and lie behind `stop`, where they begin, and how many they are."""
    lines: list[str] = []
    position = len(text)
    while position > stop:
        start = text.rfind("\n", stop, position - 1) + 1 or stop
        line = plain(text[start:position])
        if len(line) > room:
            break
        room -= len(line)
        lines.append(line)
        position = start
    return "".join(reversed(lines)), position, len(lines)


def _end_of_first(lines: int, data: bytes) -> int:
    position = 0
    for _ in range(lines):
        position = data.find(b"\n", position) + 1
    return position


def _start_of_last(lines: int, data: bytes) -> int:
    position = len(data)
    for _ in range(lines):
        position = data.rfind(b"\n", 0, position - 1) + 1
    return position
