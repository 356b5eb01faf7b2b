"""What is thrown away before a program reads it, it never reads; what it has read, and what comes after, it has."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from bgterm import SessionExitedError, SessionManager
from inside import live

READS_LATER = """
import os, signal, sys, tty
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
if sys.argv[1] == "raw":
    tty.setraw(0)
os.system("stty -echo")
print("up", flush=True)
signal.sigwait({signal.SIGUSR1})
told = b""
while not told.endswith(b"END\\n"):
    told += os.read(0, 65536)
print("got", told, flush=True)
sys.stdin.read()
"""
KEYS_ALONE = "a megabyte, of which most waits before the terminal"  # no line is so long
TYPED = {
    "nothing": "",
    "a line": "rm -rf /\n",
    "a line that is begun": "rm -rf",
    "as much as a terminal takes": "x" * 99 + "\n",
    "many lines, of which most wait before the terminal": ("x" * 99 + "\n") * 10_000,
    KEYS_ALONE: "y" * 1_000_000,
}


@pytest.mark.parametrize(
    ("mode", "typed"),
    [(mode, name) for mode in ("lines", "raw") for name in TYPED if (mode, name) != ("lines", KEYS_ALONE)],
)
def test_what_was_not_read_is_never_read(manager: SessionManager, typed: str, mode: str) -> None:
    session = manager.open(manager.start_session([sys.executable, "-c", READS_LATER, mode]))
    session.poll(10_000, until="up")
    session.write_stdin(TYPED[typed])
    session.flush_input()
    assert session.info().pending_input_bytes == 0
    os.kill(live(session).terminal.child.pid, signal.SIGUSR1)
    found = session.write_stdin("END\n", 10_000, until=r"got (.*?)\r?\n")
    assert found.match is not None and found.match[1] == r"b'END\n'", found


def test_what_was_read_stays_read_and_a_line_that_was_begun_is_begun_no_more(manager: SessionManager) -> None:
    session = manager.open(manager.start_session(["cat"]))
    session.write_stdin("one\n", 10_000, until="one\r\none\r\n")
    session.write_stdin("x" * 4000)
    session.flush_input()
    long = "y" * 4000  # with what was begun before it would be cut
    assert session.write_stdin(f"{long}\n", 10_000, until=f"{long}\r\n{long}\r\n").reason == "match"


def test_there_is_nobody_to_read_it_any_more(manager: SessionManager) -> None:
    session = manager.open(manager.start_session(["true"]))
    session.wait(10_000)
    with pytest.raises(SessionExitedError):
        session.flush_input()
