"""Pictures of a screen, as SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from bgterm.views.box_drawing import CHARACTERS
from bgterm.views.drawing import BASELINE, FONT, HEIGHT, SIZE, WIDTH, drawing
from bgterm.views.pieces import Piece, pieces, printable

if TYPE_CHECKING:
    from bgterm.views.styled import Shown

_FRAME, _TITLE = "#2a2d30", "#9a9ea2"
_BUTTONS = ("#ec6a5e", "#f4bf4f", "#61c554")
_BUTTONS_WIDTH = 70
MARGIN, BAR = 12, 30
_WORD = re.compile(f"[^ {CHARACTERS}]+")


def svg(screen: Shown) -> str:
    """Return the screen as SVG, in a window with its title."""
    width, height = screen.cols * WIDTH + 2 * MARGIN, screen.rows * HEIGHT + BAR + MARGIN
    title = printable(screen.title)
    drawn = pieces(screen)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            f' font-family="{escape(FONT)}" font-size="{SIZE}">'
        ),
        f"<title>{escape(title or 'terminal')}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{screen.styled.background}"/>',
        f'<path d="M0 {BAR - 6}V8a8 8 0 0 1 8-8H{width - 8}a8 8 0 0 1 8 8V{BAR - 6}Z" fill="{_FRAME}"/>',
        *(f'<circle cx="{16 + 18 * number}" cy="12" r="5.5" fill="{fill}"/>' for number, fill in enumerate(_BUTTONS)),
        f'<text x="50%" y="16.5" font-size="12" text-anchor="middle" fill="{_TITLE}">{escape(title)}</text>',
        f'<g transform="translate({MARGIN} {BAR})">',
        *drawing(screen, drawn),
    ]
    for piece in drawn:
        parts += _text(piece)
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _text(piece: Piece) -> Iterator[str]:
    """The words of a piece, each of them in its place: the columns stay true in whatever font there is."""
    looks = (
        f' y="{piece.row * HEIGHT + BASELINE:g}" fill="{piece.foreground}"'
        + (' font-weight="bold"' if piece.style.bold else "")
        + (' font-style="italic"' if piece.style.italic else "")
    )
    if len(piece.text) != piece.columns:  # one character, of two columns, or with others that join it
        middle = (piece.column + piece.columns / 2) * WIDTH
        yield f'<text x="{middle:g}" text-anchor="middle"{looks}>{escape(piece.text)}</text>'
        return
    for word in _WORD.finditer(piece.text):
        yield (
            f'<text x="{(piece.column + word.start()) * WIDTH}" textLength="{len(word[0]) * WIDTH}"'
            f' lengthAdjust="spacingAndGlyphs"{looks}>{escape(word[0])}</text>'
        )
