"""Rows of styled text, from the escape sequences that an emulator gives for its screen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_PART = re.compile(
    r"""\x1b\]4;([0-9]+);rgb:(..)/(..)/(..)\x1b\\  # a colour of the palette
      | \x1b\[([0-9;:]*)m  # SGR
      | \x1b\][^\x1b]*\x1b\\ | \x1b\[[^@-~]*[@-~]
      | (\r?\n)
      | ([^\x1b\r\n]+)""",
    re.VERBOSE,
)

Colour = int | str | None
"""A number in the palette, `#rrggbb`, or None for the terminal's own."""


@dataclass(slots=True, frozen=True)
class Style:
    """How a piece of text looks."""

    foreground: Colour = None
    background: Colour = None
    bold: bool = False
    faint: bool = False
    italic: bool = False
    underline: bool = False
    inverse: bool = False
    invisible: bool = False
    strikethrough: bool = False


PLAIN = Style()


@dataclass(slots=True)
class Run:
    """A piece of a row in one style."""

    text: str
    style: Style


@dataclass(slots=True)
class StyledRows:
    """Rows of runs, and the palette that their colours are numbers in."""

    rows: list[list[Run]]
    palette: dict[int, str]


_SWITCHES = {1: "bold", 2: "faint", 3: "italic", 4: "underline", 7: "inverse", 8: "invisible", 9: "strikethrough"}


def parse(styled: str) -> StyledRows:
    """Return the rows that `styled` draws from its beginning on."""
    rows: list[list[Run]] = [[]]
    palette: dict[int, str] = {}
    style = PLAIN
    for part in _PART.finditer(styled):
        number, red, green, blue, rendition, newline, text = part.groups()
        if number is not None:
            palette[int(number)] = f"#{red}{green}{blue}"
        elif rendition is not None:
            style = _changed(style, rendition)
        elif newline is not None:
            rows.append([])
        elif text is not None:
            rows[-1].append(Run(text, style))
    return StyledRows(rows, palette)


def _changed(style: Style, rendition: str) -> Style:
    """Return `style` after SGR with these parameters (ECMA-48 8.3.117; ISO 8613-6 for colours)."""
    codes = rendition.split(";")
    while codes:
        code, _, detail = codes.pop(0).partition(":")
        number = int(code or 0)
        if number == 0:
            style = PLAIN
        elif number in _SWITCHES:
            style = replace(style, **{_SWITCHES[number]: detail != "0"})
        elif number in {38, 48, 58} and codes:
            colour = _colour(codes)
            if number == 38:
                style = replace(style, foreground=colour)
            elif number == 48:
                style = replace(style, background=colour)
        elif 30 <= number <= 37 or 90 <= number <= 97:
            style = replace(style, foreground=number - 30 if number < 90 else number - 82)
        elif 40 <= number <= 47 or 100 <= number <= 107:
            style = replace(style, background=number - 40 if number < 100 else number - 92)
    return style


def _colour(codes: list[str]) -> Colour:
    """Take a colour from the front of `codes`."""
    if codes.pop(0) == "5":
        return int(codes.pop(0))
    red, green, blue = (int(codes.pop(0)) for _ in range(3))
    return f"#{red:02x}{green:02x}{blue:02x}"
