"""Lines anywhere in the output that is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bgterm.manager import SessionManager

COUNT = "for i in $(seq 20000); do echo line $i of the long output; done"


def test_a_line_is_found_with_its_offset(manager: SessionManager) -> None:
    sid = manager.start_session("printf 'one\\n\\033[31mt\\033[0mwo\\nthree\\n'")
    manager.wait(sid)
    (found,) = manager.search(sid, "two")
    assert (found.text, found.match.span()) == ("two", (0, 3))
    assert manager.read(sid, offset=found.offset).data == b"\x1b[31mt\x1b[0mwo\r\nthree\r\n"
    assert manager.read(sid, offset=found.end_offset).text == "three\r\n"


def test_a_line_is_found_in_the_transcript_beyond_the_buffer(manager: SessionManager, tmp_path: Path) -> None:
    sid = manager.start_session(COUNT, transcript=tmp_path / "session", max_buffer_bytes=10_000)
    manager.wait(sid)
    (early,) = manager.search(sid, r"^line 17 of")
    assert early.text == "line 17 of the long output"
    assert manager.read(sid, 10, offset=early.offset).text == "line 17 of"
    (late,) = manager.search(sid, re.compile("LINE 19999 OF", re.IGNORECASE))
    assert manager.read(sid, 13, offset=late.offset).text == "line 19999 of"


def test_without_a_transcript_only_the_buffer_is_searched(manager: SessionManager) -> None:
    sid = manager.start_session(COUNT, max_buffer_bytes=10_000)
    manager.wait(sid)
    assert manager.search(sid, r"^line 17 of") == []
    assert len(manager.search(sid, r"^line 20000 of")) == 1


def test_results_are_bounded_and_go_on_where_they_ended(manager: SessionManager) -> None:
    sid = manager.start_session("seq 100")
    manager.wait(sid)
    first = manager.search(sid, "^[0-9]$", max_results=5)
    assert [line.text for line in first] == ["1", "2", "3", "4", "5"]
    rest = manager.search(sid, "^[0-9]$", offset=first[-1].end_offset)
    assert [line.text for line in rest] == ["6", "7", "8", "9"]
    assert manager.search(sid, "1", max_results=0) == []


def test_the_last_line_counts_without_its_end(manager: SessionManager) -> None:
    sid = manager.start_session("printf 'a\\nprompt> '; read x")
    manager.poll(sid, 5000, until="prompt> ")
    (found,) = manager.search(sid, "prompt")
    assert (found.text, found.offset, found.end_offset) == ("prompt> ", 3, 11)


def test_a_newline_inside_a_sequence_ends_no_line(manager: SessionManager) -> None:
    sid = manager.start_session("printf 'a\\033]0;x\\ny\\007b\\nc\\n'")
    manager.wait(sid)
    assert [line.text for line in manager.search(sid, ".")] == ["ab", "c"]


def test_searching_leaves_unread_output_unread(manager: SessionManager) -> None:
    sid = manager.start_session("echo text")
    manager.wait(sid)
    assert manager.search(sid, "text")
    assert manager.poll(sid).text == "text\r\n"


@pytest.mark.parametrize("arguments", [{"offset": -1}, {"max_results": -1}])
def test_negative_numbers_are_errors(manager: SessionManager, arguments: dict[str, int]) -> None:
    sid = manager.start_session(["true"])
    with pytest.raises(ValueError, match="0 or more"):
        manager.search(sid, "x", **arguments)
