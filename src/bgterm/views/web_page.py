"""Pictures of a screen, as a page of HTML: text that can be copied, over a drawing of all that is not text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from bgterm.views.box_drawing import CHARACTERS
from bgterm.views.drawing import FONT, HEIGHT, SIZE, WIDTH, drawing
from bgterm.views.picture import MARGIN
from bgterm.views.pieces import Piece, pieces, printable

if TYPE_CHECKING:
    from bgterm.views.styled import Shown

# Letters, of which fonts agree that they are one column wide; what is drawn; and all else, one by one.
_SAME_WIDTH = re.compile(f"[ -~\u00a0-\u02ff]+|[{CHARACTERS}]+|.", re.DOTALL)
_DRAWN = re.compile(f"[{CHARACTERS}]")
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
pre {{ position: relative; margin: 0; padding: {margin}px; border-radius: 8px; width: {cols}ch;
  font: {size}px/{height}px {font}; font-variant-ligatures: none; color: {foreground}; background: {background} }}
pre svg {{ position: absolute; left: {margin}px; top: {margin}px; width: {cols}ch; height: {rows_height}px }}
pre span {{ position: relative }}
pre .w {{ display: inline-block; height: {height}px; vertical-align: top; text-align: center }}
</style>
</head>
<body>
<pre><svg viewBox="0 0 {drawing_width} {rows_height}" preserveAspectRatio="none" aria-hidden="true">
{drawing}
</svg>{text}</pre>
</body>
</html>
"""


def html(screen: Shown) -> str:
    """Return the screen as a page of HTML."""
    drawn = pieces(screen)
    rows: list[list[Piece]] = [[] for _ in range(screen.rows)]
    for piece in drawn:
        rows[piece.row].append(piece)
    return _PAGE.format(
        title=escape(printable(screen.title) or "terminal"),
        margin=MARGIN,
        cols=screen.cols,
        size=SIZE,
        height=HEIGHT,
        font=FONT,
        foreground=screen.styled.foreground,
        background=screen.styled.background,
        rows_height=screen.rows * HEIGHT,
        drawing_width=screen.cols * WIDTH,
        drawing="\n".join(drawing(screen, drawn)),
        text="\n".join("".join(_row(row, screen.styled.foreground)) for row in rows),
    )


def _row(row: list[Piece], own: str) -> Iterator[str]:
    column = 0
    for piece in row:
        yield " " * (piece.column - column)
        column = piece.column + piece.columns
        css = [f"color:{piece.foreground}"] if piece.foreground != own else []
        css += ["font-weight:bold"] if piece.style.bold else []
        css += ["font-style:italic"] if piece.style.italic else []
        texts = _SAME_WIDTH.findall(piece.text) if len(piece.text) == piece.columns else [piece.text]
        for text in texts:
            yield _span(text, len(text) if len(texts) > 1 else piece.columns, css)


def _span(text: str, columns: int, css: list[str]) -> str:
    if _DRAWN.match(text):
        css = ["color:transparent"]  # it is in the drawing, and stands here to be copied
    elif text.isascii():
        return f'<span style="{";".join(css)}">{escape(text)}</span>' if text.strip() else text
    return f'<span class="w" style="{";".join([*css, f"width:{columns}ch"])}">{escape(text)}</span>'
