"""Pictures of a screen."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bgterm.views.box_drawing import shape
from bgterm.views.drawing import HEIGHT, WIDTH
from bgterm.views.pieces import pieces, printable
from bgterm.views.screen import Screen
from bgterm.views.styled import BACKGROUND, FOREGROUND, Cursor, CursorShape, Run, Style, StyledRows

SVG = "{http://www.w3.org/2000/svg}"
PALETTE = (*(f"#{number:02x}0000" for number in range(256)),)
STYLED = (
    (Run(0, 8, "a <b> & "), Run(8, 3, "red", Style(foreground=1)), Run(12, 4, "bold", Style(foreground=1, bold=True))),
    (
        Run(0, 4, "back", Style(background="#010203")),
        Run(4, 7, "inverse", Style(inverse=True)),
        Run(11, 5, "curly", Style(underline="curly")),
        Run(16, 2, "日"),
        Run(18, 2, "本"),
        Run(20, 1, "x"),
    ),
    (Run(0, 4, "│ │─"),),
)


def screen(
    *rows: tuple[Run, ...],
    title: str = "a & b",
    cursor: tuple[int, int] | None = None,
    cursor_shape: CursorShape = "block",
    background: str = BACKGROUND,
) -> Screen:
    styled = StyledRows(rows, PALETTE, background=background, cursor_shape=cursor_shape)
    place = Cursor(*(cursor or (0, 0)))
    return Screen(("",) * len(rows), place, cursor is not None, title, len(rows), 40, False, (), True, 0, styled)


def elements(picture: str, name: str) -> list[ET.Element]:
    return list(ET.fromstring(picture).iterfind(f".//{SVG}g/{SVG}{name}"))  # noqa: S314 - our own


def drawn(picture: str) -> dict[str, dict[str, str]]:
    """The texts of an SVG picture with their attributes."""
    return {text.text or "": dict(text.attrib) for text in elements(picture, "text")}


def filled(picture: str) -> dict[str, set[tuple[float, ...]]]:
    """The rectangles of a picture by their colours: left, top, right and bottom of each."""
    found: dict[str, set[tuple[float, ...]]] = {}
    for path in elements(picture, "path"):
        if path.get("fill") != "none":
            rectangles = re.findall(r"M(\S+) (\S+?)H(\S+?)V(\S+?)H", path.attrib["d"])
            found.setdefault(path.attrib["fill"], set()).update(tuple(map(float, place)) for place in rectangles)
    return found


def test_an_svg_picture_has_the_words_in_their_colours() -> None:
    texts = drawn(screen(*STYLED).to_svg())
    assert texts["<b>"]["fill"] == FOREGROUND
    assert texts["red"]["fill"] == PALETTE[1]
    assert (texts["bold"]["fill"], texts["bold"]["font-weight"]) == (PALETTE[9], "bold")
    assert texts["inverse"]["fill"] == BACKGROUND


def test_words_are_in_the_columns_where_the_terminal_has_them() -> None:
    texts = drawn(screen(*STYLED).to_svg())
    assert float(texts["<b>"]["x"]) == 2 * WIDTH
    assert float(texts["bold"]["x"]) == 12 * WIDTH
    assert float(texts["x"]["x"]) == 20 * WIDTH
    assert float(texts["本"]["x"]) == 19 * WIDTH  # its middle


def test_the_title_is_shown() -> None:
    picture = ET.fromstring(screen(*STYLED).to_svg())  # noqa: S314 - our own
    assert [text.text for text in picture.iterfind(f"{SVG}text")] == ["a & b"]


def test_backgrounds_are_drawn_where_there_is_no_text_too() -> None:
    blank = Run(0, 40, " " * 40, Style(background=4))
    assert filled(screen((blank,), (blank,)).to_svg())[PALETTE[4]] == {
        (0, 0, 40 * WIDTH, HEIGHT),
        (0, HEIGHT, 40 * WIDTH, 2 * HEIGHT),
    }


def test_the_whole_picture_has_the_background_that_the_program_has_set() -> None:
    assert 'rx="8" fill="#123456"' in screen((), background="#123456").to_svg()
    assert "background: #123456" in screen((), background="#123456").to_html()


LOOKS = {
    "plain": (Style(), FOREGROUND, BACKGROUND),
    "of the palette": (Style(foreground=3, background=200), PALETTE[3], PALETTE[200]),
    "bold is bright": (Style(foreground=3, bold=True), PALETTE[11], BACKGROUND),
    "bold is not brighter than bright": (Style(foreground=11, bold=True), PALETTE[11], BACKGROUND),
    "bold has its background as it is": (Style(background=3, bold=True), FOREGROUND, PALETTE[3]),
    "inverse": (Style(inverse=True), BACKGROUND, FOREGROUND),
    "inverse of one colour": (Style(foreground=3, inverse=True), BACKGROUND, PALETTE[3]),
    "hidden": (Style(foreground=3, invisible=True), BACKGROUND, BACKGROUND),
    "hidden and inverse": (Style(foreground=3, invisible=True, inverse=True), PALETTE[3], PALETTE[3]),
    "faint": (Style(foreground="#ff0000", background="#0000ff", faint=True), "#aa0055", "#0000ff"),
}


@pytest.mark.parametrize(("style", "foreground", "background"), LOOKS.values(), ids=LOOKS)
def test_colours_are_those_that_are_seen(style: Style, foreground: str, background: str) -> None:
    (piece,) = pieces(screen((Run(0, 1, "x", style),)))
    assert (piece.foreground, piece.background) == (foreground, background)


LINES = {
    "single": (Style(underline="single"), {16}),
    "double": (Style(underline="double"), {16, 18}),
    "overline": (Style(overline=True), {0}),
    "strikethrough": (Style(strikethrough=True), {10}),
    "both": (Style(underline="single", strikethrough=True), {10, 16}),
}


@pytest.mark.parametrize(("style", "tops"), LINES.values(), ids=LINES)
def test_lines_at_text_go_on_under_blanks(style: Style, tops: set[int]) -> None:
    assert filled(screen((Run(0, 3, "a b", style),)).to_svg())[FOREGROUND] == {
        (0, top, 3 * WIDTH, top + 1) for top in tops
    }


def test_an_underline_has_its_own_colour() -> None:
    style = Style(underline="single", underline_colour=5)
    assert filled(screen((Run(0, 1, "a", style),)).to_svg()) == {PALETTE[5]: {(0, 16, WIDTH, 17)}}


def test_a_block_cursor_has_the_colour_of_text_and_shows_its_character() -> None:
    row = (Run(0, 3, "abc", Style(foreground=1)),)
    assert [(p.column, p.text, p.foreground, p.background) for p in pieces(screen(row, cursor=(0, 1)))] == [
        (0, "a", PALETTE[1], BACKGROUND),
        (1, "b", BACKGROUND, FOREGROUND),
        (2, "c", PALETTE[1], BACKGROUND),
    ]


@pytest.mark.parametrize("column", [16, 17])
def test_a_block_cursor_covers_a_wide_character(column: int) -> None:
    (covered,) = (p for p in pieces(screen((Run(16, 2, "日"),), cursor=(0, column))))
    assert (covered.columns, covered.foreground, covered.background) == (2, BACKGROUND, FOREGROUND)


def test_a_block_cursor_is_seen_on_text_of_its_own_colour() -> None:
    inverse = (Run(0, 1, "x", Style(foreground=1, background=2)), Run(1, 1, "y", Style(inverse=True)))
    assert [p.background for p in pieces(screen(inverse, cursor=(0, 0)))] == [FOREGROUND, FOREGROUND]
    assert [p.background for p in pieces(screen(inverse, cursor=(0, 1)))] == [PALETTE[2], BACKGROUND]


def test_a_block_cursor_is_seen_where_nothing_is_written_and_where_text_is_hidden() -> None:
    hidden = (Run(0, 1, "x", Style(invisible=True)),)
    for row, column in (((), 5), (hidden, 0)):
        (cursor,) = pieces(screen(row, cursor=(0, column)))
        assert (cursor.column, cursor.background) == (column, FOREGROUND)


@pytest.mark.parametrize(
    ("cursor_shape", "place"),
    [("bar", (WIDTH, 0, WIDTH + 2, HEIGHT)), ("underline", (WIDTH, HEIGHT - 2, 2 * WIDTH, HEIGHT))],
)
def test_other_cursors_are_lines(cursor_shape: CursorShape, place: tuple[float, ...]) -> None:
    shown = screen((), cursor=(0, 1), cursor_shape=cursor_shape)
    assert filled(shown.to_svg()) == {FOREGROUND: {place}}
    assert f"M{place[0]} {place[1]}H{place[2]}V{place[3]}" in shown.to_html()


SIDES = {"LEFT": (0, 9.5), "RIGHT": (9, 9.5), "UP": (4.5, 0), "DOWN": (4.5, 19)}


def arms(character: str) -> set[str]:
    """The sides of its cell that the name of a box drawing character speaks of."""
    words = set(unicodedata.name(character).split())
    return {
        side
        for side, of_both in (("LEFT", "HORIZONTAL"), ("RIGHT", "HORIZONTAL"), ("UP", "VERTICAL"), ("DOWN", "VERTICAL"))
        if {side, of_both} & words
    }


BOX_DRAWING = [chr(code) for code in range(0x2500, 0x2580)]
JOINED = [c for c in BOX_DRAWING if not {"ARC", "DASH", "DIAGONAL"} & set(unicodedata.name(c).split())]


@pytest.mark.parametrize("character", JOINED)
def test_box_drawing_touches_the_sides_of_its_cell_that_its_name_says_and_is_of_one_piece(character: str) -> None:
    rectangles = shape(character, 9, 19).filled
    touched = {
        side
        for left, top, right, bottom in rectangles
        for side, there in (("LEFT", left == 0), ("RIGHT", right == 9), ("UP", top == 0), ("DOWN", bottom == 19))
        if there
    }
    assert touched == arms(character)
    if "DOUBLE" not in unicodedata.name(character):
        pixels = {
            (x, y)
            for left, top, right, bottom in rectangles
            for x in range(int(left), int(right))
            for y in range(int(top), int(bottom))
        }
        assert (4, 9) in pixels
    for left, top, right, bottom in rectangles:
        assert 0 <= left < right <= 9 and 0 <= top < bottom <= 19
        assert all(edge == int(edge) for edge in (left, top, right, bottom)), "it would be blurred"


@pytest.mark.parametrize("character", [chr(code) for code in range(0x2580, 0x25A0)])
def test_block_elements_cover_what_their_names_say(character: str) -> None:
    drawn_shape = shape(character, 8, 16)
    covered = sum((right - left) * (bottom - top) for left, top, right, bottom in drawn_shape.filled) / (8 * 16)
    name = unicodedata.name(character)
    eighths = {"ONE EIGHTH": 1, "ONE QUARTER": 2, "THREE EIGHTHS": 3, "HALF": 4, "FIVE EIGHTHS": 5}
    eighths |= {"THREE QUARTERS": 6, "SEVEN EIGHTHS": 7, "FULL": 8, "QUADRANT": 2 * (name.count(" AND ") + 1)}
    shades = {"LIGHT SHADE": 2, "MEDIUM SHADE": 4, "DARK SHADE": 6}
    (expected,) = (part for words, part in (eighths | shades).items() if words in name)
    assert covered * drawn_shape.opacity == expected / 8


@pytest.mark.parametrize("character", [chr(code) for code in range(0x2500, 0x25A0)])
def test_box_drawing_is_drawn_and_not_written(character: str) -> None:
    picture = screen((Run(0, 3, character * 3),)).to_svg()
    assert not drawn(picture)
    assert elements(picture, "path")


def test_a_frame_has_no_gaps() -> None:
    frame = ((Run(0, 4, "┌──┐"),), (Run(0, 4, "│  │"),), (Run(0, 4, "└──┘"),))
    rectangles = filled(screen(*frame).to_svg())[FOREGROUND]
    assert any(left == 4 and right == 4 * WIDTH - 4 for left, _, right, _ in rectangles)
    for column in (4, 3 * WIDTH + 4):
        rows = {
            y for left, top, right, bottom in rectangles if left <= column < right for y in range(int(top), int(bottom))
        }
        assert rows == set(range(9, 2 * HEIGHT + 10))


def test_pictures_are_written_to_files(tmp_path: Path) -> None:
    shown = screen(*STYLED)
    assert shown.to_svg(tmp_path / "picture.svg") == (tmp_path / "picture.svg").read_text(encoding="utf-8")
    assert shown.to_html(tmp_path / "picture.html") == (tmp_path / "picture.html").read_text(encoding="utf-8")


class Page(HTMLParser):
    """The texts of a page of HTML, with the style that each has."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.styles: dict[str, str] = {}
        self._style: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "span":
            self._style.append(dict(attrs).get("style") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._style.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._style:
            self.styles[data] = self._style[-1]


def page(shown: Screen) -> Page:
    parser = Page()
    parser.feed(shown.to_html())
    parser.close()
    return parser


def test_a_page_of_html_has_the_text_in_its_rows() -> None:
    assert "a <b> & red bold\nbackinversecurly日本x\n│ │─" in page(screen(*STYLED)).text


def test_a_page_of_html_has_text_in_its_colours_and_columns() -> None:
    styles = page(screen(*STYLED)).styles
    assert styles["red"] == f"color:{PALETTE[1]}"
    assert styles["bold"] == f"color:{PALETTE[9]};font-weight:bold"
    assert styles["日"] == "width:2ch"
    assert styles["│"] == "color:transparent;width:1ch"


def test_a_page_of_html_has_the_shapes_of_the_svg_picture() -> None:
    shown = screen(*STYLED, cursor=(1, 2))
    shapes = re.findall("<path .*?/>", shown.to_html())
    assert shapes
    assert shapes == re.findall("<path .*?/>", shown.to_svg())[1:]  # the first is the window's


def test_nothing_that_xml_or_html_forbid_reaches_a_picture() -> None:
    """XML 1.0's production 2, and HTML's parse errors: in the text and in the title."""
    no_character = "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
    forbidden = re.compile(f"[^\n -~\xa0-\ud7ff\ue000-\U0010ffff]|[\ufdd0-\ufdef{no_character}]")
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert forbidden.search(printable(everything)) is None
    assert len(printable(everything)) == len(everything)
    assert set(everything) - set(printable(everything)) == {"\n", *forbidden.findall(everything)}
    text = "".join(forbidden.findall(everything)) + "\n"
    for runs in ((Run(0, len(text), text),), tuple(Run(at, 1, "a" + character) for at, character in enumerate(text))):
        shown = screen(runs, title=text)
        for picture in (shown.to_svg(), shown.to_html()):
            picture.encode()
            assert forbidden.search(picture) is None
        ET.fromstring(shown.to_svg())  # noqa: S314 - our own


def test_png_is_drawn_where_a_renderer_is_there(tmp_path: Path) -> None:
    if not any(
        map(shutil.which, ("rsvg-convert", "resvg", "inkscape", "chromium", "chromium-browser", "google-chrome"))
    ):
        with pytest.raises(FileNotFoundError, match="rsvg-convert"):
            screen(*STYLED).to_png(tmp_path / "picture.png")
        return
    screen(*STYLED).to_png(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
