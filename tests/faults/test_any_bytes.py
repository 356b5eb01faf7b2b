"""Any bytes in any pieces: no exception, no quadratic time, and the same result however they are cut."""

from __future__ import annotations

import codecs
import os
import re
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bgterm.engine.output import OutputBuffer
from bgterm.local.decoding import page_decoder
from bgterm.local.match import AnyMatch, Search
from bgterm.manager import SessionManager
from bgterm.views.escapes import EscapeStripper
from faults.counts import times
from inside import live

EXAMPLES = settings(max_examples=times(300), deadline=None)

PARTS = [
    b"\x7f",
    b"\x1b",
    b"[",
    b"]",
    b"0;",
    b"title",
    b"\x07",
    b"\x1b\\",
    b"31m",
    b"?2004h",
    b"P",
    b"\x9b",
    b"\xc3",
    b"\xa9",
]
MORE_PARTS = [
    b"\xe2\x82",
    b"\xac",
    b"\xf0\x9f\x98\x80",
    b"\0",
    b"\r\n",
    b"abc",
    b"end",
    b"\x18",
    b"\x08",
    b"\xff",
    b"\x7f",
]
ANY_BYTES = st.one_of(st.binary(max_size=400), st.lists(st.sampled_from(PARTS + MORE_PARTS), max_size=60).map(b"".join))
CUTS = st.lists(st.integers(0, 400), max_size=12)


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    """`data` in pieces, some of them empty."""
    places = [0, *sorted(min(place, len(data)) for place in cuts), len(data)]
    return [data[start:stop] for start, stop in pairwise(places)]


@EXAMPLES
@given(ANY_BYTES, CUTS)
def test_text_without_sequences_is_the_same_however_the_bytes_are_cut(data: bytes, cuts: list[int]) -> None:
    whole, pieces = EscapeStripper(), EscapeStripper()
    assert b"".join(pieces.feed(piece) for piece in cut(data, cuts)) == whole.feed(data)


@EXAMPLES
@given(ANY_BYTES, CUTS)
def test_no_escape_character_is_left_in_the_text(data: bytes, cuts: list[int]) -> None:
    stripper = EscapeStripper()
    assert b"\x1b" not in b"".join(map(stripper.feed, cut(data, cuts)))


ENCODINGS = ["utf-8", "latin-1", "cp1252", "shift_jis", "euc_jp", "iso2022_jp", "gb18030"]
MORE_ENCODINGS = ["big5", "utf-7", "utf-8-sig", "euc_kr", "koi8-r"]


@pytest.mark.parametrize("encoding", ENCODINGS + MORE_ENCODINGS)
@settings(max_examples=times(60), deadline=None)
@given(ANY_BYTES, CUTS, st.sampled_from(["replace", "ignore", "backslashreplace", "surrogateescape"]))
def test_pages_add_up_to_the_whole_text(encoding: str, data: bytes, cuts: list[int], errors: str) -> None:
    if errors == "surrogateescape" and encoding in {"iso2022_jp", "utf-7"}:
        errors = "replace"  # CPython's decoders of these raise all the same
    decoder = page_decoder(encoding)
    text, unread = "", b""
    *pieces, last = cut(data, cuts)
    for piece in pieces:
        unread += piece
        page, used = decoder.decode(unread, errors, False)
        decoder.advance(unread[:used], errors)
        text, unread = text + page, unread[used:]
    page, used = decoder.decode(unread + last, errors, True)
    assert used == len(unread + last)
    assert text + page == codecs.getincrementaldecoder(encoding)(errors).decode(data, True)


PATTERNS = [
    rb"end",
    rb"abc$",
    rb"(?m)^abc",
    rb"\w+\r\n",
    rb"c.*a",
    rb"(?s)a.*d",
    rb"\bend\b",
    rb"[^a]e",
    rb"",
    rb"\x00",
]


@EXAMPLES
@given(ANY_BYTES, CUTS, st.sampled_from(PATTERNS), st.booleans())
def test_a_match_does_not_depend_on_how_the_output_arrives(
    data: bytes, cuts: list[int], pattern: bytes, text: bool
) -> None:
    compiled = re.compile(pattern.decode("latin-1") if text else pattern)
    found, output = searched(compiled, [data])
    again, _ = searched(compiled, cut(data, cuts))
    if found is None:
        assert again is None or not pattern.endswith(b"$")
        return
    assert again is not None
    assert found[1] <= output.end
    if b"$" not in pattern and b".*" not in pattern and b"+" not in pattern and b"\\b" not in pattern:
        # A greedy pattern may end earlier when less has come; any other ends at the same place.
        assert again[1] == found[1]


def searched(
    pattern: re.Pattern[str] | re.Pattern[bytes], pieces: list[bytes]
) -> tuple[tuple[AnyMatch, int] | None, OutputBuffer]:
    output = OutputBuffer()
    search = Search(pattern, 0, "utf-8", "replace")
    for piece in pieces:
        stored(output, piece)
        found = search.look(output, paused=True)
        if found is not None:
            return found, output
    return None, output


def stored(output: OutputBuffer, data: bytes) -> None:
    """Let `data` arrive."""
    read_end, write_end = os.pipe()
    try:
        os.write(write_end, data)
        os.close(write_end)
        if data:
            output.receive(read_end, len(data))
    finally:
        os.close(read_end)


@EXAMPLES
@given(st.lists(st.tuples(ANY_BYTES, st.integers(0, 800)), max_size=12), st.sampled_from(PATTERNS))
def test_a_search_survives_whatever_is_dropped(pieces: list[tuple[bytes, int]], pattern: bytes) -> None:
    output = OutputBuffer()
    search = Search(re.compile(pattern), 0, "utf-8", "replace")
    for data, keep in pieces:
        stored(output, data)
        output.forget_before(output.end - keep)
        found = search.look(output, paused=True)
        if found is not None:
            match, after = found
            assert output.start <= after <= output.end
            kept = EscapeStripper().feed(output.read(after - min(len(match[0]), after - output.start), after))
            matched = match[0]
            assert isinstance(matched, bytes)
            assert matched.endswith(kept[-1:]) or not kept or b"\x1b" in data
            return


HOSTILE = {
    "a line of one megabyte": b"x" * 1_000_000,
    "an endless title": b"\x1b]0;" + b"x" * 1_000_000,
    "an endless control sequence": b"\x1b[" + b"1;" * 500_000,
    "an endless device control string": b"\x1bP" + b"q" * 1_000_000,
    "nothing but ESC": b"\x1b" * 1_000_000,
    "nothing but unfinished titles": b"\x1b]0;x" * 200_000,
    "nothing but NUL": bytes(1_000_000),
    "invalid UTF-8": b"\xff\xc3" * 500_000,
    "unfinished characters": b"\xf0\x9f\x98" * 333_000,
    "continuation bytes": b"\x80" * 1_000_000,
    "carriage returns": b"x\r" * 500_000,
    "backspaces": b"\b" * 1_000_000,
}


def seconds(data: bytes, piece: int) -> float:
    """The processor time that it takes to strip and search `data` as it arrives."""
    stripper = EscapeStripper()
    output = OutputBuffer()
    search = Search(re.compile("never comes"), 0, "utf-8", "replace")
    before = time.process_time()
    for start in range(0, len(data), piece):
        stripper.feed(data[start : start + piece])
        stored(output, data[start : start + piece])
        search.look(output, paused=False)
    return time.process_time() - before


@pytest.mark.parametrize("kind", HOSTILE)
def test_four_times_the_bytes_cost_no_more_than_about_four_times_as_much(kind: str) -> None:
    data = HOSTILE[kind]
    # Processor time, the best of three: quadratic would be 16 times as much.
    quarter = min(seconds(data[: len(data) // 4], 4095) for _ in range(3))
    whole = min(seconds(data, 4095) for _ in range(3))
    assert whole < 10 * quarter + 0.02


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_program_does_no_harm(manager: SessionManager, tmp_path: os.PathLike[str], kind: str) -> None:
    path = os.path.join(tmp_path, "output")
    with open(path, "wb") as file:
        file.write(HOSTILE[kind])
    sid = manager.start_session(
        f"stty raw; cat {path}; printf '\\030\\033\\\\\\r\\nthe end'; cat", max_buffer_bytes=2_000_000
    )
    page = manager.poll(sid, None, None, until="the end")
    assert page.match is not None
    assert HOSTILE[kind] in page.data
    assert page.plain.endswith("the end")


@example(b"\x1b[6n" * 50)
@settings(max_examples=times(20), deadline=None)
@given(ANY_BYTES)
def test_a_session_survives_any_output(data: bytes) -> None:
    manager = SessionManager()
    sid = manager.start_session(["cat", "/dev/stdin"], max_buffer_bytes=10_000)
    session = manager.open(sid)
    slave = os.open(os.ttyname(live(session).terminal.slave), os.O_RDWR | os.O_NOCTTY)
    os.write(slave, data + b"x")  # a whole character, or there is nothing to return
    os.close(slave)
    manager.poll(sid, None)
    manager.close(sid, kill_after_ms=0)
