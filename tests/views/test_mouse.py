"""A click arrives where it was made, in whichever way the program has asked to be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from bgterm import SessionManager
from bgterm.views.modes import Modes
from bgterm.views.mouse import encode_click
from readiness.outputs import output_of

LONG_MS = 20_000


def modes_after(shown: bytes) -> Modes:
    modes = Modes()
    modes.update(output_of(shown))
    return modes


@pytest.mark.parametrize(
    ("asked", "row", "column", "sent"),
    [
        (b"\x1b[?1000h", 0, 0, b"\x1b[M !!\x1b[M#!!"),
        (b"\x1b[?9h", 4, 9, b"\x1b[M *%"),
        (b"\x1b[?9;1002h", 4, 9, b"\x1b[M *%\x1b[M#*%"),
        (b"\x1b[?1000h", 222, 222, b"\x1b[M \xff\xff\x1b[M#\xff\xff"),
        (b"\x1b[?1003;1005h", 300, 100, b"\x1b[M \xc2\x85\xc5\x8d\x1b[M#\xc2\x85\xc5\x8d"),
        (b"\x1b[?1002h\x1b[?1006h", 4, 299, b"\x1b[<0;300;5M\x1b[<0;300;5m"),
        (b"\x1b[?1000;1015h", 4, 299, b"\x1b[32;300;5M\x1b[35;300;5M"),
        (b"\x1b[?1000;1006;1015h", 0, 0, b"\x1b[32;1;1M\x1b[35;1;1M"),
        (b"\x1b[?1000;1006;1015h\x1b[?1015l", 0, 0, b"\x1b[M !!\x1b[M#!!"),
    ],
)
def test_it_is_told_as_the_program_has_asked(asked: bytes, row: int, column: int, sent: bytes) -> None:
    assert encode_click(row, column, modes_after(asked)) == sent


@pytest.mark.parametrize("shown", [b"", b"\x1b[?1006h", b"\x1b[?1000h\x1b[?1000l", b"\x1b[?1000h\x1bc"])
def test_who_has_not_asked_is_not_told(shown: bytes) -> None:
    with pytest.raises(ValueError, match="has not asked"):
        encode_click(0, 0, modes_after(shown))


@pytest.mark.parametrize(("asked", "column"), [(b"\x1b[?1000h", 223), (b"\x1b[?1000;1005h", 2015)])
def test_what_cannot_be_told_is_refused(asked: bytes, column: int) -> None:
    with pytest.raises(ValueError, match=f"cannot tell of row 0, column {column}"):
        encode_click(0, column, modes_after(asked))


@pytest.mark.program("vim")
def test_vim_puts_its_cursor_there(manager: SessionManager, tmp_path: Path) -> None:
    pytest.importorskip("pyghostty")
    file = tmp_path / "text"
    file.write_text("0123456789\n" * 20)
    session = manager.open(
        manager.start_session(["vim", "-u", "NONE", "-c", "set nocp mouse=a ttymouse=sgr", "text"], tmp_path)
    )
    session.expect_screen("0123456789", LONG_MS, settle_ms=50)
    session.click(6, 4)
    session.expect_screen(lambda screen: screen.cursor == (6, 4), LONG_MS)
    session.click(2, 8)
    session.expect_screen(lambda screen: screen.cursor == (2, 8), LONG_MS)


def test_a_cell_that_is_not_there_cannot_be_clicked_on(manager: SessionManager) -> None:
    session = manager.open(manager.start_session("printf '\\033[?1000h'; exec cat", rows=10, cols=20))
    session.poll(LONG_MS)
    for row, column in ((10, 0), (0, 20), (-1, 0)):
        with pytest.raises(ValueError, match="row"):
            session.click(row, column)
    with pytest.raises(TypeError):
        session.click("1", 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    session.click(9, 19)
