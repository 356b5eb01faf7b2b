"""More output than is read: dropped and counted, or the program waits and nothing is lost."""

from __future__ import annotations

import re

import pytest

from bgterm.manager import SessionManager
from faults.counts import record, times
from faults.streams import counted, counted_bytes, differing
from waiting import eventually


def test_blocking_loses_nothing_of_a_flood_and_the_program_goes_on(manager: SessionManager) -> None:
    lines = times(100_000)
    sid = manager.start_session(f"{counted(lines)}; exit 3", overflow="block", max_buffer_bytes=10_000)
    assert eventually(lambda: manager.read(sid, 0).remaining_bytes >= 10_000)  # nobody reads, so it waits
    assert manager.info(sid).running
    data = b""
    while (page := manager.poll(sid, None, 3000)).running or page.remaining_bytes:
        assert page.dropped_bytes == 0
        data += page.data
    data += page.data
    record("flood with overflow=block", lines, differing(counted_bytes(lines), data), "bytes")
    assert manager.wait(sid) == 3


def test_blocking_keeps_at_most_what_it_was_allowed(manager: SessionManager) -> None:
    sid = manager.start_session("yes", overflow="block", max_buffer_bytes=10_000)
    assert eventually(lambda: manager.read(sid, 0).remaining_bytes >= 10_000)
    assert manager.read(sid, 0).remaining_bytes <= 10_000


def test_a_program_blocked_by_its_reader_can_be_closed(manager: SessionManager) -> None:
    sid = manager.start_session("yes", overflow="block", max_buffer_bytes=1000)
    assert eventually(lambda: manager.read(sid, 0).remaining_bytes >= 1000)
    manager.close(sid)


def test_dropping_counts_every_byte_and_keeps_the_newest(manager: SessionManager) -> None:
    expected = counted_bytes(50_000)
    sid = manager.start_session(counted(50_000), max_buffer_bytes=20_000)
    manager.wait(sid)
    page = manager.read(sid, None)
    assert page.dropped_bytes + page.bytes_returned == len(expected)
    assert expected.endswith(page.data)
    assert page.bytes_returned >= 20_000 - 3


def test_each_page_of_a_dropping_session_stands_where_its_offset_says(manager: SessionManager) -> None:
    expected = counted_bytes(50_000)
    sid = manager.start_session(counted(50_000), max_buffer_bytes=5_000)
    seen = 0
    while (page := manager.poll(sid, None, 777)).running or page.remaining_bytes:
        assert page.start_offset == seen + page.dropped_bytes
        assert page.data == expected[page.start_offset : page.end_offset]
        seen = page.end_offset


@pytest.mark.parametrize("overflow", ["drop", "block"])
def test_a_regex_is_found_while_the_ring_drops(manager: SessionManager, overflow: str) -> None:
    last = 1_000_000 + 99_999
    sid = manager.start_session(f"{counted(100_000)}; cat", overflow=overflow, max_buffer_bytes=3000)
    page = manager.poll(sid, None, until=f"{last}\r\n")
    while overflow == "block" and page.match is None:
        page = manager.poll(sid, None, until=f"{last}\r\n")
    assert page.match is not None
    assert page.text.endswith(f"{last}\r\n")


def test_a_match_never_spans_what_was_dropped(manager: SessionManager) -> None:
    command = "stty -echo; printf 'begin'; read line; head -c 100000 /dev/zero | tr '\\0' x; printf 'end'; cat"
    for _ in range(times(5)):
        sid = manager.start_session(command, max_buffer_bytes=3000)
        assert manager.poll(sid, 20, until="begin.*end").match is None
        page = manager.write_stdin(sid, "\n", None, until=re.compile("begin(x*)end|xend", re.DOTALL))
        assert page.match is not None
        assert page.match[1] in {None, "x" * 100_000}
        assert page.text.endswith("xend")
        manager.close(sid)


def test_the_result_of_a_match_that_ends_in_what_is_kept_ends_with_it(manager: SessionManager) -> None:
    sid = manager.start_session(
        "printf 'needle\\r\\n'; head -c 50000 /dev/zero | tr '\\0' x; cat", max_buffer_bytes=2000
    )
    page = manager.poll(sid, None, until="needle\r\nx*|x{1999}$")
    assert page.match is not None
    assert page.text.endswith(str(page.match[0])[-100:])
    assert page.dropped_bytes + page.bytes_returned == page.end_offset


def test_characters_are_whole_wherever_the_ring_drops(manager: SessionManager) -> None:
    program = "import sys; sys.stdout.write('aé€😀' * 20000)"
    for limit in range(1000, 1000 + times(12)):
        sid = manager.start_session(["python3", "-S", "-c", program], max_buffer_bytes=limit)
        text = ""
        while (page := manager.poll(sid, None, 97)).running or page.remaining_bytes:
            text += page.text
        text += page.text
        assert "\N{REPLACEMENT CHARACTER}" not in text
        manager.close(sid)


def test_until_ends_a_wait_that_could_never_be_met(manager: SessionManager) -> None:
    sid = manager.start_session("yes", overflow="block", max_buffer_bytes=1000)
    assert manager.poll(sid, None, until="never").reason == "output"
