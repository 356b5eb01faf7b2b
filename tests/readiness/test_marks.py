from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgterm.readiness.marks import Marks
from readiness.outputs import output_of

STREAM = (
    b"\x1b[?2004hfirst\x1b[31mred\x1b[0m\x1b]133;A;k=s\x07> \x1b]133;B\x07\x1b[?2004l"
    b"\x1b[?1049h\x1b[?1049;2004l\x1b]133;C\x1b\\out\x1b]133;D;17\x07\x1b]133;A\x07\x1b[?1;2004h$ "
)


def state(marks: Marks) -> tuple[object, ...]:
    return marks.paste, marks.shell, marks.ended, marks.alternate, marks.continuation


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_marks_are_the_same_however_the_output_is_cut(cuts: list[int]) -> None:
    whole = Marks()
    whole.update(output_of(STREAM))
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(edges) if end > start]
    cut = Marks()
    for count in range(1, len(pieces) + 1):
        cut.update(output_of(*pieces[:count]))
    assert state(cut) == state(whole)
    assert cut.ended is not None
    assert cut.ended.detail == b";17"


@pytest.mark.parametrize(
    ("text", "shown"), [(b"\x1b[?1049h", True), (b"\x1b[?1049h\x1b[?1049l", False), (b"\x1b[?47h\x1bc", False)]
)
def test_the_alternate_screen_is_followed(text: bytes, *, shown: bool) -> None:
    marks = Marks()
    marks.update(output_of(text))
    assert marks.alternate is shown


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
