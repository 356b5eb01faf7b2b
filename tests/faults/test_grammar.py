"""Every control function that the grammar of ECMA-48 knows, with every intermediate and marker: none is a surprise.

The grammar: ESC, intermediates 0x20-0x2F, a final byte 0x30-0x7E; or CSI, a private marker `<=>?`, parameters of
digits, `:` and `;`, intermediates, a final byte 0x40-0x7E; or a string from OSC, DCS, SOS, PM or APC to ST.
"""

from __future__ import annotations

import itertools
import random
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Self

import pytest

from bgterm.manager import SessionManager
from bgterm.readiness.marks import Marks
from bgterm.readiness.row import CursorPlace, text_left_of_cursor
from bgterm.until import READY
from bgterm.views.escapes import EscapeStripper
from bgterm.views.head_tail import head_tail
from bgterm.views.modes import Modes
from bgterm.views.page import FARTHEST_COLUMN, ROWS_WITHIN_REACH, WIDEST
from bgterm.views.plain import PlainText, plain
from bgterm.views.row import MOST_IN_CELL, Row
from faults.counts import record, times
from readiness.outputs import output_of
from views.beside_a_terminal import in_a_terminal, in_plain_text

INTERMEDIATES = ["", *map(chr, range(0x20, 0x30))]
MARKERS = ["", *"<=>?"]
NUMBERS = ["", "0", "1", "2", "3", "007", "65536", "9" * 20, "9" * 5000, ";", "1;2", "3:1"]
ESCAPE_FINALS = list(map(chr, range(0x30, 0x7F)))
CSI_FINALS = list(map(chr, range(0x40, 0x7F)))


def escapes() -> Iterable[str]:
    for intermediate, final in itertools.product(INTERMEDIATES, ESCAPE_FINALS):
        yield f"\x1b{intermediate}{final}"


def csis(numbers: Iterable[str], markers: Iterable[str] = MARKERS) -> Iterable[str]:
    for marker, number, intermediate, final in itertools.product(markers, numbers, INTERMEDIATES, CSI_FINALS):
        yield f"\x1b[{marker}{number}{intermediate}{final}"


BEFORE = "one\r\ntwo three\r\nfour five six" + "\b" * 6 + "\x1b[A"
NOT_IN_A_ROW = {
    *(f"\x1b[{number}{final}" for number in ["", 1, 2, 3] for final in "Hdf"),  # to a place of the screen
    *(f"\x1b[{marker}{number}J" for marker in ["", "?"] for number in (1, 2)),  # also above
    *(f"\x1b[{number}{final}" for number in ["", 1, 2, 3] for final in "ST"),  # all of the screen
    *(f"\x1b[{number}r" for number in ["", 1, 2, 3]),  # margins
    *(f"\x1b[{number}u" for number in ["", 1, 2, 3]),  # to a place that nobody has saved
    *("\x1b8", "\x1b#8", "\x1bc"),
    *("\x1bk", "\x1b[1$}"),  # of which xterm and the emulator think differently
}
"""What is not about the rows near the cursor: full-screen programs', of which plain text promises nothing."""


@pytest.mark.parametrize("kind", ["escapes", *MARKERS])
def test_each_control_function_does_to_plain_text_what_it_does_in_a_terminal(kind: str) -> None:
    pytest.importorskip("pyghostty")
    tried = 0
    for sequence in escapes() if kind == "escapes" else csis(["", "1", "2", "3"], [kind]):
        output = f"{BEFORE}{sequence}X"
        if sequence not in NOT_IN_A_ROW:
            tried += 1
            assert in_plain_text(output, 20) == in_a_terminal(output, 20), sequence
    fault = f"Control functions, {kind or 'no marker'}: what each does in plain text beside a terminal emulator"
    record(fault, tried, of="that differ")


UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def read_by_all(data: bytes, chance: random.Random) -> None:
    """All that read output take `data`, whole and in pieces, and have no control character left in their text."""
    text = data.decode(errors="replace")
    columns = chance.choice([None, 1, 2, 20, 80])
    seen = plain(text, columns)
    assert not UNSEEN.search(seen)
    places = sorted(chance.randint(0, len(text)) for _ in range(3))
    cut = [text[start:stop] for start, stop in itertools.pairwise([0, *places, len(text)])]
    view = PlainText(columns)
    assert "".join(map(view.feed, cut)) + view.finish() == seen
    pieces = [piece.encode(errors="replace") for piece in cut]
    stripper = EscapeStripper()
    assert b"".join(map(stripper.feed, pieces)) == EscapeStripper().feed(b"".join(pieces))
    output = output_of(data)
    Marks().update(output)
    Modes().update(output)
    assert not UNSEEN.search(text_left_of_cursor(output, columns or 80))
    row, column = CursorPlace().at(output, output.end, 24, columns or 80)
    assert 1 <= row <= 24 and 1 <= column <= (columns or 80)
    head_tail(text, data, 0, 100)


PIECE = 200
"""So many sequences in a stream: a stream each would cost a minute."""


@pytest.mark.parametrize("name", ["escapes", "CSI", "CSI as C1", "controls inside", "unfinished"])
def test_no_reader_fails_at_any_control_function(name: str) -> None:
    chance = random.Random(name)
    numbers = NUMBERS if name == "CSI" else NUMBERS[:7]
    sequences = list(escapes() if name == "escapes" else csis(numbers))
    for start in range(0, len(sequences), PIECE):
        between = (chance.choice(["a", "日", "word ", "\r\n", "\t"]) for _ in range(PIECE))
        stream = "".join(
            f"{text}{in_form(name, sequence, chance)}"
            for text, sequence in zip(between, sequences[start:], strict=False)
        )
        read_by_all(stream.encode(), chance)
    record(f"Control functions at every reader of output, {name}", len(sequences), of="exceptions")


def in_form(name: str, sequence: str, chance: random.Random) -> str:
    if name == "CSI as C1":
        return "\x9b" + sequence[2:]
    if name == "controls inside":
        return sequence[:2] + chance.choice(CONTROLS) + sequence[2:]
    return sequence[:-1] if name == "unfinished" else sequence


CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
STRINGS = ["\x1b]", "\x1bP", "\x1bX", "\x1b^", "\x1b_", "\x1bk", "\x9d", "\x90", "\x98", "\x9e", "\x9f"]
STRING_ENDS = ["\x07", "\x1b\\", "\x9c", "\x18", "\x1a", ""]


def any_piece(chance: random.Random) -> str:
    kind = chance.randrange(8)
    if kind == 0:
        return chance.choice(CONTROLS)
    if kind == 1:
        return chance.choice(
            ["word", "日本", "e\u0301", "\u0301", "\u202e", " ", "-" * 30, "\r\n", "%\r", "\t", "\ufffe"]
        )
    if kind == 2:
        return f"{chance.choice(STRINGS)}{chance.choice(['0;t', '133;A', '8;;x', '7;file:///', '$qm', '11;?'])}" + (
            chance.choice(STRING_ENDS)
        )
    if kind == 3:
        return f"\x1b{chance.choice(INTERMEDIATES)}{chance.choice(ESCAPE_FINALS)}"
    numbers = ";".join(
        chance.choice(["", "0", "1", "2", "24", "80", "1049", "2004"]) for _ in range(chance.randint(1, 3))
    )
    intermediate = chance.choice(INTERMEDIATES) if kind == 4 else ""
    marker = chance.choice(MARKERS) if kind < 6 else ""
    sequence = f"\x1b[{marker}{numbers}{intermediate}{chance.choice(CSI_FINALS)}"
    if kind == 4:
        place = chance.randrange(1, len(sequence))
        sequence = sequence[:place] + chance.choice(CONTROLS) + sequence[place:]
    return sequence


def test_no_reader_fails_at_any_stream_of_the_grammar() -> None:
    chance = random.Random(48)
    for _ in range(times(1500)):
        stream = "".join(any_piece(chance) for _ in range(chance.randint(1, 40))).encode()
        if chance.random() < 0.2:
            place = chance.randrange(len(stream))
            stream = stream[:place] + bytes([chance.randrange(0x80, 0x100)]) + stream[place:]
        read_by_all(stream, chance)
    record("Random streams of the grammar at every reader of output", times(1500), of="exceptions")


def test_a_session_survives_every_control_function(manager: SessionManager, tmp_path: Path) -> None:
    pytest.importorskip("pyghostty")
    sequences = [*escapes(), *csis(["", "1", "2;3"])]
    (tmp_path / "all").write_text("".join(f"{sequence}x" for sequence in sequences), newline="")
    command = f"stty raw -echo; cat {tmp_path}/all; printf '\\030\\033cthe end'; exec cat"
    session = manager.open(manager.start_session(command, max_buffer_bytes=100_000))
    page = session.poll(20_000)
    while "the end" not in page.text:
        assert not UNSEEN.search(page.plain)
        session.status()
        session.screen()
        page = session.poll(20_000)
    assert session.screen().text.startswith("the end")
    assert session.poll(20_000, until=READY).status is not None
    record("Control functions through a session that is read, judged and drawn", len(sequences), of="exceptions")


GROWING = [
    "\x1b[512@",
    "\x1b[9999b",
    "\x1b[9999C",
    "\x1b[9999B",
    "\x1b[9999I",
    "\x1b[9999L",
    "\x1b[9999E",
    "\t",
    "\u0301",
]
EDITS = 100
SHRINKING = ["\x1b[P", "\x1b[9999X", "\x1b[1K", "\x1b[9999M", "\x1bM", "\b", "\x1b[9999A", "\x1b[J", "\x1b7", "\x1b8"]


@pytest.mark.parametrize("edit", [*GROWING, *SHRINKING], ids=ascii)
@pytest.mark.parametrize("columns", [None, 80, 65535])
def test_no_sequence_makes_more_than_a_terminal_has_room_for(edit: str, columns: int | None) -> None:
    for beginning in ("x", "x\r", "x" * 200_000 + "\r", "x" * 200_000 + "\n\x1b[A"):
        view = PlainText(columns)
        view.feed(beginning)
        with CountedCalls() as calls:
            seen = len(view.feed(edit * EDITS))
        page = view._page
        rows = [page._row, *page._below, *(row for row in page._above if isinstance(row, Row))]
        assert len(rows) <= 4 * ROWS_WITHIN_REACH
        assert max(len(row.cells) for row in rows) <= min(columns or WIDEST, WIDEST)
        assert max(len(row.line()) for row in rows) <= WIDEST + MOST_IN_CELL
        assert seen <= len(beginning) + EDITS * FARTHEST_COLUMN
        assert calls.number <= EDITS * 5 * ROWS_WITHIN_REACH  # none does more than to go over the rows within reach


class CountedCalls:
    """Counts the calls of functions, in Python and in C: what a text costs, the same on every machine."""

    number = 0

    def __enter__(self) -> Self:
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _called(self, _frame: FrameType, event: str, _argument: object) -> None:
        self.number += event in {"call", "c_call"}
