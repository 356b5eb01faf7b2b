"""Pictures as pixels: what a display shows, and what was drawn as PNG."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

Colour = tuple[int, int, int]


def distance(one: Colour, other: Colour) -> int:
    """The largest difference in red, green or blue, of 255."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


@dataclass
class Cell:
    """The pixels of a cell, row by row."""

    pixels: list[list[Colour]]

    def __post_init__(self) -> None:
        self._all = [pixel for row in self.pixels for pixel in row]
        self.background, count = Counter(self._all).most_common(1)[0]
        self.share = count / len(self._all)
        """How much of the cell has the colour that most of it has."""

    @property
    def ink(self) -> bool:
        """Whether there is more than one colour."""
        return any(distance(colour, self.background) > 40 for colour in set(self._all))

    @property
    def average(self) -> Colour:
        """The colour as it is from far away."""
        red, green, blue = (round(sum(of) / len(self._all)) for of in zip(*self._all, strict=True))
        return red, green, blue


@dataclass
class Picture:
    """Rows of pixels, divided into cells."""

    rows: list[list[Colour]]
    left: int
    top: int
    width: int
    height: int

    def cell(self, row: int, column: int) -> Cell:
        x, y = self.left + column * self.width, self.top + row * self.height
        return Cell([line[x : x + self.width] for line in self.rows[y : y + self.height]])


def read_xwd(data: bytes) -> list[list[Colour]]:
    """The rows of a dump of a display with 24 planes, as Xvfb keeps it in a file (XWDFile.h)."""
    header = struct.unpack(">25I", data[:100])
    start, width, height, per_line = header[0] + 12 * header[19], header[4], header[5], header[12]
    assert header[11] == 32, "bits per pixel"
    lines = (data[start + y * per_line :][: 4 * width] for y in range(height))
    return [list(zip(line[2::4], line[1::4], line[0::4], strict=True)) for line in lines]


def read_png(path: Path) -> list[list[Colour]]:
    """The rows of a PNG of 8 bits per channel that is not interlaced (its specification, 9: filtering)."""
    data, at, chunks = path.read_bytes(), 8, {b"IDAT": b""}
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind = data[at + 4 : at + 8]
        chunks[kind] = chunks.get(kind, b"") + data[at + 8 : at + 8 + length]
        at += 12 + length
    width, height, depth, colours, *_, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, interlaced) == (8, 0)
    channels = {2: 3, 6: 4}[colours]
    packed, above = zlib.decompress(chunks[b"IDAT"]), bytearray(width * channels)
    rows: list[list[Colour]] = []
    for y in range(height):
        kind = packed[y * (width * channels + 1)]
        line = bytearray(packed[y * (width * channels + 1) + 1 :][: width * channels])
        for x in range(len(line)) if kind else ():
            left = line[x - channels] if x >= channels else 0
            corner = above[x - channels] if x >= channels else 0
            line[x] = (line[x] + _predicted(kind, left, above[x], corner)) & 0xFF
        above = line
        rows.append(list(zip(line[0::channels], line[1::channels], line[2::channels], strict=True)))
    return rows


def _predicted(kind: int, left: int, above: int, corner: int) -> int:
    if kind == 4:
        guess = left + above - corner
        return min((left, above, corner), key=lambda value: abs(guess - value))
    return (0, left, above, (left + above) // 2)[kind]
