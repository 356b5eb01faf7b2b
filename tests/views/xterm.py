"""xterm, on a display that is a file: a real terminal, whose picture ours is compared with."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from bgterm.views.styled import BACKGROUND, FOREGROUND, StyledRows
from views.pixels import Picture, read_xwd
from waiting import eventually

FONT = "DejaVu Sans Mono:pixelsize=15"
WITHIN_SECONDS = 30

# Shows a file in its terminal. xterm has drawn all of it when it answers where its window is, for which it has to ask
# the display: that has then done what it was asked before.
SHOW = r"""
import os, sys, tty
output, done = sys.argv[1:]
tty.setraw(0)

def answer(question, last):
    os.write(1, question)
    got = b""
    while not got.endswith(last):
        got += os.read(0, 1)
    return got.rpartition(b"\033[")[2]  # the output may have asked questions as well

data = memoryview(open(output, "rb").read())
while data:
    data = data[os.write(1, data):]
answer(b"\033[6n", b"R")
_, height, width = answer(b"\033[16t", b"t")[:-1].split(b";")
answer(b"\033[13t", b"t")
with open(done + ".new", "wb") as file:
    file.write(width + b" " + height)
os.rename(done + ".new", done)
os.read(0, 1)
"""


def drawn_by_xterm(output: bytes, rows: int, cols: int, colours: StyledRows, folder: Path) -> Picture:
    """What xterm shows of `output`, in these colours."""
    shown, done, display_file = folder / "output", folder / "done", folder / "Xvfb_screen0"
    shown.write_bytes(output)
    reading, writing = os.pipe()
    with ExitStack() as stack:
        stack.callback(os.close, reading)
        options = (
            "-screen",
            "0",
            "1200x800x24",
            "-fbdir",
            str(folder),
            "-nocursor",
            "-nolisten",
            "tcp",
            "-displayfd",
            str(writing),
        )
        try:
            server = subprocess.Popen(["Xvfb", *options], pass_fds=(writing,), stderr=subprocess.DEVNULL)
        finally:
            os.close(writing)
        stack.callback(_ended, server)
        display = os.read(reading, 16).decode().strip()
        assert display, "Xvfb did not start"
        resources = {"alwaysHighlight": "true", "cursorBlink": "false", "allowWindowOps": "true"}
        resources |= {f"color{number}": colours.palette[number] for number in range(16)}
        xterm = subprocess.Popen(
            [
                *("xterm", "-display", f":{display}", "-geometry", f"{cols}x{rows}+0+0", "-u8", "+sb"),
                *("-fa", FONT, "-b", "0", "-bw", "0", "-fg", FOREGROUND, "-bg", BACKGROUND),
                *(part for name, value in resources.items() for part in ("-xrm", f"XTerm*{name}: {value}")),
                *("-e", sys.executable, "-c", SHOW, str(shown), str(done)),
            ],
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"},
            stderr=subprocess.DEVNULL,
        )
        stack.callback(_ended, xterm)
        assert eventually(lambda: done.exists() or xterm.poll() is not None, WITHIN_SECONDS)
        width, height = map(int, done.read_bytes().split())
        return Picture(read_xwd(display_file.read_bytes()), 0, 0, width, height)


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()
