"""A screen as it is drawn: pieces of text in their places, in the colours that are seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bgterm.views.styled import Colour, Run, Shown, Style, StyledRows

_BASIC_COLOURS = 8
_FAINT = 2 / 3  # of the contrast is left to faint text, as in xterm

# What XML 1.0 (2.2) or HTML (13.2.3.5, "preprocessing the input stream") have no place for: controls, surrogates, and
# code points that are no characters.
_FORBIDDEN = re.compile(
    "[\0-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + 0xFFFE) + chr(plane + 0xFFFF) for plane in range(0, 0x110000, 0x10000))
    + "]"
)


@dataclass(slots=True, frozen=True)
class Piece:
    """A run of text in its place, with its colours as they are seen: of characters of one column each, or of one."""

    row: int
    column: int
    columns: int
    text: str
    foreground: str
    background: str
    underline: str
    """The colour of the line under it."""
    style: Style


def pieces(screen: Shown) -> list[Piece]:
    """Return what is drawn of the screen, from the top left; a block cursor is among it."""
    styled = screen.styled
    cursor = screen.cursor if screen.cursor_visible and styled.cursor_shape == "block" else None
    drawn: list[Piece] = []
    for number, row in enumerate(styled.rows[: screen.rows]):
        runs = [_piece(number, run, styled) for run in row]
        if cursor is not None and cursor.row == number:
            runs = list(_with_cursor(runs, cursor.column, _piece(number, Run(cursor.column, 1, " "), styled), styled))
        drawn += runs
    return drawn


def printable(text: str) -> str:
    """Return the text with U+FFFD for all that neither XML nor HTML may have."""
    return _FORBIDDEN.sub("\ufffd", text)


def _piece(row: int, run: Run, styled: StyledRows) -> Piece:
    style = run.style
    foreground = _seen(style.foreground, styled.foreground, styled, bright=style.bold)
    background = _seen(style.background, styled.background, styled)
    if style.inverse:
        foreground, background = background, foreground
    if style.faint:
        foreground = _mixed(foreground, background)
    underline = _seen(style.underline_colour, foreground, styled)
    if style.invisible:
        foreground = underline = background
    return Piece(row, run.column, run.columns, printable(run.text), foreground, background, underline, style)


def _seen(colour: Colour, own: str, styled: StyledRows, *, bright: bool = False) -> str:
    if colour is None:
        return own
    if isinstance(colour, str):
        return colour
    if bright and colour < _BASIC_COLOURS:
        colour += _BASIC_COLOURS  # bold is bright in the basic colours, as on most terminals
    return styled.palette[colour] if colour < len(styled.palette) else own


def _mixed(colour: str, background: str) -> str:
    parts = zip(bytes.fromhex(colour[1:]), bytes.fromhex(background[1:]), strict=True)
    return f"#{bytes(round(of * _FAINT + behind * (1 - _FAINT)) for of, behind in parts).hex()}"


def _with_cursor(row: list[Piece], column: int, blank: Piece, styled: StyledRows) -> Iterator[Piece]:
    """The row with the character at `column`, which may be the `blank`, in the colours of a block cursor."""
    found = False
    for piece in row:
        if not piece.column <= column < piece.column + piece.columns:
            yield piece
            continue
        found = True
        if len(piece.text) != piece.columns or piece.columns == 1:  # one character
            yield _under_cursor(piece, styled)
            continue
        at = column - piece.column
        for start, end in ((0, at), (at, at + 1), (at + 1, piece.columns)):
            part = replace(piece, column=piece.column + start, columns=end - start, text=piece.text[start:end])
            if part.columns:
                yield _under_cursor(part, styled) if start == at else part
    if not found:
        yield _under_cursor(blank, styled)


def _under_cursor(piece: Piece, styled: StyledRows) -> Piece:
    # A block in the colour of the cell's background would not be seen; text may be hidden in it.
    colours = (styled.cursor or styled.foreground, piece.foreground, styled.foreground, styled.background)
    block = next((colour for colour in colours if colour != piece.background), piece.foreground)
    return replace(piece, foreground=piece.background, background=block)
