"""What was typed and is not yet taken by the terminal."""

from __future__ import annotations

import os
import re
import termios
from collections import deque
from typing import Any, Literal

from bgterm.engine.pty import is_canonical, is_hung_up

INPUT_LIMIT_BYTES = 16 * 1024 * 1024
"""The most that may wait for a program that does not read."""

CANONICAL_LINE_BYTES = 4095
"""The longest line that Linux's line discipline delivers (n_tty.c: N_TTY_BUF_SIZE less the line's end)."""

_IFLAG, _CC = 0, 6  # what tcgetattr returns


class InputQueue:
    """Input in order, written as far as the kernel takes it and never waited for.

    Like `OutputBuffer`, it survives a signal handler that raises after any call: nothing is typed twice,
    nothing is left out.
    """

    __slots__ = ("_fd", "_line_bytes", "_taken", "queue")

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.queue: deque[bytes | memoryview] = deque()
        """What waits, in order."""
        self._taken: list[int] = []  # how much of the first piece the kernel took, not yet cut off
        self._line_bytes = 0  # typed since the last end of a line

    @property
    def pending_bytes(self) -> int:
        """Bytes that wait for the program to read."""
        return sum(map(len, self.queue)) if self.queue else 0

    def refusal(self, data: bytes) -> Literal["overflow", "line"] | None:
        """Why `data` must not be typed: too much waits already, or the line discipline would cut a line of it.

        It does so in canonical mode alone (termios(3): ICANON), so the mode is asked for, but only where a
        line could be too long at all.
        """
        size = len(data)
        if size + (self.pending_bytes if self.queue else 0) > INPUT_LIMIT_BYTES:
            return "overflow"
        return "line" if self._line_bytes + size > CANONICAL_LINE_BYTES and self._cuts_line(data) else None

    def _cuts_line(self, data: bytes) -> bool:
        if not is_canonical(self._fd):
            self._line_bytes = 0
            return False
        lines = _line_ends(termios.tcgetattr(self._fd)).split(data)
        return self._line_bytes + len(lines[0]) > CANONICAL_LINE_BYTES or any(
            len(line) > CANONICAL_LINE_BYTES for line in lines
        )

    def add(self, data: bytes) -> None:
        """Put `data` behind all that waits already, for `flush` to write. Raises OSError: then it is not there."""
        self._line_bytes = 0 if data.endswith((b"\n", b"\r")) else self._begun_line(data)
        self.queue.append(data)

    def _begun_line(self, data: bytes) -> int:
        """How long the line is that will have been begun after `data`: a program that reads keys has no lines."""
        if not is_canonical(self._fd):
            return 0
        mode = termios.tcgetattr(self._fd)
        *ended, line = _line_ends(mode).split(data)
        begun = 0 if ended else self._line_bytes
        erase = mode[_CC][termios.VERASE]
        if erase not in line:
            return begun + len(line)
        for byte in line:
            begun = max(begun - 1, 0) if byte == erase[0] else begun + 1
        return begun

    def flush(self) -> None:
        """Write as much as the kernel takes now. Raises OSError: what is not written waits still."""
        queue, taken = self.queue, self._taken
        while queue:
            if not taken:
                try:
                    taken.extend(map(os.write, (self._fd,), (queue[0],)))
                except BlockingIOError:
                    return
                except OSError as error:
                    if not is_hung_up(self._fd, error):
                        raise
                    self.discard()  # nobody will read this
                    return
            size = len(queue[0])
            if taken[0] >= size:
                # No call in between, as in OutputBuffer.store.
                del queue[0]
                del taken[0]
            else:
                rest = memoryview(queue[0])[taken[0] :]
                queue[0] = rest
                del taken[0]

    def in_line(self) -> bool:
        """Whether the last line typed has not been ended."""
        return self._line_bytes > 0

    def discard(self) -> None:
        """Forget what waits, and the line that was begun: nobody will read it."""
        self.queue.clear()
        self._taken.clear()
        self._line_bytes = 0


def _line_ends(mode: list[Any]) -> re.Pattern[bytes]:
    """What ends a line in canonical mode: newline, Enter, and the characters set to end or discard one."""
    characters: list[bytes] = mode[_CC]
    special = (termios.VEOF, termios.VEOL, termios.VEOL2, termios.VKILL, termios.VINTR, termios.VQUIT, termios.VSUSP)
    ends = {b"\n"} | {characters[index] for index in special if characters[index] != b"\0"}
    if mode[_IFLAG] & termios.ICRNL:
        ends.add(b"\r")
    return re.compile(b"[" + b"".join(map(re.escape, ends)) + b"]")
