"""Talking: what a call returns and what stays unread."""

from __future__ import annotations

import hashlib
import re
import signal
import sys
import threading
import time
from collections.abc import Callable

import pytest

import bgterm
from bgterm import EXIT, SessionExitedError, SessionManager, UnknownSessionError
from inside import live
from waiting import eventually

RAW_ECHO = "import os, tty; tty.setraw(0); os.write(1, b'!')\nwhile data := os.read(0, 65536): os.write(1, data)"


@pytest.fixture
def echo(manager: SessionManager) -> bgterm.Session:
    """A program in raw mode that writes what it reads."""
    sid = manager.start_session([sys.executable, "-c", RAW_ECHO])
    assert manager.poll(sid, 20_000).text == "!"
    return manager.open(sid)


def type_only(session: bgterm.Session, chars: str | bytes) -> bgterm.PollResult:
    """Type, and leave all output unread; what was dropped by then is told here."""
    return session.write_stdin(chars, 0, 0)


def until_kept(session: bgterm.Session, end: int) -> None:
    """Wait until so much output has come, by looking in a way that reads nothing."""
    assert eventually(lambda: session.info().buffer_end_offset >= end, 10)


def test_output_is_returned_once(echo: bgterm.Session) -> None:
    assert echo.write_stdin("abc", 10_000).text == "abc"
    again = echo.poll(0)
    assert (again.text, again.reason, again.running, again.exit_code) == ("", "timeout", True, None)


def test_unread_output_is_returned_at_once(echo: bgterm.Session) -> None:
    type_only(echo, "left")
    until_kept(echo, 5)
    assert echo.poll(None).text == "left"


def test_waiting_ends_with_output_exit_or_time(manager: SessionManager) -> None:
    sid = manager.start_session("read a; echo got; read b; exit 3")
    assert manager.poll(sid, 20).reason == "timeout"
    first = manager.write_stdin(sid, "x\n", 10_000, until="got\r\n")
    assert (first.reason, first.text) == ("match", "x\r\ngot\r\n")
    manager.write_stdin(sid, "y\n", 10_000, until=r"y\r\n")
    last = manager.poll(sid, 10_000)
    assert (last.reason, last.text, last.running, last.exit_code) == ("exit", "", False, 3)


def test_pages_and_offsets_account_for_every_byte(echo: bgterm.Session) -> None:
    type_only(echo, "0123456789")
    until_kept(echo, 11)
    page = echo.poll(0, 4)
    assert (page.text, page.start_offset, page.end_offset, page.remaining_bytes, page.truncated) == (
        "0123",
        1,
        5,
        6,
        True,
    )
    assert (page.data, page.bytes_returned, page.buffer_start_offset, page.buffer_end_offset) == (b"0123", 4, 0, 11)
    assert echo.read(3).text == "456"
    assert echo.read(None).text == "789"
    again = echo.read(2, offset=2)
    assert (again.text, again.start_offset, again.remaining_bytes) == ("12", 2, 7)
    assert echo.read().text == ""
    with pytest.raises(ValueError, match="beyond"):
        echo.read(offset=12)


def test_a_page_of_nothing_consumes_nothing(echo: bgterm.Session) -> None:
    type_only(echo, "abc")
    until_kept(echo, 4)
    assert echo.poll(0, 0).remaining_bytes == 3
    assert echo.poll(0).text == "abc"


def test_no_page_splits_a_character(echo: bgterm.Session) -> None:
    text = "aé€😀z"
    type_only(echo, text)
    until_kept(echo, 1 + len(text.encode()))
    pages = [echo.poll(0, 2).text for _ in range(5)]
    assert pages == ["a", "é", "€", "😀", "z"]


def test_an_unfinished_character_waits_for_its_rest(echo: bgterm.Session) -> None:
    euro = "€".encode()
    type_only(echo, b"a" + euro[:2])
    until_kept(echo, 4)
    assert echo.poll(0).text == "a"
    unfinished = echo.poll(50)
    assert (unfinished.text, unfinished.reason, unfinished.remaining_bytes) == ("", "timeout", 2)
    assert echo.write_stdin(euro[2:], 10_000).text == "€"


def test_an_unfinished_character_is_shown_at_the_end(manager: SessionManager) -> None:
    sid = manager.start_session([r"printf '\342\202'"], shell=True)
    assert manager.poll(sid, 10_000, until=EXIT).text == "\N{REPLACEMENT CHARACTER}"


def test_other_encodings_keep_their_state_from_page_to_page(manager: SessionManager) -> None:
    sid = manager.start_session([sys.executable, "-c", RAW_ECHO], encoding="iso2022_jp")
    manager.poll(sid, 20_000, until="!")
    text = "日本語"
    type_only(manager.open(sid), text)
    until_kept(manager.open(sid), 1 + len(text.encode("iso2022_jp")))
    shown = ""
    while not shown.endswith(text[-1]):
        page = manager.poll(sid, 0, 5)
        shown += page.text
        assert page.bytes_returned
    assert shown == text


def test_text_that_cannot_be_encoded_is_refused_before_anything_is_typed(manager: SessionManager) -> None:
    sid = manager.start_session(["cat"], encoding="ascii")
    with pytest.raises(UnicodeEncodeError):
        manager.write_stdin(sid, "fünf\n")
    assert manager.write_stdin(sid, b"f\xc3\xbcnf\n", 10_000, until="nf").match


@pytest.mark.parametrize("bad", [{"yield_time_ms": -1}, {"max_output_bytes": -1}, {"settle_ms": -0.5}])
def test_negative_numbers_are_refused_before_anything_is_typed(echo: bgterm.Session, bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        echo.write_stdin("x", **bad)  # type: ignore[arg-type]
    with pytest.raises(re.error):
        echo.write_stdin("x", until="(")
    with pytest.raises(TypeError):
        echo.write_stdin("x", until=5)  # type: ignore[arg-type]
    assert echo.write_stdin("y", 10_000).text == "y"


def test_dropped_bytes_are_counted_once(manager: SessionManager) -> None:
    sid = manager.start_session([sys.executable, "-c", RAW_ECHO], max_buffer_bytes=100)
    manager.poll(sid, 20_000, until="!")
    typed = type_only(manager.open(sid), "x" * 900 + "y" * 100)
    until_kept(manager.open(sid), 1001)
    page = manager.poll(sid, 0)
    assert (page.text, typed.dropped_bytes + page.dropped_bytes, page.start_offset) == ("y" * 100, 900, 901)
    assert manager.write_stdin(sid, "z", 10_000).dropped_bytes == 0
    assert manager.read(sid, offset=0).start_offset == 902


def test_a_drop_never_begins_a_page_inside_a_character(manager: SessionManager) -> None:
    sid = manager.start_session([sys.executable, "-c", RAW_ECHO], max_buffer_bytes=100)
    manager.poll(sid, 20_000, until="!")
    typed = type_only(manager.open(sid), "€" * 50)
    until_kept(manager.open(sid), 151)
    page = manager.poll(sid, 0)
    assert (page.text, typed.dropped_bytes + page.dropped_bytes) == ("€" * 33, 51)


def test_overflow_block_makes_the_program_wait_and_loses_nothing(manager: SessionManager) -> None:
    sid = manager.start_session("seq 1 200000", overflow="block", max_buffer_bytes=10_000)
    shown: list[str] = []
    while (page := manager.poll(sid, 20_000)).running or page.text:
        assert page.dropped_bytes == 0
        assert page.buffer_end_offset - page.end_offset <= 10_000 + (1 << 20)
        shown.append(page.text)
    assert "".join(shown).split() == list(map(str, range(1, 200_001)))


def test_a_match_ends_the_text_and_the_rest_stays_unread(echo: bgterm.Session) -> None:
    type_only(echo, "one $ two $ three")
    until_kept(echo, 18)
    first = echo.poll(0, until=r"\$")
    assert (first.text, first.reason, first.remaining_bytes) == ("one $", "match", 12)
    assert first.match is not None and first.match.start() == 4
    assert echo.poll(0, until=re.compile(rb"\$")).data == b" two $"
    assert echo.poll(50, until="nothing of this kind").reason == "timeout"


def test_escape_sequences_are_not_in_the_way_of_a_match(echo: bgterm.Session) -> None:
    result = echo.write_stdin("\x1b[1mpro\x1b[31mmpt\x1b[0m> \x1b[K", 10_000, until="prompt> ")
    assert result.text == "\x1b[1mpro\x1b[31mmpt\x1b[0m> "
    assert echo.poll(10_000).text == "\x1b[K"


def test_a_long_match_is_returned_by_its_end(echo: bgterm.Session) -> None:
    type_only(echo, "a" * 5000 + "€END")
    until_kept(echo, 5007)
    result = echo.poll(10_000, 5, until="END")
    assert (result.text, result.skipped_bytes, result.remaining_bytes, result.truncated) == ("END", 5003, 0, True)
    assert echo.read(7, offset=result.start_offset - 4).text == "a€END"


def test_a_match_may_begin_far_back(manager: SessionManager) -> None:
    sid = manager.start_session("echo BEGIN; seq 1 100000; echo END; read x", max_buffer_bytes=10_000_000)
    result = manager.poll(sid, 20_000, None, until=r"(?s)BEGIN.*END")
    assert result.match is not None
    assert result.text.endswith("100000\r\nEND")


def test_a_match_that_begins_far_back_is_found_by_a_wait_of_no_time(manager: SessionManager) -> None:
    """While output came, a search looked back over all of it only after a pause, which the wait did not live to see."""
    session = manager.open(manager.start_session("echo BEGIN; seq 1 100000; echo END; read x"))
    terminal = live(session).terminal
    until_kept(session, 688_907)
    with terminal.lock:
        terminal.last_output = time.monotonic() + 60  # it came just now
    result = session.poll(0, None, until=r"(?s)BEGIN.*00000\r\nEND")
    assert result.reason == "match"


def test_a_match_is_told_after_settling_too(echo: bgterm.Session) -> None:
    result = echo.write_stdin("abc", 10_000, until="b", settle_ms=20)
    assert (result.reason, result.text) == ("settled", "abc")
    assert result.match is not None


def test_settling_collects_until_output_is_still(manager: SessionManager) -> None:
    burst = "for i in 1 2 3 4 5; do echo $i; sleep 0.05; done; read x"
    sid = manager.start_session(burst)
    result = manager.poll(sid, 20_000, settle_ms=1000)
    assert (result.text, result.reason) == ("1\r\n2\r\n3\r\n4\r\n5\r\n", "settled")


def test_settling_is_bounded_by_the_time(manager: SessionManager) -> None:
    sid = manager.start_session("while :; do echo tick; sleep 0.02; done")
    assert manager.poll(sid, 300, settle_ms=200).reason == "output"


def test_input_to_an_exited_program_is_refused_and_its_output_stays(manager: SessionManager) -> None:
    sid = manager.start_session("echo bye; exit 4")
    assert manager.wait(sid, 10_000) == 4
    with pytest.raises(SessionExitedError, match="exit code 4") as caught:
        manager.write_stdin(sid, "x")
    assert caught.value.exit_code == 4
    assert manager.poll(sid).text == "bye\r\n"


def test_end_of_file_ends_the_input_at_the_start_and_in_the_middle_of_a_line(manager: SessionManager) -> None:
    for typed, read in (("", ""), ("a\n", "a\n"), ("a\nb", "a\nb")):
        sid = manager.start_session([sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"])
        if typed:
            manager.write_stdin(sid, typed)
        manager.open(sid).send_eof()
        assert repr(read) in manager.poll(sid, 20_000, until=EXIT).text


def test_interrupt_reaches_the_foreground_in_raw_mode_too(manager: SessionManager) -> None:
    script = (
        "import tty, time\n"
        "try: tty.setraw(0); print('go', flush=True); time.sleep(99)\n"
        "except KeyboardInterrupt: print('ouch')"
    )
    sid = manager.start_session([sys.executable, "-c", script])
    manager.poll(sid, 20_000, until="go")
    manager.interrupt(sid)
    assert manager.poll(sid, 10_000, until="ouch").match


def test_a_resize_reaches_the_program(manager: SessionManager) -> None:
    sid = manager.start_session("trap 'stty size' WINCH; echo go; while :; do sleep 0.05; done")
    manager.poll(sid, 10_000, until="go")
    manager.resize(sid, 40, 123)
    assert manager.poll(sid, 10_000, until="40 123").match
    assert (manager.info(sid).rows, manager.info(sid).cols) == (40, 123)


def test_two_callers_never_get_the_same_byte(manager: SessionManager) -> None:
    sid = manager.start_session("seq 1 50000; read x", max_buffer_bytes=10_000_000)
    pages: list[tuple[int, str]] = []

    def read() -> None:
        while (page := manager.poll(sid, 1000, 500)).text:
            pages.append((page.start_offset, page.text))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert "".join(text for _, text in sorted(pages)).split() == list(map(str, range(1, 50_001)))


def in_thread(action: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Run `action` in a thread; what it returned or raised is in the list once the thread has ended."""
    results: list[object] = []

    def run() -> None:
        try:
            results.append(action())
        except BaseException as error:  # noqa: BLE001 - it is handed to the test
            results.append(error.with_traceback(None))  # which would keep what the thread had, until collected

    thread = threading.Thread(target=run)
    thread.start()
    return thread, results


def session_runs(result: object) -> bool:
    return isinstance(result, bgterm.PollResult) and result.running


def test_closing_a_session_wakes_all_who_wait_on_it(manager: SessionManager) -> None:
    sid = manager.start_session(["cat"])
    session = manager.open(sid)
    waiting = [in_thread(lambda: session.poll(None)) for _ in range(3)]
    waiting.append(in_thread(session.wait))
    assert eventually(lambda: len(live(session).terminal.attendance.followers) == 3)
    manager.close(sid)
    for thread, results in waiting:
        thread.join(10)
        # The program ends before its session does: who is quick sees that.
        assert isinstance(results[0], UnknownSessionError) or not session_runs(results[0])


def test_one_session_holds_up_no_other(manager: SessionManager) -> None:
    silent = manager.open(manager.start_session(["cat"]))
    thread, results = in_thread(lambda: silent.poll(None, until="released"))
    other = manager.start_session(["cat"])
    for word in ("a", "b", "c"):
        assert manager.write_stdin(other, f"{word}\n", 10_000, until=f"{word}\r\n{word}\r\n").match
    silent.write_stdin("released\n", max_output_bytes=0)
    thread.join(10)
    assert isinstance(results[0], bgterm.PollResult)


def test_when_the_leading_waiter_goes_another_one_leads(manager: SessionManager) -> None:
    session = manager.open(manager.start_session(["cat"]))
    leading, led = in_thread(lambda: session.poll(None, until="first"))
    assert eventually(lambda: live(session).terminal.attendance.leader is not None)
    following, followed = in_thread(lambda: session.poll(None, until="second"))
    assert eventually(lambda: len(live(session).terminal.attendance.followers) == 1)
    session.write_stdin("first\n", max_output_bytes=0)
    leading.join(10)
    session.write_stdin("second\n", max_output_bytes=0)
    following.join(10)
    assert isinstance(led[0], bgterm.PollResult) and isinstance(followed[0], bgterm.PollResult)
    assert led[0].match and followed[0].match


def test_much_input_never_stalls_and_arrives_whole(manager: SessionManager) -> None:
    hash_all = (
        "import hashlib, os, sys, tty; tty.setraw(0); print('ready', flush=True); os.read(0, 1);"
        "h = hashlib.sha256(); left = 10_000_000\n"
        "while left: d = os.read(0, 65536); h.update(d); left -= len(d)\n"
        "print(h.hexdigest())"
    )
    sid = manager.start_session([sys.executable, "-c", hash_all])
    manager.poll(sid, 20_000, until="ready")
    live(manager.open(sid)).terminal.child.send_signal(signal.SIGSTOP)
    payload = bytes(range(256)) * 39_063
    payload = payload[:10_000_000]
    before = time.monotonic()
    result = manager.write_stdin(sid, b"!" + payload)
    assert result.pending_input_bytes > 9_000_000
    with pytest.raises(bgterm.InputOverflowError, match="wait already"):
        manager.write_stdin(sid, payload)
    assert time.monotonic() - before < 60
    live(manager.open(sid)).terminal.child.send_signal(signal.SIGCONT)
    assert manager.poll(sid, 60_000, until=hashlib.sha256(payload).hexdigest()).match


def test_one_input_beyond_the_queues_bound_is_refused_whole(echo: bgterm.Session) -> None:
    """It was taken where nothing else waited."""
    with pytest.raises(bgterm.InputOverflowError, match="16777216"):
        echo.write_stdin(b"x" * ((16 << 20) + 1))
    assert echo.write_stdin("y", 10_000).text == "y"


def test_enter_ends_no_line_where_the_terminal_does_not_make_it_a_newline(manager: SessionManager) -> None:
    sid = manager.start_session("stty -icrnl; echo up; cat")
    manager.poll(sid, 10_000, until="up")
    with pytest.raises(bgterm.LineTooLongError):
        manager.write_stdin(sid, "x" * 4000 + "\r" + "x" * 1000 + "\n")


def test_a_line_that_the_terminal_would_cut_is_refused_whole(manager: SessionManager) -> None:
    sid = manager.start_session([sys.executable, "-c", "print('go', flush=True); print(len(input()))"])
    manager.poll(sid, 20_000, until="go")
    with pytest.raises(bgterm.LineTooLongError, match="4095"):
        manager.write_stdin(sid, "x" * 4096 + "\n")
    assert manager.write_stdin(sid, "x" * 4095 + "\n", 10_000, until="\n4095").match


def test_a_line_is_as_long_as_all_of_its_parts(manager: SessionManager) -> None:
    sid = manager.start_session(["cat"])
    manager.write_stdin(sid, "x" * 4000)
    with pytest.raises(bgterm.LineTooLongError):
        manager.write_stdin(sid, "x" * 100)
    manager.write_stdin(sid, "\n" + "y" * 4095 + "\n", 10_000, until="y\r\n")


def test_raw_programs_take_long_lines(echo: bgterm.Session) -> None:
    type_only(echo, "x" * 9000)
    until_kept(echo, 9001)
    assert len(echo.poll(0).text) == 9000


@pytest.mark.parametrize("chars", [5, None, ["a"]])
def test_what_is_no_text_is_not_typed(echo: bgterm.Session, chars: object) -> None:
    """An integer was typed as that many NULs."""
    with pytest.raises(TypeError, match="string or bytes"):
        echo.write_stdin(chars)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="string or bytes"):
        echo.run(chars)  # type: ignore[arg-type]
    assert echo.write_stdin(b"y", 10_000).text == "y"


def test_a_wait_for_the_exit_gives_way_to_output_that_keeps_the_program_from_it(manager: SessionManager) -> None:
    sid = manager.start_session("seq 1 20000", overflow="block", max_buffer_bytes=1000)
    result = manager.poll(sid, None, None, until=EXIT)
    assert (result.reason, result.running) == ("output", True)
    while (result := manager.poll(sid, None, None, until=EXIT)).reason != "exit":
        assert result.bytes_returned
    assert result.exit_code == 0
