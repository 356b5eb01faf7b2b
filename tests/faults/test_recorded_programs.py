"""Real programs draw as they do, and every reader of output takes what they have drawn, wherever it is cut."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bgterm.manager import SessionManager
from bgterm.until import READY
from faults.counts import record, times
from faults.test_grammar import read_by_all

PROGRAMS: dict[str, tuple[list[str], list[str]]] = {
    "bash": (["bash", "--norc"], ["ls --color=always /", "Enter", "Up", "C-r", "ls", "Escape", "Tab", "Tab"]),
    "zsh": (["zsh", "-f"], ["echo one", "Enter", "Up", "C-a", "print ", "Enter", "ls /u", "Tab", "Tab"]),
    "fish": (["fish", "--no-config"], ["echo one", "Enter", "ec", "Right", "Enter", "ls /", "Tab", "Tab"]),
    "dash": (["dash", "-i"], ["echo one", "Enter"]),
    "python": ([sys.executable], ["for i in range(3):", "Enter", "  print(i)", "Enter", "Enter", "Up", "Up"]),
    "ipython": (
        ["ipython", "--no-banner"],
        ["import os", "Enter", "os.", "Tab", "Tab", "Escape", "C-c", "1/0", "Enter"],
    ),
    "node": (["node"], ["[1,2].map(x => x + 1)", "Enter", "Up", "cons", "Tab"]),
    "irb": (["irb", "-f"], ["[1, 2].sum", "Enter", "def f", "Enter", "end", "Enter"]),
    "lua": (["lua5.4"], ["print(1)", "Enter"]),
    "gdb": (["gdb", "-q"], ["help", "Enter", "q"]),
    "sqlite": (["sqlite3"], ["select 1;", "Enter", ".help", "Enter"]),
    "bc": (["bc"], ["2^1000", "Enter"]),
    "vim": (
        ["vim", "-u", "NONE", "-i", "NONE", "-n"],
        ["i", "one", "Enter", "two", "Escape", ":set nu", "Enter", "dd"],
    ),
    "nano": (["nano", "--ignorercfiles"], ["one", "Enter", "C-k", "C-g"]),
    "less": (["less", os.__file__], ["Space", "/def", "Enter", "n", "G", "g"]),
    "htop": (["htop", "--delay=1"], ["F1", "Escape", "Down", "F6"]),
    "top": (["top", "-d", "0.1"], ["c", "1", "h"]),
    "dialog": (["dialog", "--menu", "Choose", "12", "30", "3", "a", "Apple", "b", "Pear"], ["Down", "Up", "Tab"]),
    "fzf": (["sh", "-c", "seq 1000 | fzf"], ["12", "Up", "Up", "BSpace"]),
    "tmux": (["tmux", "-S", "{}/tmux", "-f", "/dev/null"], ["echo one", "Enter", "C-b", "%", "C-b", "d"]),
    "perl": (["perl", "-de", "0"], ["p 1", "Enter", "h", "Enter"]),
    "watch": (["watch", "-n", "0.1", "-d", "date"], []),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_reader_takes_what_a_program_draws(
    manager: SessionManager, program: Callable[[str], str], tmp_path: Path, name: str
) -> None:
    argv, keys = PROGRAMS[name]
    program("fzf" if name == "fzf" else argv[0])
    env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "HOME": str(tmp_path), "PAGER": "less"}
    command = [part.format(tmp_path) for part in argv]
    session = manager.open(manager.start_session(command, cwd=tmp_path, env=env))
    session.poll(5000, until=READY, settle_ms=50, min_confidence="quiet")
    for key in keys:
        if session.info().exit_code is not None:
            break
        session.send_keys(key)
        session.poll(1000, settle_ms=30)
        session.status()
    data = session.read(None, offset=0).data
    if name == "tmux":
        subprocess.run(["tmux", "-S", f"{tmp_path}/tmux", "kill-server"], check=False)
    session.close(kill_after_ms=0)
    assert data
    chance = random.Random(name)
    for _ in range(times(12)):
        start = chance.randrange(len(data))
        read_by_all(data[start : start + chance.randrange(1, 20_000)], chance)
    record(f"Pieces of what {name} draws at every reader of output", times(12), of="exceptions")
