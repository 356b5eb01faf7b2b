"""Output as a terminal keeps it, without a program."""

from __future__ import annotations

import tempfile
from typing import TypeVar

from bgterm.engine.output import OutputBuffer

Output = TypeVar("Output", bound=OutputBuffer)


def output_of(*pieces: bytes) -> OutputBuffer:
    return arrived(OutputBuffer(), *pieces)


def arrived(output: Output, *pieces: bytes) -> Output:
    for piece in pieces:
        with tempfile.TemporaryFile() as file:
            file.write(piece)
            file.seek(0)
            output.receive(file.fileno(), len(piece) + 1)
    return output
