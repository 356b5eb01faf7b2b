"""The sizes that a terminal has had, and screens that are too large."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from bgterm.manager import SessionManager
from bgterm.views.sizes import MOST_CHANGES, SizeChange, Sizes
from inside import live


def test_a_size_counts_from_its_offset_on() -> None:
    sizes = Sizes(24, 80)
    sizes.change(SizeChange(10, 25, 80), 0)
    sizes.change(SizeChange(20, 26, 80), 0)
    assert [sizes.at(offset).rows for offset in (0, 9, 10, 19, 20, 99)] == [24, 24, 25, 25, 26, 26]
    assert [sizes.next_change(offset) for offset in (0, 10, 19, 20)] == [10, 20, 20, None]
    assert sizes.now == (20, 26, 80)


def test_of_changes_without_output_between_them_the_last_is_kept() -> None:
    sizes = Sizes(24, 80)
    sizes.change(SizeChange(0, 25, 80), 0)
    sizes.change(SizeChange(7, 26, 80), 0)
    sizes.change(SizeChange(7, 27, 80), 0)
    assert [sizes.at(offset).rows for offset in (0, 7)] == [25, 27]


def test_sizes_that_nobody_asks_for_are_forgotten() -> None:
    sizes = Sizes(24, 80)
    for offset in range(10, 100, 10):
        sizes.change(SizeChange(offset, offset, 80), offset - 15)
    assert sizes.start == 70
    assert sizes.at(75).rows == 70


def test_there_is_a_most_of_changes() -> None:
    sizes = Sizes(24, 80)
    for offset in range(1, 2 * MOST_CHANGES):
        sizes.change(SizeChange(offset, 24, 80 + offset % 2), 0)
    assert sizes.start == MOST_CHANGES


def test_resizing_for_ever_leaves_one_size_and_the_right_screen(manager: SessionManager) -> None:
    session = manager.open(manager.start_session("stty -echo; echo ready; read x; echo $x", rows=10, cols=40))
    session.poll(5000, until="ready\r\n")
    for rows, cols in itertools.islice(itertools.cycle([(5, 20), (6, 30), (12, 50)]), 3000):
        session.resize(rows, cols)
    kept = live(session).views._sizes._changes
    assert len(kept) <= 2
    session.write_stdin("text\n")
    session.wait()
    shown = session.screen()
    assert (shown.rows, shown.cols, shown.text) == (12, 50, "ready\ntext")


def test_resizing_to_the_same_size_is_no_change(manager: SessionManager, tmp_path: Path) -> None:
    session = manager.open(manager.start_session("echo ready; read x", rows=10, cols=40, transcript=tmp_path / "t"))
    session.poll(5000, until="ready")
    noted = live(session).views._sizes._changes.copy()
    for _ in range(10):
        session.resize(10, 40)
    assert live(session).views._sizes._changes == noted


def test_a_screen_that_follows_every_size_keeps_none_that_it_has_seen(manager: SessionManager) -> None:
    pytest.importorskip("pyghostty")
    session = manager.open(manager.start_session("stty -echo; while read x; do echo $x; done", rows=10, cols=40))
    for number in range(50):
        session.resize(10 + number % 7, 40)
        session.write_stdin(f"{number}\n")
        shown = session.wait_screen(rf"(?m)^{number}$", 5000)
        assert shown is not None
        assert shown.rows == 10 + number % 7
    assert len(live(session).views._sizes._changes) <= 3


@pytest.mark.parametrize("size", [(65535, 65535), (65535, 16), (1001, 1000)])
def test_a_screen_that_is_too_large_is_refused_in_words(manager: SessionManager, size: tuple[int, int]) -> None:
    pytest.importorskip("pyghostty")
    rows, cols = size
    session = manager.open(manager.start_session("echo hi; read x", rows=rows, cols=cols))
    assert session.poll(5000, until="hi").reason == "match"
    with pytest.raises(ValueError, match=rf"{rows} x {cols} is too large.*1,000,000 cells; resize"):
        session.screen()
    with pytest.raises(ValueError, match="too large"):
        session.wait_screen("hi", 5000)
    session.resize(10, 40)
    shown = session.screen()
    assert (shown.rows, shown.cols, shown.text, shown.complete) == (10, 40, "hi", False)


def test_a_screen_of_the_largest_size_is_shown(manager: SessionManager) -> None:
    pytest.importorskip("pyghostty")
    session = manager.open(manager.start_session("echo hi; read x", rows=1000, cols=1000))
    shown = session.wait_screen("hi", 5000)
    assert shown is not None
    assert (shown.rows, shown.cols, shown.complete) == (1000, 1000, True)
