"""What a terminal shows at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bgterm.errors import BgtermError
from bgterm.views.styled import Cursor, StyledRows

if TYPE_CHECKING:
    import os


@dataclass(slots=True)
class Screen:
    """What a terminal shows at one moment. It does not change when the terminal does."""

    lines: tuple[str, ...]
    """The rows from the top, without the blanks at their ends; there are `rows` of them."""
    cursor: Cursor
    """Where the cursor is, as `(row, column)` from 0. A wide character takes two columns."""
    cursor_visible: bool
    title: str
    """The window's title, as the program has set it."""
    rows: int
    cols: int
    alternate: bool
    """Whether this is the alternate screen, which full-screen programs use."""
    scrollback: tuple[str, ...]
    """The rows above the screen, as many as were asked for."""
    complete: bool
    """False where the beginning of the output was not kept any more when the screen was first asked for, so that what
    was drawn back then may be missing; or where the screen was too large to be drawn for a time."""
    end_offset: int
    """The output up to this absolute offset is what it shows."""
    styled: StyledRows = field(repr=False, default_factory=StyledRows)
    """The rows with their colours and attributes."""

    @property
    def text(self) -> str:
        """The lines as one text, without the empty ones at the end."""
        return "\n".join(self.lines).rstrip("\n")

    def __str__(self) -> str:
        return self.text

    def _repr_svg_(self) -> str:
        """What notebooks show."""
        return self.to_svg()

    def to_svg(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return a picture of the screen as SVG, and write it to `path` where one is given. Raises OSError."""
        from bgterm.views.picture import svg  # noqa: PLC0415 - few who look at screens draw them

        return _written(svg(self), path)

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the screen as an HTML page, and write it to `path` where one is given. Raises OSError."""
        from bgterm.views.web_page import html  # noqa: PLC0415 - as above

        return _written(html(self), path)

    def to_png(self, path: str | os.PathLike[str]) -> None:
        """Write a picture of the screen to `path`, by the renderer that is on this machine.

        One of rsvg-convert, resvg, inkscape and Chromium is used.

        Raises FileNotFoundError where there is none of them, RuntimeError where it fails.
        """
        from bgterm.views.png import png  # noqa: PLC0415 - as above

        png(self.to_svg(), path)


class ScreenTimeoutError(BgtermError, TimeoutError):
    """The screen did not show what was expected; the message has what it showed, and so has `screen`."""

    def __init__(self, message: str, *, screen: Screen) -> None:
        super().__init__(message)
        self.screen = screen


def _written(picture: str, path: str | os.PathLike[str] | None) -> str:
    if path is not None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(picture)
    return picture
