"""Our pictures beside those of a real terminal: xterm draws the same output on a display without a screen."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bgterm import Session
from bgterm.views.drawing import HEIGHT, WIDTH
from bgterm.views.picture import BAR, MARGIN
from bgterm.views.screen import Screen
from views.pixels import Cell, Picture, distance, read_png
from views.xterm import drawn_by_xterm

pytest.importorskip("pyghostty")
pytestmark = pytest.mark.program("Xvfb", "xterm", "rsvg-convert")

ROWS, COLS = 24, 80
WAIT_MS = 20_000

COLOURS = "".join(
    (
        *(f"\x1b[{look}{30 + number}m {look}{30 + number} \x1b[0m" for look in ("", "1;", "2;") for number in range(8)),
        *(f"\x1b[{number}m {number} \x1b[0m" for number in (*range(40, 48), *range(100, 108))),
        *(f"\x1b[48;5;{number}m \x1b[0m" for number in range(16, 256)),
        *(f"\x1b[48;2;{3 * number};100;{255 - 3 * number}m \x1b[0m" for number in range(80)),
        "\r\n\x1b[7minverse\x1b[0m \x1b[7;31;44mof colours\x1b[0m \x1b[8mhidden\x1b[0m \x1b[5mblink\x1b[0m ",
        "\x1b[4munder\x1b[0m \x1b[21mtwice\x1b[0m \x1b[9mstruck\x1b[0m \x1b[3mitalic\x1b[0m \x1b[7;1mbold\x1b[0m\r\n",
        "\x1b[44m\x1b[K\r\n\x1b[K\x1b[42m\r\n\x1b[2K\x1b[0m\r\n\x1b]4;1;#00ff00\x07\x1b[31mred is green\x1b[0m",
    )
)
# Without the full block, which does not fill its cell in the font that xterm has here.
FRAMES = (
    "┌──┬──┐ ╔══╦══╗ ┏━━┳━━┓ ╭──╮ ╒══╤══╕ ╓──╥──╖ ▁▂▃▄▅▆▇\r\n"
    "│  │  │ ║  ║  ║ ┃  ┃  ┃ │  │ │  │  │ ║  ║  ║ ▉▊▋▌▍▎▏\r\n"
    "├──┼──┤ ╠══╬══╣ ┣━━╋━━┫ │  │ ╞══╪══╡ ╟──╫──╢ ▖▗▘▙▚▛▜▝▞▟\r\n"
    "└──┴──┘ ╚══╩══╝ ┗━━┻━━┛ ╰──╯ ╘══╧══╛ ╙──╨──╜ ▀▄▐▔▕\r\n"
    "\x1b[34;43m┌──┐▀▄▌▐\r\n└──┘\x1b[0m \x1b(0lqqk\x1b(B\r\n"
)
REVERSED = "\x1b[?5h\x1b[31mred\x1b[0m and \x1b[7minverse\x1b[0m on a reversed screen\r\n\x1b[44m\x1b[K"
OWN_COLOURS = "\x1b]10;#102030\x07\x1b]11;#f0e0d0\x07\x1b[2J\x1b[Hink on paper\r\n\x1b[44m\x1b[K"


def captured(*cmd: str, showing: str, keys: tuple[str, ...] = (), folder: Path) -> bytes:
    """The output of a program until it shows what is looked for."""
    env = {"HOME": str(folder), "PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    with Session.start(cmd, rows=ROWS, cols=COLS, cwd=folder, env=env) as session:
        assert session.wait_screen(showing, WAIT_MS, settle_ms=200) is not None
        session.send_keys(*keys)
        session.wait_screen(showing, WAIT_MS, settle_ms=200)
        return session.read(None, offset=0).data


def dialog(folder: Path) -> bytes:
    menu = ("--title", "Breakfast", "--menu", "What would you like?", "12", "46", "3")
    return captured("dialog", *menu, "1", "Eggs", "2", "Toast", showing="Cancel", keys=("Down",), folder=folder)


def vim(folder: Path) -> bytes:
    (folder / "greet.py").write_text('# greet\ndef greet(name: str) -> str:\n    return "hello " + name\n')
    options = ("-u", "NONE", "-i", "NONE", "-n", "-c", "syntax on", "-c", "set number ruler hlsearch")
    return captured("vim", *options, "greet.py", showing="All", keys=("/name", "Enter"), folder=folder)


def htop(folder: Path) -> bytes:
    return captured("htop", "--delay=50", f"--pid={os.getpid()}", showing="F10Quit", folder=folder)


def drawn_by_us(screen: Screen, folder: Path) -> Picture:
    screen.to_svg(folder / "screen.svg")
    subprocess.run(["rsvg-convert", "--output", "screen.png", "screen.svg"], cwd=folder, check=True)
    return Picture(read_png(folder / "screen.png"), MARGIN, BAR, WIDTH, HEIGHT)


def difference(ours: Cell, theirs: Cell) -> str:
    """In what the pictures of a cell differ, beyond what fonts and their smoothing explain."""
    if min(ours.share, theirs.share) > 0.6 and distance(ours.background, theirs.background) > 12:
        return f"background {ours.background} instead of {theirs.background}"
    if ours.ink != theirs.ink:
        return "ink where there is none" if ours.ink else "no ink"
    if distance(ours.average, theirs.average) > 45:
        return f"{ours.average} instead of {theirs.average}"
    return ""


def assert_same_picture(output: bytes, folder: Path) -> Picture:
    """Draw the output in both ways, and compare each cell. Return our picture."""
    (folder / "output").write_bytes(output)
    command = "stty raw -echo; cat output; read x"
    with Session.start(command, rows=ROWS, cols=COLS, cwd=folder) as session:
        while session.info().buffer_end_offset < len(output):
            session.poll(WAIT_MS)
        screen = session.screen()
    theirs = drawn_by_xterm(output, ROWS, COLS, screen.styled, folder)
    ours = drawn_by_us(screen, folder)
    differences = [
        f"row {row}, column {column} ({screen.lines[row][column : column + 1]!r}): {how}"
        for row in range(ROWS)
        for column in range(COLS)
        if (how := difference(ours.cell(row, column), theirs.cell(row, column)))
    ]
    assert differences == []
    return ours


@pytest.mark.parametrize(
    "capture", [pytest.param(of, marks=pytest.mark.program(of.__name__), id=of.__name__) for of in (dialog, vim, htop)]
)
def test_programs_look_as_they_do_in_xterm(capture: Callable[[Path], bytes], tmp_path: Path) -> None:
    assert_same_picture(capture(tmp_path), tmp_path)


DRAWN = {"colours": COLOURS, "frames": FRAMES, "reversed screen": REVERSED, "own colours": OWN_COLOURS}


@pytest.mark.parametrize("output", DRAWN.values(), ids=DRAWN)
def test_what_is_drawn_looks_as_it_does_in_xterm(output: str, tmp_path: Path) -> None:
    assert_same_picture(output.encode(), tmp_path)


def test_frames_have_no_gaps_between_their_cells(tmp_path: Path) -> None:
    (tmp_path / "frames").write_text(FRAMES)
    with Session.start("stty raw -echo; cat frames; read x", rows=ROWS, cols=COLS, cwd=tmp_path) as session:
        session.wait_screen("└──┴──┘", WAIT_MS)
        picture = drawn_by_us(session.screen(), tmp_path)
    blank, middle = picture.cell(10, 0).background, HEIGHT // 2
    for frame in re.finditer(r"[┌╔┏╭╒╓]\S+", FRAMES.partition("\r")[0]):
        for row in range(4):
            lines = picture.cell(row, frame.start()).pixels
            inked = [any(distance(pixel, blank) > 100 for pixel in line) for line in lines]
            assert all(inked[middle + 1 if row == 0 else 0 : middle if row == 3 else HEIGHT]), (frame[0], row)
        for column in range(frame.start() + 1, frame.end() - 1):
            columns = zip(*picture.cell(0, column).pixels, strict=True)
            assert all(any(distance(pixel, blank) > 100 for pixel in line) for line in columns), frame[0]
