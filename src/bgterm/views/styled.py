"""How a screen looks: rows of styled text, and the colours that they are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

FOREGROUND, BACKGROUND = "#c5c8c6", "#16181a"
"""The terminal's own colours, until the program sets others."""

Colour = int | str | None
"""A number in the palette, `#rrggbb`, or None for the terminal's own."""

Underline = Literal["", "single", "double", "curly", "dotted", "dashed"]
CursorShape = Literal["bar", "block", "underline"]


@dataclass(slots=True, frozen=True)
class Style:
    """How a piece of text looks."""

    foreground: Colour = None
    background: Colour = None
    underline_colour: Colour = None
    """None for that of the text."""
    underline: Underline = ""
    bold: bool = False
    faint: bool = False
    italic: bool = False
    blink: bool = False
    inverse: bool = False
    invisible: bool = False
    strikethrough: bool = False
    overline: bool = False


PLAIN = Style()


class Run(NamedTuple):
    """A piece of a row in one style: either characters of one column each, or one character with all that joins it."""

    column: int
    columns: int
    text: str
    style: Style = PLAIN


@dataclass(slots=True, frozen=True)
class StyledRows:
    """What a screen shows: in each row the runs from left to right. Blank cells without a style are in none of them."""

    rows: tuple[tuple[Run, ...], ...] = ()
    palette: tuple[str, ...] = ()
    """256 colours as `#rrggbb`."""
    foreground: str = FOREGROUND
    background: str = BACKGROUND
    cursor: str | None = None
    """The colour of the cursor, where the program has set one."""
    cursor_shape: CursorShape = "block"


class Cursor(NamedTuple):
    """A place on the screen, counted from 0: it stands in `lines[row]`."""

    row: int
    column: int


class Shown(Protocol):
    """What is drawn of a screen: see `Screen`."""

    rows: int
    cols: int
    title: str
    cursor: Cursor
    cursor_visible: bool
    styled: StyledRows
