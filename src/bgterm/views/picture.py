"""Pictures of a screen."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from bgterm.views.row import NARROW_CHARACTERS, columns_of
from bgterm.views.styled import Colour, Style, parse

if TYPE_CHECKING:
    from bgterm.views.screen import Screen

FOREGROUND, BACKGROUND = "#c5c8c6", "#16181a"
_FRAME, _TITLE = "#2a2d30", "#9a9ea2"
_BUTTONS = ("#ec6a5e", "#f4bf4f", "#61c554")
_FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace"
_SIZE, _WIDTH, _HEIGHT, _ASCENT = 14, 8.43, 18, 13.5  # pixels: of the letters, and of a cell
_MARGIN, _BAR = 12, 30
_SAME_WIDTH = re.compile(f"[{NARROW_CHARACTERS}]+|[^{NARROW_CHARACTERS}]+")
_BASIC_COLOURS = 8
_CHROMIUM = ("--headless", "--no-sandbox", "--hide-scrollbars", "--screenshot={target}", "{source}")
_RENDERERS = (
    ("rsvg-convert", ("--zoom=2", "--output={target}", "{source}")),
    ("resvg", ("--zoom", "2", "{source}", "{target}")),
    ("inkscape", ("--export-type=png", "--export-filename={target}", "{source}")),
    ("chromium", _CHROMIUM),
    ("chromium-browser", _CHROMIUM),
    ("google-chrome", _CHROMIUM),
)


@dataclass(slots=True)
class _Piece:
    """A run of text in its place, with its colours as they are seen."""

    row: int
    column: int
    columns: int
    text: str
    foreground: str
    background: str
    style: Style


def svg(screen: Screen) -> str:
    """Return the screen as SVG, in a window with its title."""
    width, height = screen.cols * _WIDTH + 2 * _MARGIN, screen.rows * _HEIGHT + _BAR + _MARGIN
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}"'
            f' viewBox="0 0 {width:.0f} {height}" font-family="{escape(_FONT)}" font-size="{_SIZE}">'
        ),
        f"<title>{escape(screen.title or 'terminal')}</title>",
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
        f'<path d="M0 {_BAR - 6}V8a8 8 0 0 1 8-8H{width - 8:.0f}a8 8 0 0 1 8 8V{_BAR - 6}Z" fill="{_FRAME}"/>',
        *(f'<circle cx="{16 + 18 * number}" cy="12" r="5.5" fill="{fill}"/>' for number, fill in enumerate(_BUTTONS)),
        f'<text x="50%" y="16.5" font-size="12" text-anchor="middle" fill="{_TITLE}">{escape(screen.title)}</text>',
        f'<g transform="translate({_MARGIN} {_BAR})">',
    ]
    pieces = list(_pieces(screen))
    parts.append('<g shape-rendering="crispEdges">')  # without it lines show between the cells
    parts += [_svg_background(piece) for piece in pieces if piece.background != BACKGROUND]
    parts.append("</g>")
    parts += [_svg_text(piece) for piece in pieces if piece.text.strip()]
    if screen.cursor_visible:
        row, column = screen.cursor
        parts.append(
            f'<rect x="{column * _WIDTH:.2f}" y="{row * _HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
            f' fill="{FOREGROUND}" opacity="0.55"/>'
        )
    return "\n".join([*parts, "</g>", "</svg>", ""])


def _svg_background(piece: _Piece) -> str:
    return (
        f'<rect x="{piece.column * _WIDTH:.2f}" y="{piece.row * _HEIGHT}" width="{piece.columns * _WIDTH:.2f}"'
        f' height="{_HEIGHT}" fill="{piece.background}"/>'
    )


def _svg_text(piece: _Piece) -> str:
    style = piece.style
    lines = " ".join(
        line for line, there in (("underline", style.underline), ("line-through", style.strikethrough)) if there
    )
    return (
        f'<text x="{piece.column * _WIDTH:.2f}" y="{piece.row * _HEIGHT + _ASCENT}" fill="{piece.foreground}"'
        # The columns stay true in whatever font there is.
        f' textLength="{piece.columns * _WIDTH:.2f}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"'
        + (' font-weight="bold"' if style.bold else "")
        + (' font-style="italic"' if style.italic else "")
        + (' opacity="0.6"' if style.faint else "")
        + (f' text-decoration="{lines}"' if lines else "")
        + f">{escape(piece.text)}</text>"
    )


def html(screen: Screen) -> str:
    """Return the screen as a page of HTML."""
    rows: list[list[str]] = [[] for _ in range(screen.rows)]
    for piece in _pieces(screen):
        rows[piece.row].append(f'<span style="{escape(_css(piece))}">{escape(piece.text)}</span>')
    text = "\n".join("".join(row) for row in rows)
    title = escape(screen.title or "terminal")
    look = (
        f"font: {_SIZE}px/1.3 {_FONT}; color: {FOREGROUND}; background: {BACKGROUND};"
        f" padding: {_MARGIN}px; width: {screen.cols}ch; border-radius: 8px"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n<body>\n'
        f'<pre style="{escape(look)}">{text}</pre>\n</body>\n</html>\n'
    )


def _css(piece: _Piece) -> str:
    style = piece.style
    css = [f"color: {piece.foreground}"]
    if piece.background != BACKGROUND:
        css.append(f"background: {piece.background}")
    if style.bold:
        css.append("font-weight: bold")
    if style.italic:
        css.append("font-style: italic")
    if style.faint:
        css.append("opacity: 0.6")
    if style.underline:
        css.append("text-decoration: underline")
    elif style.strikethrough:
        css.append("text-decoration: line-through")
    return "; ".join(css)


def _pieces(screen: Screen) -> Iterator[_Piece]:
    styled = parse(screen.styled)
    for number, row in enumerate(styled.rows[: screen.rows]):
        column = 0
        for run in row:
            style = run.style
            foreground = _seen(style.foreground, FOREGROUND, styled.palette, bright=style.bold)
            background = _seen(style.background, BACKGROUND, styled.palette)
            if style.inverse:
                foreground, background = background, foreground
            if style.invisible:
                foreground = background
            # Characters of other widths are placed apart: fonts do not agree about theirs.
            for text in _SAME_WIDTH.findall(run.text):
                columns = sum(map(columns_of, text))
                yield _Piece(number, column, columns, text, foreground, background, style)
                column += columns


def _seen(colour: Colour, own: str, palette: dict[int, str], *, bright: bool = False) -> str:
    if colour is None:
        return own
    if isinstance(colour, str):
        return colour
    if bright and colour < _BASIC_COLOURS:
        colour += _BASIC_COLOURS  # bold is bright in the basic colours, as on most terminals
    return palette.get(colour, own)


def png(screen: Screen, path: str | os.PathLike[str]) -> None:
    """Write the screen to `path` as PNG: see `Screen.to_png`."""
    target = os.path.abspath(path)
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "screen.svg")
        screen.to_svg(source)
        for name, arguments in _RENDERERS:
            if program := shutil.which(name):
                command = [program, *(argument.format(source=source, target=target) for argument in arguments)]
                done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
                if done.returncode or not os.path.exists(target):
                    raise RuntimeError(f"{name} could not draw the screen: {done.stderr.strip()}")
                return
    names = ", ".join(name for name, _ in _RENDERERS)
    raise FileNotFoundError(f"there is no renderer for PNG on this machine: install one of {names}, or use to_svg")
