"""What is drawn by shapes in pictures of a screen, as SVG: backgrounds, frames, lines at text, and the cursor.

Text cannot do it: fonts leave gaps between box drawing characters, browsers between the backgrounds of rows, and each
draws underlines of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bgterm.views.box_drawing import CHARACTERS, Rectangle, shape

if TYPE_CHECKING:
    from bgterm.views.pieces import Piece
    from bgterm.views.styled import Shown

# Pixels. A cell's are odd, so that a line of one pixel can be in its middle, and whole, so that cells meet.
WIDTH, HEIGHT = 9, 19
BASELINE = 14.5
SIZE = 14.95  # of the letters: those of DejaVu Sans Mono, Menlo and most others are then as wide as a cell
FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"

_DRAWN = re.compile(f"[{CHARACTERS}]")
_UNDER, _THROUGH = 16, 10  # the line under text, and the one through it
_WAVE = "q1.125 -2 2.25 0t2.25 0t2.25 0t2.25 0"  # one cell wide
_BROKEN = {"dotted": ((0, 1), (2, 3), (4, 5), (6, 7)), "dashed": ((0, 3), (5, 8))}
_BAR = 2  # pixels of a cursor that is no block


class _Paths:
    """Shapes by their colours."""

    def __init__(self) -> None:
        self._filled: dict[tuple[str, float], dict[tuple[float, float], list[tuple[float, float]]]] = {}
        self._stroked: dict[str, list[str]] = {}

    def fill(self, colour: str, rectangle: Rectangle, opacity: float = 1) -> None:
        """Add a rectangle, which comes after those on its left, and join it to them where they meet."""
        left, top, right, bottom = rectangle
        spans = self._filled.setdefault((colour, opacity), {}).setdefault((top, bottom), [])
        if spans and spans[-1][0] <= left <= spans[-1][1]:
            left, right = spans[-1][0], max(spans.pop()[1], right)
        spans.append((left, right))

    def stroke(self, colour: str, x: float, y: float, path: str) -> None:
        """Add a line that begins at x, y and goes on by `path`."""
        self._stroked.setdefault(colour, []).append(f"M{x:g} {y:g}{path}")

    def svg(self) -> Iterator[str]:
        """The elements."""
        for (colour, opacity), rows in self._filled.items():
            path = "".join(
                f"M{left:g} {top:g}H{right:g}V{bottom:g}H{left:g}z"
                for (top, bottom), spans in rows.items()
                for left, right in spans
            )
            through = f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
            # Smoothed edges would show where rectangles meet.
            yield f'<path shape-rendering="crispEdges" fill="{colour}"{through} d="{path}"/>'
        for colour, lines in self._stroked.items():
            yield f'<path fill="none" stroke="{colour}" d="{"".join(lines)}"/>'


def drawing(screen: Shown, pieces: Iterable[Piece]) -> list[str]:
    """Return the elements of SVG that are drawn before the text, the cell at the top left beginning at 0, 0."""
    backgrounds, shapes = _Paths(), _Paths()
    for piece in pieces:
        x, y = piece.column * WIDTH, piece.row * HEIGHT
        if piece.background != screen.styled.background:
            backgrounds.fill(piece.background, (x, y, x + piece.columns * WIDTH, y + HEIGHT))
        for found in _DRAWN.finditer(piece.text):
            _draw(shapes, found[0], x + found.start() * WIDTH, y, piece.foreground)
        _lines_at_text(shapes, piece, x, y)
    cursor = _Paths()
    if screen.cursor_visible and screen.styled.cursor_shape != "block":
        x, y = screen.cursor.column * WIDTH, screen.cursor.row * HEIGHT
        bar = screen.styled.cursor_shape == "bar"
        rectangle = (x, y, x + _BAR, y + HEIGHT) if bar else (x, y + HEIGHT - _BAR, x + WIDTH, y + HEIGHT)
        cursor.fill(screen.styled.cursor or screen.styled.foreground, rectangle)
    return [*backgrounds.svg(), *shapes.svg(), *cursor.svg()]


def _draw(paths: _Paths, character: str, x: float, y: float, colour: str) -> None:
    drawn = shape(character, WIDTH, HEIGHT)
    for left, top, right, bottom in drawn.filled:
        paths.fill(colour, (x + left, y + top, x + right, y + bottom), drawn.opacity)
    for start_x, start_y, path in drawn.stroked:
        paths.stroke(colour, x + start_x, y + start_y, path)


def _lines_at_text(paths: _Paths, piece: Piece, x: float, y: float) -> None:
    style, end = piece.style, x + piece.columns * WIDTH
    tops = [(0, piece.foreground)] if style.overline else []
    tops += [(_THROUGH, piece.foreground)] if style.strikethrough else []
    tops += [(_UNDER, piece.underline)] if style.underline in {"single", "double"} else []
    tops += [(_UNDER + 2, piece.underline)] if style.underline == "double" else []
    for top, colour in tops:
        paths.fill(colour, (x, y + top, end, y + top + 1))
    for left in range(int(x), int(end), WIDTH):
        if style.underline == "curly":
            paths.stroke(piece.underline, left, y + _UNDER + 0.5, _WAVE)
        for start, stop in _BROKEN.get(style.underline, ()):
            paths.fill(piece.underline, (left + start, y + _UNDER, left + stop, y + _UNDER + 1))
