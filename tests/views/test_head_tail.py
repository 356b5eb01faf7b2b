"""Both ends of a long output."""

from __future__ import annotations

import re

import pytest

from bgterm.views.head_tail import head_tail, output_head_tail

LINES = "".join(f"line {number}\r\n" for number in range(1000))
DATA = LINES.encode()


def left_out(text: str) -> tuple[int, int]:
    found = re.search(r"from offset (\d+) to (\d+)", text)
    assert found is not None
    return int(found[1]), int(found[2])


def test_what_fits_is_returned_whole_and_plain() -> None:
    assert head_tail("a\x1b[1mb\r\n", b"...", 0, 3) == "ab\n"


def test_both_ends_are_kept_within_the_limit() -> None:
    text = head_tail(LINES, DATA, 0, 300)
    assert len(text) <= 300
    assert text.startswith("line 0\nline 1\n")
    assert text.endswith("line 998\nline 999\n")


def test_the_offsets_are_those_of_the_lines_left_out() -> None:
    text = head_tail(LINES, DATA, 5000, 300)
    start, end = left_out(text)
    head, note, tail = re.split(r"(\[\.\.\. .*\n)", text)
    assert note.startswith(f"[... {end - start:,} bytes left out")
    middle = DATA[start - 5000 : end - 5000].decode().replace("\r\n", "\n")
    assert head + middle + tail == LINES.replace("\r\n", "\n")


def test_text_after_the_last_newline_belongs_to_the_tail() -> None:
    text = head_tail(LINES + "$ ", DATA + b"$ ", 0, 300)
    assert text.endswith("line 999\n$ ")
    assert DATA[left_out(text)[1] :] + b"$ " == text.rpartition("]\n")[2].replace("\n", "\r\n").encode()


def test_characters_of_several_bytes_do_not_shift_the_offsets() -> None:
    output = "日本語\n" * 1000
    start, end = left_out(head_tail(output, output.encode(), 0, 200))
    assert start % len("日本語\n".encode()) == 0
    assert end % len("日本語\n".encode()) == 0


def test_a_line_that_is_too_long_is_shown_in_part() -> None:
    output = "x" * 5000 + "y" * 5000
    text = head_tail(output, output.encode(), 7, 200)
    assert len(text) <= 200
    assert text.startswith("xxxx")
    assert text.endswith("yyyy")
    assert left_out(text) == (7, 10007)


def test_a_folded_progress_bar_takes_no_room() -> None:
    output = "begin\n" + "".join(f"\r{done}%" for done in range(5000)) + "\nend\n"
    assert head_tail(output, output.encode(), 0, 100) == "begin\n4999%\nend\n"


def test_a_tiny_limit_still_says_what_was_left_out() -> None:
    assert left_out(head_tail(LINES, DATA, 0, 0)) == (0, len(DATA))


def test_a_negative_limit_is_an_error() -> None:
    with pytest.raises(ValueError, match="max_chars"):
        head_tail("", b"", 0, -1)


@pytest.mark.parametrize("max_chars", [0, 1, 60, 61, 100, 200, 1000, 100_000])
def test_the_output_of_a_step_is_cut_in_the_same_way(max_chars: int) -> None:
    output = "".join(f"line {number}\n" for number in range(200))
    text = output_head_tail(output, 5000, 9000, max_chars)
    if len(output) <= max_chars:
        assert text == output
        return
    head, note, tail = re.split(r"(\[\.\.\. [\d,]+ characters left out, see offset 5000 to 9000 \.\.\.\]\n)", text)
    assert output.startswith(head) and output.endswith(tail)
    assert f"{len(output) - len(head) - len(tail):,} characters" in note
    assert len(text) <= max(max_chars, len(note))
