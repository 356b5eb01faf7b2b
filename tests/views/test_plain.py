"""Output as a person would read it."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgterm.views.page import ROWS_WITHIN_REACH
from bgterm.views.plain import PlainText, plain

CASES = {
    "newlines are newlines": ("a\r\nb\r\r\nc\n", "a\nb\nc\n"),
    "trailing blanks stay": ("foo  \r\nbar \r\r\n$ ", "foo  \nbar \n$ "),
    "colours and titles are gone": ("a\x1b]0;t\x07b\x1b[1;31mc\x1b[0m\x1b]8;;x\x1b\\d", "abcd"),
    "a percentage is rewritten": ("10%\r20%\r\n", "20%\n"),
    "what is longer stays": ("hello\rJ\r\n", "Jello\n"),
    "backspaces go back": ("abc\b\bX", "aXc"),
    "a character is rubbed out": ("abc\b \b", "ab "),
    "overstrike is read once": ("N\bNA\bA _\bx", "NA x"),
    "the row is erased and written again": ("one\r\x1b[Ktwo\x1b[2K\rthree", "three"),
    "erasing to the left": ("abc\x1b[1KX", "   X"),
    "right and left": ("x\x1b[3Cy\x1b[2Dz", "x  zy"),
    "a column": ("abc\x1b[1GX\x1b[3GY", "XbY"),
    "characters are inserted, deleted, blanked": ("abcd\r\x1b[2@X\r\n12345\r\x1b[2P\x1b[X", "X abcd\n 45"),
    "a character is repeated": ("-\x1b[9b|", "----------|"),
    "cursor up, as rich and docker redraw": ("a\r\nb\r\n\x1b[2A\x1b[2KA\r\n\x1b[2KB\r\nend", "A\nB\nend"),
    "erasing below takes the rows below": ("$ \r\nmenu 1\r\nmenu 2\x1b[2A\r\x1b[J$ ls", "$ ls"),
    "scrolled up at the end, as reline goes on below its line": ("x\x1b[1G\x1b[1S\x1b[K  y", "x\n  y"),
    "saved and restored": ("ab\x1b7 cd\x1b8X \x1b[sY\x1b[uZ", "abX Z"),
    "zsh marks a line without newline": ("%" + " " * 79 + "\r \r\r\x1b[0m\x1b[J$ ls", "$ ls"),
    "grep erases after each colour": ("\x1b[35m\x1b[Ka.c\x1b[m\x1b[K:\x1b[mx\r\n", "a.c:x\n"),
    "wide characters take two columns": ("日本\b\b\bX", " X本"),
    "accents join": ("e\u0301x\b\bo", "ox"),
    "tabs stay tabs": ("a\tb\rX", "X\tb"),
    "tabs that are written into become blanks": ("a\tb\r\x1b[3CX\r\n", "a  X    b\n"),
    "a cleared screen begins a new line": ("old\r\n\x1b[H\x1b[2Jnew", "old\nnew"),
    "a jump begins a new line": ("\x1b[1;1Ha\x1b[2;1Hb", "a\nb"),
    "so does the other screen": ("ls\r\nx\x1b[?1049hvim\x1b[?1049ly", "ls\nx\nvim\ny"),
    "a control inside a sequence takes effect": ("abc\x1b[1\n2mD", "abc\nD"),
    "a sequence that ESC aborts": ("é\x1b\b\x1b[31mb", "b"),
    "a bell says nothing": ("ding\x07\r\n\x0f\x00.", "ding\n."),
    "form feeds are line ends": ("a\fb\vc", "a\nb\nc"),
    "a question to the terminal says nothing": ("a\x1b[cb\x1b[0cc\x1b[6n", "abc"),
    "8-bit controls are not printed, nor done": ("a\u009b2Jb\u009d0;c\u009cd\u0085e", "a2Jb0;cde"),
    "what is inserted moves others out of the row": ("x\r" + "\x1b[512@" * 10_000, " " * 4096),
    "zeros before a number": ("abc\x1b[00002DX", "aXc"),
    "a number that no terminal reads": (f"abc\r\x1b[{'9' * 5000}PX", "Xbc"),
    "lines are inserted and deleted": ("a\r\nb\x1b[A\r\x1b[LX\r\n\n\x1b[MY", "X\na\nY"),
    "nothing": ("", ""),
}

FRAGMENTS = (
    *("\x1b", "[", "]", "A", "B", "C", "D", "H", "K", "J", "P", "@", "X", "b", "s", "u", "7", "8", "M", "(", "1", ";"),
    *("?", "m", "\x18", "\x07", "\\", "\n", "\r", "\r\n", "\b", "\t", "日", "é", "\u0301", "a", "word"),
    *("\x1b[A", "\x1b[2A", "\x1b[K", "\x1b[2K", "\r\x1b[K", "\x1b[31m", "line\n", "x" * 30 + "\n"),
)
OUTPUT = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)


def fed(pieces: list[str], columns: int | None = None) -> str:
    view = PlainText(columns)
    return "".join(map(view.feed, pieces)) + view.finish()


@pytest.mark.parametrize(("output", "text"), CASES.values(), ids=CASES)
def test_it_reads_as_a_person_does(output: str, text: str) -> None:
    assert plain(output) == text


@pytest.mark.parametrize(("output", "text"), CASES.values(), ids=CASES)
def test_it_is_the_same_one_character_at_a_time(output: str, text: str) -> None:
    assert fed(list(output)) == text


@given(OUTPUT, st.lists(st.integers(0, 200)), st.sampled_from((None, 2, 7, 80)))
def test_where_it_is_cut_makes_no_difference(output: str, cuts: list[int], columns: int | None) -> None:
    places = [0, *sorted(cuts), len(output)]
    pieces = [output[start:end] for start, end in itertools.pairwise(places)]
    assert fed(pieces, columns) == plain(output, columns)


def test_a_progress_bar_of_five_thousand_updates_is_one_line() -> None:
    updates = [f"\r{done // 50:3d}% |{'█' * (done // 250):20}| {done}/5000" for done in range(5001)]
    assert plain("".join(updates) + "\r\n") == "100% |" + "█" * 20 + "| 5000/5000\n"
    assert fed(updates) == "100% |" + "█" * 20 + "| 5000/5000"


def test_a_coloured_progress_bar_is_one_line() -> None:
    updates = [f"\r\x1b[2K   \x1b[38;5;197m{'━' * done}\x1b[0m {done}/40 MB" for done in range(41)]
    assert plain("Downloading\r\n" + "".join(updates) + "\r\n") == f"Downloading\n   {'━' * 40} 40/40 MB\n"


def test_progress_bars_of_several_rows_are_those_rows() -> None:
    frames = [f"\x1b[1A\x1b[2K\x1b[1A\x1b[2Kone {done}\r\ntwo {done}\r\n" for done in range(100)]
    assert plain("one\r\ntwo\r\n" + "".join(frames)) == "one 99\ntwo 99\n"


def test_a_wrapped_line_is_whole_where_the_width_is_known() -> None:
    # readline makes the terminal wrap by a blank that it takes back.
    assert plain("$ echo ab" + "c" + " \r" + "def\r\n", columns=10) == "$ echo abcdef\n"
    assert plain("x" * 12 + "\x1b[A\rY", columns=10) == "Y" + "x" * 11
    assert plain("日" * 6, columns=11) == "日" * 6


def test_a_cursor_that_was_saved_above_a_wrapped_line_goes_back_there() -> None:
    assert plain("\x1b7\r\n" + "x" * 15 + "\r\n\x1b8Y", columns=10) == "Y\n" + "x" * 15 + "\n"


def test_a_terminal_of_one_column_has_tabs_too() -> None:
    assert plain("\ta\n\t\tb日c", columns=1) == "a\nb日c"


def test_the_cursor_does_not_go_beyond_the_rows_within_reach() -> None:
    lines = "".join(f"{number}\r\n" for number in range(500))
    text = plain(lines + "\x1b[999A\rtop").splitlines()
    assert text.index("top") == 500 - (ROWS_WITHIN_REACH - 1)


def test_the_right_edge_is_not_infinitely_far() -> None:
    assert len(plain("\x1b[999999999Cx")) < 1000


def test_lines_are_given_out_as_they_become_final() -> None:
    view = PlainText()
    given = "".join(view.feed(f"line {number}\r\n") for number in range(1000))
    assert given.startswith("line 0\nline 1\n")
    assert given.count("\n") > 800


HOSTILE = {
    "endless title": "\x1b]0;" + "x" * 1_000_000,
    "endless CSI": "\x1b[" + "1;" * 500_000,
    "returns": "\r" * 1_000_000 + "\n",
    "up to a long line": "x" * 500_000 + "\n" + "\x1b[A\n" * 50_000,
}


@pytest.mark.parametrize("output", HOSTILE.values(), ids=HOSTILE)
def test_hostile_output_costs_no_more_than_its_length(output: str) -> None:
    half = _seconds(output[: len(output) // 2])
    assert _seconds(output) < 20 * half + 0.5


def _seconds(output: str) -> float:
    began = time.process_time()
    fed([output[start : start + 4096] for start in range(0, len(output), 4096)])
    return time.process_time() - began
