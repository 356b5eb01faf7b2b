"""Where a prompt begins, from what was drawn: without a program."""

from __future__ import annotations

import pytest

from bgterm.readiness.drawing import Drawings

ON, OFF = b"\x1b[?2004h", b"\x1b[?2004l"
ZSH = b"\r\x1b[0m\x1b[27m\x1b[24m\x1b[J"
SIGN = b"\x1b[1m\x1b[7m%\x1b[27m\x1b[1m\x1b[0m" + b" " * 79 + b"\r \r"
ELVISH = b"\x1b[?7h\x1b[7m\xe2\x8f\x8e\x1b[m" + b" " * 79 + b"\r \r\x1b[?7l"
TOOLBAR = b"\r\n\r\n\x1b[7m F4 Emacs \x1b[0m\r\x1b[2A\x1b[4C"


@pytest.mark.parametrize(
    ("first", "output", "prompt"),
    [
        pytest.param(ON + b"$ ", b"out", ON + b"$ ", id="the same"),
        pytest.param(ON + b"$ ", b"a\r\nb", ON + b"/tmp\r\n$ ", id="one of two rows now"),
        pytest.param(ON + b"$ ", b"out", ON + b"\r\n~ on main\r\n> ", id="one of three rows now"),
        pytest.param(ON + b">>> " + TOOLBAR, b"out\r\n", ON + b">>> " + TOOLBAR, id="with a toolbar"),
        pytest.param(ON + b"1> " + TOOLBAR, b"no newline", ON + b"ask> " + TOOLBAR, id="another with a toolbar"),
        pytest.param(b"[1]> " + ON, b"out\r\n\r\n", b"[2]> " + ON, id="the switch is last"),
        pytest.param(ON, b"no newline", ON, id="no text"),
        pytest.param(SIGN + ZSH + b"$ " + ON, b"out", SIGN + b"\r\n~\r\n" + ZSH + b"$ " + ON, id="a hook's rows"),
        pytest.param(ELVISH + ON + b"~> ", b"out", ELVISH + ON + b"/etc> ", id="another sign"),
        pytest.param(OFF + ON + b"$ ", b"out", ON + b"$ ", id="behind what started it"),
        pytest.param(ZSH + b"$ sh\r\n" + OFF + ON + b"$ ", b"x", ON + b"$ ", id="behind zsh, which started it"),
        pytest.param(b"\xe2\x9d\xaf ", b"out", b"\xe2\x9d\xaf ", id="no line editor"),
    ],
)
def test_a_prompt_begins_where_its_line_editor_began_to_draw(first: bytes, output: bytes, prompt: bytes) -> None:
    drawings = Drawings()
    drawings.before(first, len(first), 1)
    data = output + prompt
    assert drawings.after(data, 0, len(first) + len(data), 1, "the line") == len(output)


def test_an_editor_that_switches_before_the_output_has_begun_no_prompt_there() -> None:
    """rlwrap does so: the terminal echoes the line once more."""
    drawings = Drawings()
    first = ON + b"$ "
    drawings.before(first, len(first), 1)
    data = ON + b"echo out\r\r\nout\r\r\n$ "
    assert drawings.after(data, 0, 100, 1, "echo out") == data.index(b"$ ")
