"""The shapes of U+2500 to U+259F, box drawing and block elements: fonts leave gaps between them.

The names of Unicode say what each box drawing character has: BOX DRAWINGS UP HEAVY AND RIGHT DOWN LIGHT.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import NamedTuple

CHARACTERS = "\u2500-\u259f"  # for a regular expression

Rectangle = tuple[float, float, float, float]
"""Left, top, right and bottom."""


class Shape(NamedTuple):
    """What is drawn in a cell, with the cell's left top corner at 0, 0."""

    filled: tuple[Rectangle, ...]
    opacity: float = 1
    stroked: tuple[tuple[float, float, str], ...] = ()
    """Lines one pixel wide: where each begins, and how it goes on, as SVG's relative path commands."""


# The names' words for how an arm is drawn, and for the arms.
_WEIGHTS = {"LIGHT": 1, "SINGLE": 1, "HEAVY": 2, "DOUBLE": 3}
_HEAVY, _DOUBLE = _WEIGHTS["HEAVY"], _WEIGHTS["DOUBLE"]
_SIDES = {
    "LEFT": ("LEFT",),
    "RIGHT": ("RIGHT",),
    "UP": ("UP",),
    "DOWN": ("DOWN",),
    "HORIZONTAL": ("LEFT", "RIGHT"),
    "VERTICAL": ("UP", "DOWN"),
}
_ACROSS = {"LEFT": ("UP", "DOWN"), "RIGHT": ("UP", "DOWN"), "UP": ("LEFT", "RIGHT"), "DOWN": ("LEFT", "RIGHT")}
_OPPOSITE = {"LEFT": "RIGHT", "RIGHT": "LEFT", "UP": "DOWN", "DOWN": "UP"}
_DASHES = {"DOUBLE DASH": 2, "TRIPLE DASH": 3, "QUADRUPLE DASH": 4}
_SHADES = {"LIGHT SHADE": 0.25, "MEDIUM SHADE": 0.5, "DARK SHADE": 0.75}
_EIGHTHS = {"ONE EIGHTH": 1, "ONE QUARTER": 2, "THREE EIGHTHS": 3, "HALF": 4, "FIVE EIGHTHS": 5, "THREE QUARTERS": 6,
            "SEVEN EIGHTHS": 7}  # fmt: skip


@lru_cache(maxsize=256)
def shape(character: str, width: int, height: int) -> Shape:
    """Return the shape of one of `CHARACTERS` in a cell of this size, in pixels, both of them odd."""
    name = unicodedata.name(character)
    if not name.startswith("BOX DRAWINGS "):
        return _block(name, width, height)
    name = name.removeprefix("BOX DRAWINGS ")
    if "DIAGONAL" in name:
        return _diagonals(name, width, height)
    if "ARC" in name:
        return _arc(name, width, height)
    for words, count in _DASHES.items():
        if words in name:
            return _dashes(name, count, width, height)
    return _lines(name, width, height)


def _lines(name: str, width: int, height: int) -> Shape:
    arms = dict.fromkeys(_OPPOSITE, 0)
    weight = 0
    for part in name.split(" AND "):
        words = part.split()
        weight = next((_WEIGHTS[word] for word in words if word in _WEIGHTS), weight)
        for word in words:
            arms.update(dict.fromkeys(_SIDES.get(word, ()), weight))
    return Shape(
        tuple(
            _turned(side, rail, reach, width, height)
            for side, weight in arms.items()
            if weight
            for rail, reach in _rails(side, arms)
        )
    )


def _rails(side: str, arms: dict[str, int]) -> list[tuple[tuple[float, float], float]]:
    """The lines that an arm is made of: from where to where across it, and how far each reaches beyond the centre."""
    across = [arms[other] for other in _ACROSS[side]]
    if _HEAVY in across:
        reach = 1.5
    elif across[0] != across[1] or arms[side] == arms[_OPPOSITE[side]]:
        reach = 1.5 if _DOUBLE in across else 0.5
    else:
        reach = -0.5 if across[0] else 0.5
    if arms[side] != _DOUBLE:
        half = 1.5 if arms[side] == _HEAVY else 0.5
        return [((-half, half), reach)]
    # Each of two lines ends where the double arm on its side begins.
    inner = [-0.5 if other == _DOUBLE else reach for other in across]
    return [((-1.5, -0.5), inner[0]), ((0.5, 1.5), inner[1])]


def _turned(side: str, rail: tuple[float, float], reach: float, width: int, height: int) -> Rectangle:
    x, y = width / 2, height / 2
    low, high = rail
    if side == "LEFT":
        return 0, y + low, x + reach, y + high
    if side == "RIGHT":
        return x - reach, y + low, width, y + high
    if side == "UP":
        return x + low, 0, x + high, y + reach
    return x + low, y - reach, x + high, height


def _dashes(name: str, count: int, width: int, height: int) -> Shape:
    half = 1.5 if "HEAVY" in name else 0.5
    length = height if "VERTICAL" in name else width
    dashes = [(length * (number + 0.25) / count, length * (number + 0.75) / count) for number in range(count)]
    if "VERTICAL" in name:
        return Shape(tuple((width / 2 - half, start, width / 2 + half, end) for start, end in dashes))
    return Shape(tuple((start, height / 2 - half, end, height / 2 + half) for start, end in dashes))


def _arc(name: str, width: int, height: int) -> Shape:
    x, y = width / 2, height / 2
    along, down = ("RIGHT" in name) * 2 - 1, ("DOWN" in name) * 2 - 1  # which way each arm goes, as 1 or -1
    straight = y - x
    path = f"v{-down * straight:g}q0 {-down * x:g} {along * x:g} {-down * x:g}"
    return Shape((), 1, ((x, height if down > 0 else 0, path),))


def _diagonals(name: str, width: int, height: int) -> Shape:
    rising, falling = (0, height, f"l{width} {-height}"), (0, 0, f"l{width} {height}")
    if "CROSS" in name:
        return Shape((), 1, (rising, falling))
    return Shape((), 1, (rising if "UPPER RIGHT" in name else falling,))


def _block(name: str, width: int, height: int) -> Shape:
    if name in _SHADES:
        return Shape(((0, 0, width, height),), _SHADES[name])
    if name == "FULL BLOCK":
        return Shape(((0, 0, width, height),))
    x, y = round(width / 2), round(height / 2)
    if name.startswith("QUADRANT "):
        quadrants = name.removeprefix("QUADRANT ").split(" AND ")
        return Shape(
            tuple(
                (
                    x if "RIGHT" in quadrant else 0,
                    y if "LOWER" in quadrant else 0,
                    width if "RIGHT" in quadrant else x,
                    height if "LOWER" in quadrant else y,
                )
                for quadrant in quadrants
            )
        )
    side, _, part = name.removesuffix(" BLOCK").partition(" ")
    eighths = _EIGHTHS[part]
    x, y = round(width * eighths / 8), round(height * eighths / 8)
    from_x, from_y = round(width * (8 - eighths) / 8), round(height * (8 - eighths) / 8)
    return Shape(
        {
            "LEFT": ((0, 0, x, height),),
            "RIGHT": ((from_x, 0, width, height),),
            "UPPER": ((0, 0, width, y),),
            "LOWER": ((0, from_y, width, height),),
        }[side]
    )
