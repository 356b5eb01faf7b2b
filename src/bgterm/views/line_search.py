"""Lines of the output that match a pattern, wherever they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bgterm.views.escapes import EscapeStripper

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE_BYTES = 1 << 20


class Kept(Protocol):
    """Output that is kept: the buffer or a transcript."""

    @property
    def start(self) -> int:
        """The offset of the oldest byte."""
        ...

    @property
    def end(self) -> int:
        """The offset after the newest byte."""
        ...

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from `start` up to `stop`, as far as they are kept."""
        ...


@dataclass(slots=True)
class FoundLine:
    """A line of output that matched."""

    text: str
    """The line without escape sequences and without its end."""
    offset: int
    """Where it begins: `read(offset=...)` shows it and what follows."""
    end_offset: int
    """Where the next line begins, or the output ends."""
    match: re.Match[str]
    """The match in `text`."""


def search_lines(kept: Kept, pattern: re.Pattern[str], encoding: str = "utf-8", start: int = 0) -> Iterator[FoundLine]:
    """Yield the lines of `kept` from the offset `start` on in which `pattern` is found, without escape sequences."""
    for offset, end, data in _lines(kept, max(start, kept.start)):
        text = data.decode(encoding, "replace")
        if found := pattern.search(text):
            yield FoundLine(text, offset, end, found)


def _lines(kept: Kept, position: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield each line's beginning, its end, and its text."""
    stripper = EscapeStripper()
    begin, text = position, b""
    while data := kept.read(position, position + _PIECE_BYTES):
        *lines, rest = data.split(b"\n")
        for line in lines:
            position += len(line) + 1
            text += stripper.feed(line + b"\n")
            if text.endswith(b"\n"):  # else it stands in an escape sequence
                yield begin, position, text.strip(b"\r\n")
                begin, text = position, b""
        position += len(rest)
        text += stripper.feed(rest)
    if text:
        yield begin, position, text.strip(b"\r")
