"""The styled rows of a screen, as the emulator has them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pyghostty")
from bgterm.views.emulator import Emulator
from bgterm.views.styled import BACKGROUND, FOREGROUND, Run, Style


def emulator(output: str, rows: int = 3, cols: int = 10) -> Emulator:
    shown = Emulator(rows, cols)
    shown.feed(output.encode("utf-8", "surrogatepass"))
    return shown


def first_row(output: str, cols: int = 10) -> tuple[Run, ...]:
    return emulator(output, cols=cols).styled().rows[0]


STYLES = {
    "31": Style(foreground=1),
    "95": Style(foreground=13),
    "42": Style(background=2),
    "103": Style(background=11),
    "38;5;200": Style(foreground=200),
    "48:2::1:2:3": Style(background="#010203"),
    "1": Style(bold=True),
    "2": Style(faint=True),
    "3": Style(italic=True),
    "4": Style(underline="single"),
    "21": Style(underline="double"),
    "4:3": Style(underline="curly"),
    "4:4": Style(underline="dotted"),
    "4:5": Style(underline="dashed"),
    "4;58;5;9": Style(underline="single", underline_colour=9),
    "5": Style(blink=True),
    "7": Style(inverse=True),
    "8": Style(invisible=True),
    "9": Style(strikethrough=True),
    "53": Style(overline=True),
    "1;31;44": Style(foreground=1, background=4, bold=True),
}


@pytest.mark.parametrize(("rendition", "style"), STYLES.items(), ids=STYLES)
def test_text_has_the_style_of_its_rendition(rendition: str, style: Style) -> None:
    assert first_row(f"a\x1b[{rendition}mb\x1b[0mc") == (Run(0, 1, "a"), Run(1, 1, "b", style), Run(2, 1, "c"))


def test_rows_with_a_background_and_no_text_keep_it() -> None:
    blue = Run(0, 10, " " * 10, Style(background=4))
    assert emulator("\x1b[44m\x1b[2J").styled().rows == ((blue,), (blue,), (blue,))


def test_blank_rows_without_a_style_are_empty() -> None:
    assert emulator("a").styled().rows == ((Run(0, 1, "a"),), (), ())


CHARACTERS = {
    "日本x": [(0, 2, "日"), (2, 2, "本"), (4, 1, "x")],
    "e\u0301x": [(0, 1, "e\u0301"), (1, 1, "x")],
    "\U0001f469\u200d\U0001f467": [(0, 2, "\U0001f469\u200d"), (2, 2, "\U0001f467")],
    "a\tb": [(0, 9, "a       b")],
    "012345678日": [(0, 9, "012345678")],
}


@pytest.mark.parametrize(("text", "runs"), CHARACTERS.items(), ids=map(ascii, CHARACTERS))
def test_characters_stand_in_their_columns(text: str, runs: list[tuple[int, int, str]]) -> None:
    assert first_row(text) == tuple(Run(*run) for run in runs)


def test_colours_are_those_that_the_program_has_set() -> None:
    styled = emulator("").styled()
    assert (styled.foreground, styled.background, styled.cursor) == (FOREGROUND, BACKGROUND, None)
    assert len(styled.palette) == 256
    own = "\x1b]4;1;#010203\x07\x1b]10;#111213\x07\x1b]11;#212223\x07\x1b]12;#313233\x07"
    styled = emulator(own).styled()
    assert styled.palette[1] == "#010203"
    assert (styled.foreground, styled.background, styled.cursor) == ("#111213", "#212223", "#313233")
    styled = emulator(f"{own}\x1b]104\x07\x1b]110\x07\x1b]111\x07\x1b]112\x07").styled()
    assert (styled.foreground, styled.background, styled.cursor) == (FOREGROUND, BACKGROUND, None)


def test_a_reversed_screen_has_its_colours_exchanged() -> None:
    styled = emulator("\x1b[?5h").styled()
    assert (styled.foreground, styled.background) == (BACKGROUND, FOREGROUND)


@pytest.mark.parametrize(("number", "shape"), [(0, "block"), (2, "block"), (4, "underline"), (6, "bar")])
def test_the_cursor_has_the_shape_that_the_program_has_set(number: int, shape: str) -> None:
    assert emulator(f"\x1b[{number} q").styled().cursor_shape == shape


def test_looks_one_after_the_other_see_what_has_changed() -> None:
    shown = emulator("one\r\ntwo")
    first = shown.styled()
    shown.feed(b"\x1b[1;2H\x1b[31mX")
    second = shown.styled()
    assert second.rows[0] == (Run(0, 1, "o"), Run(1, 1, "X", Style(foreground=1)), Run(2, 1, "e"))
    assert second.rows[1] == first.rows[1]
    shown.resize(2, 4)
    assert [run.text for row in shown.styled().rows for run in row] == ["o", "X", "e", "two"]
    shown.feed(b"\x1bc")
    assert shown.styled().rows == ((), ())


OUTPUTS = (
    *("abc", " ", "\r\n", "\b", "\t", "日本", "e\u0301", "\U0001f469\u200d\U0001f467", "\ufffe", "\x1b[K", "\x1b[2J"),
    *("\x1b[2;3H", "\x1b[31m", "\x1b[44m", "\x1b[48;2;1;2;3m", "\x1b[0m", "\x1b[7;4:3m", "\x1b[L", "\x1b[M", "\x1b[2@"),
    *("\x1b[2P", "\x1b[3X", "\x1bM", "\x1b[2;3r", "\x1b[?1049h", "\x1b[?1049l", "\x1b[S", "\x1b[T", "\x1bc"),
)


@settings(max_examples=200)
@given(st.lists(st.lists(st.sampled_from(OUTPUTS), max_size=12).map("".join), max_size=4))
def test_styled_rows_have_the_text_of_the_lines(outputs: list[str]) -> None:
    shown = Emulator(4, 12)
    for output in outputs:
        shown.feed(output.encode())
        texts: list[str] = []
        for row in shown.styled().rows:
            text, column = "", 0
            for run in row:
                assert run.column >= column
                text += " " * (run.column - column) + run.text
                column = run.column + run.columns
                assert len(run.text) == run.columns or run.columns <= 2
            assert column <= 12
            texts.append(text.rstrip(" "))
        assert texts == [line.rstrip(" ") for line in shown.lines()]
