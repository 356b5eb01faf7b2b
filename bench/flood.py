"""A file of text that a program prints as fast as the terminal takes it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager

LINE = b"%07d The quick brown fox jumps over the lazy dog, again.\n"


@contextmanager
def flood_file(size: int) -> Generator[tuple[str, int]]:
    """Give the path of a text of about `size` bytes, and how many lines it has."""
    with tempfile.TemporaryDirectory(prefix="bgterm-bench-") as directory:
        path = os.path.join(directory, "flood.txt")
        lines = size // len(LINE % 0)
        with open(path, "wb") as file:
            file.writelines(LINE % number for number in range(lines))
        yield path, lines


def printing(path: str, *, raw: bool, after: str = "") -> tuple[str, ...]:
    """Give a command that waits for a line, prints the file, then runs `after` and waits for another line."""
    modes = "stty raw -echo" if raw else "stty -echo"
    return ("sh", "-c", f'{modes}; echo started; while head -c 1 >/dev/null; do cat "$0"; {after or ":"}; done', path)
