"""Whatever is pasted stays pasted: no text ends the paste that it is in."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bgterm.manager import SessionManager
from bgterm.until import READY
from bgterm.views.paste import pasted, pasted_bytes, without_ends

MARKS = {
    "the mark": "\x1b[201~",
    "nested": "\x1b[20\x1b[201~1~",
    "nested within its introducer": "\x1b\x1b[201~[201~",
    "8-bit": "\u009b201~",
    "8-bit behind 7-bit": "\x1b[\u009b201~",
    "zeros before the number": "\x1b[00201~",
    "more numbers": "\x1b[201;1~",
}
END = re.compile(r"(?:\x1b\[|\x9b)0*201(?:[:;][0-9:;]*)?~")
PIECES = st.sampled_from(["\x1b", "[", "\u009b", "0", "2", "20", "1", "201~", "~", ";1", "\x1b[201~", "x", "\xc2", "ě"])


@given(st.lists(PIECES, max_size=20).map("".join))
def test_no_text_holds_the_end_of_a_paste(text: str) -> None:
    assert not END.search(without_ends(text))
    if not END.search(text):
        assert without_ends(text) == text


@given(st.lists(PIECES, max_size=20).map("".join))
def test_encoded_text_is_pasted_as_text_is(text: str) -> None:
    assert pasted_bytes(text.encode(), "utf-8") == pasted(text).encode()


def test_bytes_that_are_no_text_are_pasted_as_they_are() -> None:
    assert pasted_bytes(b"\xff\n\xc4\x9b201~", "utf-8") == b"\x1b[200~\xff\n\xc4\x9b201~\x1b[201~"
    assert pasted_bytes(b"\xff\x1b[201~", "utf-8") == b"\x1b[200~\xff[201~\x1b[201~"
    assert pasted_bytes(b"\xff\x1b[201~", "iso2022_jp") == b"\x1b[200~\xff[201~\x1b[201~"


def test_a_mark_nested_a_hundred_thousand_times_is_taken_out_in_one_sweep() -> None:
    depth = 100_000
    assert "\x1b[201~" not in without_ends("\x1b[20" * depth + "\x1b[201~" + "1~" * depth)
    assert without_ends("\x1b[" * depth) == "\x1b[" * depth


@pytest.mark.program("bash")
@pytest.mark.parametrize("verb", ["run", "run bytes", "send_keys"])
@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS)
def test_data_does_not_break_out_of_a_paste(manager: SessionManager, tmp_path: Path, mark: str, verb: str) -> None:
    env = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    session = manager.open(manager.start_session(["bash", "--norc"], cwd=tmp_path, env=env))
    session.poll(10_000, until=READY)
    # Ctrl-A Ctrl-K, were they keys, would drop what was pasted.
    lines = f"cat > notes <<'EOF'\nx{mark}\x01\x0btouch broken\rz\nEOF"
    if verb == "send_keys":
        session.send_keys(lines, "Enter")
    else:
        session.run(lines if verb == "run" else lines.encode(), 10_000)
    session.run("true", 10_000)
    assert os.listdir(tmp_path) == ["notes"]
    assert "201" in (tmp_path / "notes").read_text()
