from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgterm.readiness.marks import Marks
from readiness.outputs import output_of

STREAM = (
    b"\x1b[?2004hfirst\x1b[31mred\x1b[0m\x1b]133;A;k=s\x07> \x1b]133;B\x07\x1b[?2004l"
    b"\x1b[?1049h\x1b[?1049;2004l\x1b]133;C\x1b\\out"
    b"\x1b]7;file://host/a%20b\x07\x1b]133;D;17;bgterm=secret\x07\x1b]133;A\x07\x1b[?1;2004h$ "
)


def state(marks: Marks) -> tuple[object, ...]:
    return marks.paste, marks.shell, marks.ended, marks.alternate, marks.continuation, marks.directory


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_marks_are_the_same_however_the_output_is_cut(cuts: list[int]) -> None:
    whole = Marks("secret")
    whole.update(output_of(STREAM))
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(edges) if end > start]
    cut = Marks("secret")
    for count in range(1, len(pieces) + 1):
        cut.update(output_of(*pieces[:count]))
    assert state(cut) == state(whole)
    assert cut.ended is not None
    assert (cut.ended.detail, cut.directory) == (b";17", "/a b")


@pytest.mark.parametrize(
    ("text", "shown"), [(b"\x1b[?1049h", True), (b"\x1b[?1049h\x1b[?1049l", False), (b"\x1b[?47h\x1bc", False)]
)
def test_the_alternate_screen_is_followed(text: bytes, *, shown: bool) -> None:
    marks = Marks()
    marks.update(output_of(text))
    assert marks.alternate is shown


def test_a_reset_switches_bracketed_paste_off() -> None:
    marks = Marks()
    marks.update(output_of(b"\x1b[?2004h\x1bc"))
    assert not marks.takes_paste


def test_a_continuation_prompt_is_told_by_its_kind() -> None:
    marks = Marks()
    marks.update(output_of(b"\x1b]133;A;k=s\x07> \x1b]133;B\x07"))
    assert marks.continuation
    marks.update(output_of(b"\x1b]133;A;k=s\x07> \x1b]133;B\x07", b"\x1b]133;A\x07$ \x1b]133;B\x07"))
    assert not marks.continuation


def test_a_string_without_end_is_not_read_over_and_over() -> None:
    marks = Marks()
    endless = b"\x1b]133;A" + b"x" * 100_000
    marks.update(output_of(endless))
    assert marks._offset >= len(endless) - 70_000


@pytest.mark.parametrize("secret", ["", "secret"])
@pytest.mark.parametrize(
    "mark", [b"\x1b]133;D;0\x07", b"\x1b]133;D;0;bgterm=\x07", b"\x1b]133;D;0;bgterm=guess\x07", b"\x1b]133;D;0\x1b\\"]
)
def test_a_mark_without_the_sessions_secret_tells_no_exit_code_and_no_directory(secret: str, mark: bytes) -> None:
    marks = Marks(secret)
    marks.update(output_of(b"\x1b]7;file://host/trusted\x07" + mark))
    assert (marks.exit_code_since(0), marks.directory) == (None, None)


def test_a_directory_is_told_only_directly_before_a_signed_mark() -> None:
    marks = Marks("secret")
    marks.update(output_of(b"\x1b]7;file://host/forged\x07\x1b]7;file://host/true\x07\x1b]133;D;3;bgterm=secret\x07"))
    assert (marks.exit_code_since(0), marks.directory) == (3, "/true")
    marks.update(output_of(b"\x1b]7;file://host/forged\x07 \x1b]133;D;4;bgterm=secret\x07"))
    assert marks.directory == "/true"
