"""Input arrives whole, once and in order, or is refused before anything of it is sent."""

from __future__ import annotations

import hashlib
import os
import random
import sys

import pytest

import bgterm
from bgterm.engine.input import CANONICAL_LINE_BYTES
from bgterm.errors import InputOverflowError, LineTooLongError, SessionExitedError
from bgterm.manager import SessionManager
from faults.counts import SCALE, record, times

COUNT = (
    "import hashlib, os, sys, tty\n"
    "{mode}"
    "print('up', flush=True)\n"
    "sys.argv[1] == 'wait' and open(sys.argv[2]).close()\n"
    "left, digest = {size}, hashlib.sha256()\n"
    "while left:\n"
    "    data = os.read(0, min(left, 65536))\n"
    "    left -= len(data)\n"
    "    digest.update(data)\n"
    "print('digest', digest.hexdigest(), flush=True)\n"
)
RAW = "tty.setraw(0)\n"
CANONICAL = "import termios; mode = termios.tcgetattr(0); mode[3] &= ~termios.ECHO; termios.tcsetattr(0, 0, mode)\n"


def digesting(size: int, mode: str, start: str = "now", fifo: str = "") -> list[str]:
    """A program that reads so many bytes, from the moment that `fifo` is opened, and prints their digest."""
    return [sys.executable, "-S", "-c", COUNT.format(mode=mode, size=size), start, fifo]


def test_ten_megabytes_typed_to_a_program_that_does_not_read_arrive_once_it_does(
    manager: SessionManager, tmp_path: os.PathLike[str]
) -> None:
    fifo = os.path.join(tmp_path, "go")
    os.mkfifo(fifo)
    data = random.Random(1).randbytes(10_000_000)
    sid = manager.start_session(digesting(len(data), RAW, "wait", fifo))
    manager.poll(sid, None, until="up\r?\n")
    page = manager.write_stdin(sid, data)
    assert page.pending_input_bytes > 9_000_000
    before = os.times()
    assert manager.poll(sid, 300).reason == "timeout"
    after = os.times()
    assert after.user + after.system - before.user - before.system < 0.15  # nobody spins on what cannot be written
    open(fifo, "w", encoding="ascii").close()
    page = manager.poll(sid, None, until="digest ([0-9a-f]{64})")
    assert page.match is not None
    lost = page.match[1] != hashlib.sha256(data).hexdigest()
    record("10 MB typed to a program that reads later", 1, int(lost), "inputs")
    assert manager.info(sid).pending_input_bytes == 0


def test_megabytes_of_lines_reach_a_program_that_reads_lines(manager: SessionManager) -> None:
    generator = random.Random(2)
    lines = [b"%d" % generator.randrange(10 ** generator.randrange(1, 400)) for _ in range(times(5000))]
    data = b"\n".join(lines) + b"\n"
    sid = manager.start_session(digesting(len(data), CANONICAL))
    manager.poll(sid, None, until="up\r?\n")
    page = manager.write_stdin(sid, data, None, until="digest ([0-9a-f]{64})")
    assert page.match is not None
    record(
        "lines typed in one go in canonical mode",
        len(lines),
        int(page.match[1] != hashlib.sha256(data).hexdigest()),
        f"{len(data)} bytes",
    )


def test_what_does_not_fit_the_queue_is_refused_whole(manager: SessionManager) -> None:
    sid = manager.start_session(["sh", "-c", "stty raw -echo; echo up; sleep 1000"])
    manager.poll(sid, None, until="up\r?\n")
    pending = manager.write_stdin(sid, b"x" * 16_000_000).pending_input_bytes
    with pytest.raises(InputOverflowError):
        manager.write_stdin(sid, b"y" * 2_000_000)
    assert manager.info(sid).pending_input_bytes <= pending


def test_the_longest_line_arrives_whole_and_one_byte_more_is_refused(manager: SessionManager) -> None:
    line = b"x" * CANONICAL_LINE_BYTES
    sid = manager.start_session(digesting(len(line) + 1, CANONICAL))
    manager.poll(sid, None, until="up\r?\n")
    with pytest.raises(LineTooLongError):
        manager.write_stdin(sid, line + b"x\n")
    with pytest.raises(LineTooLongError):
        manager.write_stdin(sid, b"short\n" + line + b"x\nshort\n")
    page = manager.write_stdin(sid, line + b"\n", None, until="digest ([0-9a-f]{64})")
    assert page.match is not None
    assert page.match[1] == hashlib.sha256(line + b"\n").hexdigest()


def test_a_line_that_grows_too_long_in_pieces_is_refused(manager: SessionManager) -> None:
    sid = manager.start_session("cat >/dev/null")
    manager.write_stdin(sid, b"x" * 3000)
    with pytest.raises(LineTooLongError):
        manager.write_stdin(sid, b"x" * 3000)
    manager.write_stdin(sid, b"x" * 1000 + b"\n")
    manager.write_stdin(sid, b"x" * 4000)


def test_a_long_line_is_fine_for_a_program_that_reads_raw(manager: SessionManager) -> None:
    data = b"x" * 100_000
    sid = manager.start_session(digesting(len(data), RAW))
    manager.poll(sid, None, until="up\r?\n")
    page = manager.write_stdin(sid, data, None, until="digest ([0-9a-f]{64})")
    assert page.match is not None
    assert page.match[1] == hashlib.sha256(data).hexdigest()


ENDS_OF_FILE = {
    "at the start of a line": "",
    "after a whole line": "line\n",
    "in the middle of a line": "half",
    "after a line and a half": "line\nhalf",
    "after a line that was erased": "half\x15",
    "after characters that were erased": "ab\x7f\x7f",
    "after two characters of which one was erased": "ab\x7f",
}


@pytest.mark.parametrize("typed", ENDS_OF_FILE)
def test_the_end_of_file_ends_the_reader_and_not_what_reads_after_it(manager: SessionManager, typed: str) -> None:
    sid = manager.start_session("stty -echo; echo up; cat >/dev/null; echo first; cat >/dev/null; echo second")
    manager.poll(sid, None, until="up\r\n")
    manager.write_stdin(sid, ENDS_OF_FILE[typed], 0, 0)
    manager.send_eof(sid)
    assert manager.poll(sid, None, until="first\r\n").match
    assert manager.poll(sid, 100, until="second").match is None
    manager.write_stdin(sid, "more\n")
    assert manager.info(sid).running
    manager.send_eof(sid)
    assert manager.poll(sid, None, until="second\r\n").match


def test_what_a_program_read_raw_is_no_begun_line_for_the_next(manager: SessionManager) -> None:
    sid = manager.start_session(
        "stty -echo -icanon; echo raw; dd bs=1 count=4 2>/dev/null >/dev/null; stty icanon; echo cooked; "
        "cat >/dev/null; echo first; cat >/dev/null; echo second"
    )
    manager.poll(sid, None, until="raw\r\n")
    manager.write_stdin(sid, "keys", None, until="cooked\r\n")
    manager.send_eof(sid)
    assert manager.poll(sid, None, until="first\r\n").match
    assert manager.poll(sid, 100, until="second").match is None


def test_interrupting_a_program_that_ignores_sigint_leaves_it_and_its_session_usable(manager: SessionManager) -> None:
    sid = manager.start_session("trap '' INT; stty -echo; echo up; cat; echo end")
    manager.poll(sid, None, until="up\r\n")
    for _ in range(10):
        manager.interrupt(sid)
    assert manager.write_stdin(sid, "still here\n", None, until="here\r\n").match


def test_input_to_a_program_that_has_exited_is_refused_and_its_tail_stays(manager: SessionManager) -> None:
    for _ in range(times(30)):
        sid = manager.start_session("echo tail; exit 3")
        manager.wait(sid)
        with pytest.raises(SessionExitedError) as refused:
            manager.write_stdin(sid, "x")
        assert refused.value.exit_code == 3
        assert manager.read(sid).text == "tail\r\n"
        manager.close(sid)


def test_input_to_a_program_that_is_about_to_exit_raises_nothing_else(manager: SessionManager) -> None:
    for _ in range(times(30)):
        sid = manager.start_session("read line")
        try:
            while True:
                manager.write_stdin(sid, "line\n" * 100)
        except SessionExitedError:
            pass
        manager.close(sid)


def test_input_to_who_still_holds_a_terminal_is_refused_too(manager: SessionManager) -> None:
    sid = manager.start_session("set -m; sleep 1000 & exit 0")
    manager.wait(sid)
    with pytest.raises(SessionExitedError):
        manager.write_stdin(sid, "x" * 1000 + "\n")


PASTES = {
    "bash": (["bash", "--norc", "-i"], "v='{text}'", 'printf %s "$v" | sha256sum', 200_000),
    "python": (
        [sys.executable, "-q"],
        "v = '''{text}'''",
        "import hashlib; hashlib.sha256(v.encode()).hexdigest()",
        200_000,
    ),
    "ipython": (
        [sys.executable, "-m", "IPython", "--no-banner", "--no-confirm-exit"],
        "v = '''{text}'''",
        "import hashlib; hashlib.sha256(v.encode()).hexdigest()",
        200_000,
    ),
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("program", PASTES)
def test_a_large_paste_arrives_whole(manager: SessionManager, tmp_path: os.PathLike[str], program: str) -> None:
    command, assignment, question, ordinarily = PASTES[program]
    digits = random.Random(3).randbytes(int(ordinarily * min(SCALE, 5)) // 2).hex()
    text = "\n".join(digits[place : place + 100] for place in range(0, len(digits), 100))
    environment = {**os.environ, "HOME": os.fspath(tmp_path), "TERM": "xterm-256color", "INPUTRC": os.devnull}
    sid = manager.start_session(command, env=environment, max_buffer_bytes=100_000_000)
    page = manager.poll(sid, 60_000, until=bgterm.READY)
    assert page.reason == "ready"
    line = assignment.format(text=text)
    if "\x1b[?2004h" in page.text:  # it takes bracketed paste
        line = f"\x1b[200~{line}\x1b[201~"
    manager.write_stdin(sid, f"{line}\r", 0, 0)
    assert manager.poll(sid, None, until=bgterm.READY).reason == "ready"
    digest = hashlib.sha256(text.encode()).hexdigest()
    page = manager.write_stdin(sid, f"{question}\r", 60_000, until=digest)
    record(f"paste into {program}", 1, int(page.match is None), f"{len(text)} bytes")
