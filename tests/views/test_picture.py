"""Pictures of a screen."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bgterm.views.picture import BACKGROUND, FOREGROUND
from bgterm.views.screen import Cursor, Screen
from bgterm.views.styled import PLAIN, Run, Style, parse

SVG = "{http://www.w3.org/2000/svg}"
STYLED = (
    "\x1b]4;1;rgb:cc/66/66\x1b\\\x1b]4;9;rgb:ff/00/00\x1b\\"
    "a <b> & \x1b[0m\x1b[38;5;1mred\x1b[0m \x1b[1m\x1b[31mbold\x1b[0m\r\n"
    "\x1b[48;2;1;2;3mback\x1b[0m\x1b[7minverse\x1b[0m\x1b[4:3mcurly\x1b[0m日本x"
)


def screen(styled: str = STYLED, title: str = "a & b") -> Screen:
    return Screen(("", ""), Cursor(1, 2), True, title, 2, 40, False, (), True, 0, styled)


def drawn(picture: str) -> dict[str, dict[str, str]]:
    """The texts of an SVG picture with their attributes."""
    texts = ET.fromstring(picture).iterfind(f".//{SVG}g/{SVG}text")  # noqa: S314 - our own
    return {text.text or "": dict(text.attrib) for text in texts}


def test_styles_are_those_of_the_escape_sequences() -> None:
    parsed = parse(STYLED)
    assert parsed.palette == {1: "#cc6666", 9: "#ff0000"}
    assert parsed.rows == [
        [
            Run("a <b> & ", PLAIN),
            Run("red", Style(foreground=1)),
            Run(" ", PLAIN),
            Run("bold", Style(foreground=1, bold=True)),
        ],
        [
            Run("back", Style(background="#010203")),
            Run("inverse", Style(inverse=True)),
            Run("curly", Style(underline=True)),
            Run("日本x", PLAIN),
        ],
    ]


def test_an_svg_picture_has_the_texts_in_their_colours() -> None:
    texts = drawn(screen().to_svg())
    assert texts["a <b> & "]["fill"] == FOREGROUND
    assert texts["red"]["fill"] == "#cc6666"
    assert (texts["bold"]["fill"], texts["bold"]["font-weight"]) == ("#ff0000", "bold")
    assert texts["inverse"]["fill"] == BACKGROUND
    assert texts["curly"]["text-decoration"] == "underline"


def test_columns_are_where_the_terminal_has_them() -> None:
    texts = drawn(screen().to_svg())
    column = float(texts["red"]["x"]) / 8
    assert abs(float(texts["bold"]["x"]) / column - 12) < 0.1
    assert abs(float(texts["x"]["x"]) - float(texts["日本"]["x"]) - 4 * column) < 0.1


def test_the_title_is_shown() -> None:
    picture = ET.fromstring(screen().to_svg())  # noqa: S314 - our own
    assert [text.text for text in picture.iterfind(f"{SVG}text")] == ["a & b"]


def test_pictures_are_written_to_files(tmp_path: Path) -> None:
    shown = screen()
    assert shown.to_svg(tmp_path / "picture.svg") == (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert shown.to_html(tmp_path / "picture.html") == (tmp_path / "picture.html").read_text(encoding="utf-8")


def test_a_page_of_html_has_the_text() -> None:
    class Text(HTMLParser):
        text = ""

        def handle_data(self, data: str) -> None:
            self.text += data

    parser = Text()
    parser.feed(screen().to_html())
    assert "a <b> & red bold\nbackinversecurly日本x" in parser.text


def test_png_is_drawn_where_a_renderer_is_there(tmp_path: Path) -> None:
    if not any(
        map(shutil.which, ("rsvg-convert", "resvg", "inkscape", "chromium", "chromium-browser", "google-chrome"))
    ):
        with pytest.raises(FileNotFoundError, match="rsvg-convert"):
            screen().to_png(tmp_path / "picture.png")
        return
    screen().to_png(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
