"""Paging, dropping, reading again, whole characters and the tail, against a model that is plainly right.

The terminal is real. The test writes to its slave side, while the program in it only sleeps.
"""

from __future__ import annotations

import os
import termios
import tty
from unittest import TestCase

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bgterm import PollResult
from bgterm.manager import SessionManager
from bgterm.session import Session
from inside import live

CHARACTERS = st.text(st.sampled_from("ab\né€😀\x1b"), max_size=60)
CHUNKS = st.one_of(CHARACTERS.map(str.encode), st.binary(max_size=200))
SIZES = st.one_of(st.integers(0, 12), st.sampled_from([50, 300, 65536]), st.none())

manager = SessionManager()


def is_begun(data: bytes) -> bool:
    """Whether `data` is the beginning of a character that can still become whole."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start == 0 and error.reason == "unexpected end of data"
    return False


class Paging(RuleBasedStateMachine):
    """One session; what was written to it; and where a reader must stand."""

    session: Session
    slave: int

    @initialize(limit=st.sampled_from([1, 7, 64, 500, 4096, 20_000]), overflow=st.sampled_from(["drop", "block"]))
    def start(self, limit: int, overflow: str) -> None:
        self.session = manager.open(manager.start_session(["sleep", "1000"], max_buffer_bytes=limit, overflow=overflow))
        self.limit, self.blocks = limit, overflow == "block"
        terminal = live(self.session).terminal
        self.slave = os.open(os.ttyname(terminal.slave), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.slave, termios.TCSANOW)
        self.written = b""
        self.cursor = 0
        self.ended = False

    def arrived(self) -> int:
        """The end of the output so far, all of what was written unless the session reads no more."""
        end = self.session.info().buffer_end_offset
        while end < len(self.written) and not (self.blocks and end - self.cursor >= self.limit):
            end = self.session.info().buffer_end_offset  # a look at the terminal, each time
        return end

    @precondition(lambda self: not self.ended)
    @rule(data=CHUNKS)
    def write(self, data: bytes) -> None:
        try:
            self.written += data[: os.write(self.slave, data)] if data else b""
        except BlockingIOError:
            pass  # the session blocks, and the kernel's buffer is full

    @rule(size=SIZES)
    def read(self, size: int | None) -> None:
        end = self.arrived()
        self.check(self.session.read(size), end, size)

    @rule(size=SIZES)
    def poll(self, size: int | None) -> None:
        end = self.arrived()
        self.check(self.session.poll(1, size), end, size)

    def check(self, page: PollResult, end: int, size: int | None) -> None:
        """Hold a page against the model, and move the model's cursor."""
        assert page.buffer_end_offset >= end
        assert page.start_offset == self.cursor + page.dropped_bytes
        assert page.data == self.written[page.start_offset : page.end_offset]
        assert page.text == page.data.decode(errors="replace")
        assert page.remaining_bytes == page.buffer_end_offset - page.end_offset
        assert page.bytes_returned == len(page.data)
        assert not (self.blocks and page.dropped_bytes)
        if page.dropped_bytes:
            assert self.cursor < page.buffer_start_offset <= page.start_offset < page.buffer_start_offset + 4
        if size is not None and size >= 4:
            assert len(page.data) <= size
        if size is None or size >= 4:
            rest = self.written[page.end_offset : page.buffer_end_offset]
            assert not rest or len(page.data) >= (size or 0) - 3 or is_begun(rest) or not page.running
        rest = self.written[page.end_offset : page.buffer_end_offset]
        if page.data:  # cutting here has changed no character
            assert page.text + rest.decode(errors="replace") == (page.data + rest).decode(errors="replace")
        self.cursor = page.end_offset

    @rule(size=SIZES, place=st.floats(0, 1))
    def read_again(self, size: int | None, place: float) -> None:
        end = self.arrived()
        offset = int(place * end)
        page = self.session.read(size, offset=offset)
        assert page.start_offset >= max(offset, page.buffer_start_offset)
        assert page.start_offset < max(offset, page.buffer_start_offset) + 4
        assert page.data == self.written[page.start_offset : page.end_offset]
        assert page.text == page.data.decode(errors="replace")

    @rule()
    def end(self) -> None:
        if not self.ended:
            os.close(self.slave)
            self.ended = True
            self.session.kill()
            self.session.wait()

    @invariant()
    def keeps_what_it_may_and_no_more(self) -> None:
        info = self.session.info()
        kept = info.buffer_end_offset - info.buffer_start_offset
        assert info.buffer_end_offset <= len(self.written)
        if not self.blocks:
            assert kept <= self.limit
            assert kept == min(self.limit, info.buffer_end_offset)
        else:
            assert info.buffer_start_offset <= self.cursor

    def teardown(self) -> None:
        if not hasattr(self, "session"):
            return
        self.end()
        data, end = b"", -1
        while end != (end := self.session.info().unread_offset):
            page = self.session.read(64)
            if not page.data and page.remaining_bytes:
                raise AssertionError("the tail has bytes that cannot be read")
            self.check(page, page.buffer_end_offset, 64)
            data += page.data
            if not page.remaining_bytes:
                break
        assert self.cursor == len(self.written)
        assert self.session.read().remaining_bytes == 0
        self.session.close()


TestPaging: type[TestCase] = Paging.TestCase  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
TestPaging.settings = settings(  # type: ignore[attr-defined]
    max_examples=int(60 * float(os.environ.get("FAULTS_SCALE", "1"))),
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
