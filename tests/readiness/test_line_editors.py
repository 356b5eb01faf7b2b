"""A line editor may sleep while it has a line to take: then the program is not ready for the next."""

from __future__ import annotations

import sys

from bgterm.manager import SessionManager

SHOWS_WHICH_BRACKET_MATCHES = """
import os, select, tty
tty.setraw(0)
while True:
    os.write(1, b"\\x1b[?2004h> ")
    os.read(0, 100)
    # As GNU readline with blink-matching-paren, which octave switches on, where it has read all of the line before.
    os.write(1, b"\\x1b[?2004h(1+2)\\b\\b\\b\\b\\b")
    select.select([0], [], [], 0.5)
    os.write(1, b"\\x1b[5C\\r\\n\\x1b[?2004ldone\\r\\n")
"""


def test_a_line_editor_that_shows_which_bracket_matches_has_not_taken_the_line_yet(manager: SessionManager) -> None:
    session = manager.open(manager.start_session([sys.executable, "-c", SHOWS_WHICH_BRACKET_MATCHES]))
    for _ in range(3):
        result = session.run("(1+2)", 10_000)
        assert "done" in result.data.decode(), result
    session.close()
