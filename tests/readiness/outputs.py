"""Output as a terminal keeps it, without a program."""

from __future__ import annotations

import tempfile

from bgterm.engine.output import OutputBuffer


def output_of(*pieces: bytes) -> OutputBuffer:
    output = OutputBuffer()
    for piece in pieces:
        with tempfile.TemporaryFile() as file:
            file.write(piece)
            file.seek(0)
            output.receive(file.fileno(), len(piece) + 1)
    return output
