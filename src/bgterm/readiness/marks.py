"""What the output itself says about prompts: shell integration, bracketed paste, the alternate screen.

OSC 133 is the field's shell integration (FinalTerm's, as iTerm2, VS Code, kitty and WezTerm know it): `A` a prompt
begins, `B` it ends and typing begins, `C` the command runs, `D;code` it has ended. Line editors switch bracketed paste
(`ESC[?2004h`) on when they wait for a line, and off when they have it.

Any program can print these. So the shells that we start with integration sign theirs (`;bgterm=` and a secret of the
session), and only signed marks tell exit codes, directories and where output ends. The others are hints that a prompt
shows: from a shell at the far end of ssh there is nothing better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bgterm.engine.output import OutputBuffer

_MARK = re.compile(
    rb"\x1b(?:\[\?([0-9;]+)([hl])|\]133;([A-D])([^\x07\x1b]*)(?:\x07|\x1b\\)"
    rb"|\]7;file://[^/\x07\x1b]*([^\x07\x1b]*)(?:\x07|\x1b\\)|(c))"
)
EDITS, HAS_TAKEN = b"\x1b[?2004h", b"\x1b[?2004l"
"""A line editor says by these that it waits for a line, and that it has it."""
_ALTERNATE = frozenset({b"47", b"1047", b"1049"})
_STEP = 1 << 16
_UNFINISHED_MAX = 4096


def signature(secret: str) -> bytes:
    """What the marks of a session's own shell integration end with."""
    return b";bgterm=" + secret.encode()


def signed_marks(secret: str, data: bytes) -> Iterator[re.Match[bytes]]:
    """The signed marks in `data`, with the groups `kind` and `detail`, each from the directory told with it."""
    return re.finditer(
        rb"(?:\x1b\]7;[^\x07\x1b]*\x07)?\x1b\]133;(?P<kind>[A-D])(?P<detail>[^\x07\x1b]*)%b\x07"
        % re.escape(signature(secret)),
        data,
    )


@dataclass(slots=True)
class Mark:
    """A mark and the offset where it ends. `detail` is what follows the letter of an OSC 133, without a signature."""

    kind: bytes
    end: int
    detail: bytes = b""
    signed: bool = False


class Marks:
    """The last marks in a terminal's output. It reads the output only when it is asked, from where it stopped."""

    def __init__(self, secret: str = "") -> None:
        """`secret` is what the session's own shell integration signs with, "" where there is none."""
        self._signature = signature(secret) if secret else None
        self._offset = 0
        self.paste: Mark | None = None
        """`h` (a line editor waits for a line) or `l` (it has it)."""
        self.shell: Mark | None = None
        """The last OSC 133: `A`, `B`, `C` or `D`."""
        self.ended: Mark | None = None
        """The last signed OSC 133 `D`, whose detail has the exit code."""
        self._directory: bytes | None = None
        self._told_directory = (-1, b"")  # an OSC 7, and where it ends: it counts if a signed mark follows there
        self.alternate = False
        """Whether the alternate screen is shown."""

    @property
    def signs(self) -> bool:
        """The session has a shell integration of its own, which signs its marks."""
        return self._signature is not None

    @property
    def continuation(self) -> bool:
        """The prompt that shows is for the rest of a command (`A;k=s`)."""
        return self.shell is not None and self.shell.kind in b"AB" and b"k=s" in self.shell.detail.split(b";")

    @property
    def takes_paste(self) -> bool:
        """Bracketed paste is switched on."""
        return self.paste is not None and self.paste.kind == b"h"

    @property
    def directory(self) -> str | None:
        """The current directory as the shell has told it (OSC 7, signed), None where it has not."""
        if self._directory is None:
            return None
        from urllib.parse import unquote  # noqa: PLC0415 - only shells with integration come here

        return unquote(self._directory, errors="surrogateescape")

    def exit_code_since(self, offset: int) -> int | None:
        """The exit code of the last command that has ended after `offset`, None where no signed mark tells."""
        if self.ended is None or self.ended.end <= offset:
            return None
        code = self.ended.detail.split(b";")[1:2]
        return int(code[0]) if code and code[0].lstrip(b"-").isdigit() else None

    def update(self, output: OutputBuffer) -> None:
        """Take in what has come since the last time."""
        self._offset = max(self._offset, output.start)
        while self._offset < output.end:
            stop = min(self._offset + _STEP, output.end)
            data = output.read(self._offset, stop)
            if b"\x1b" not in data:
                self._offset = stop
                continue
            taken = self._scan(data)
            # A mark may have been cut at the end: begin with it next time.
            unfinished = data.rfind(b"\x1b", max(taken, len(data) - _UNFINISHED_MAX))
            self._offset = stop if unfinished < 0 else self._offset + unfinished
            if stop == output.end:
                return

    def _scan(self, data: bytes) -> int:
        """Note the marks in `data`; returns where the last one ends."""
        end = 0
        for found in _MARK.finditer(data):
            end = found.end()
            modes, switch, letter, detail, directory, reset = found.groups()
            if reset:
                self.alternate, self.paste = False, None
            elif directory:
                self._told_directory = (self._offset + end, directory)
            elif letter:
                self._shell(letter, self._offset + found.start(), self._offset + end, detail)
            else:
                self._modes(modes.split(b";"), switch, self._offset + end)
        return end

    def _shell(self, letter: bytes, start: int, end: int, detail: bytes) -> None:
        signed = self._signature is not None and detail.endswith(self._signature)
        if signed and self._signature is not None:
            detail = detail.removesuffix(self._signature)
            if self._told_directory[0] == start:
                self._directory = self._told_directory[1]
        if letter == b"B" and self.shell is not None and self.shell.kind == b"A" and not detail:
            detail, signed = self.shell.detail, self.shell.signed  # what prompt it is was said where it began
        self.shell = Mark(letter, end, detail, signed)
        if letter == b"D" and signed:
            self.ended = self.shell

    def _modes(self, modes: list[bytes], switch: bytes, end: int) -> None:
        for mode in modes:
            if mode == b"2004":
                self.paste = Mark(switch, end)
            elif mode in _ALTERNATE:
                self.alternate = switch == b"h"
