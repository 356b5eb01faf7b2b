"""Draw the pictures of docs/pictures: `make docs-pictures`.

Each is of a program that really ran, driven by keys, in a home directory of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bgterm import READY, Session

if TYPE_CHECKING:
    from collections.abc import Generator

    from bgterm.views.screen import Screen

PICTURES = os.path.join(os.path.dirname(__file__), os.pardir, "docs", "pictures")
WAIT_MS = 20_000
SETTLE_MS = 100

SAMPLE = '''\
"""Greet whoever asks."""


def greeting(name: str, times: int = 1) -> str:
    # once more, with feeling
    return ", ".join(["hello"] * times) + f", {name}!"


if __name__ == "__main__":
    print(greeting("terminal", times=3))
'''


@contextmanager
def program(folder: str, *cmd: str, rows: int = 16, cols: int = 72) -> Generator[Session]:
    """Run a program as on the first day of its user."""
    env = {
        "HOME": folder,
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        "PS1": r"\[\e[1;32m\]~\[\e[0m\] $ ",
    }
    with Session.start(cmd, cwd=folder, env=env, rows=rows, cols=cols) as session:
        yield session


def shown(session: Session, pattern: str) -> Screen:
    """Wait until the screen shows `pattern` and has settled."""
    screen = session.wait_screen(pattern, WAIT_MS, settle_ms=SETTLE_MS)
    if screen is None:
        raise SystemExit(f"{session!r} never showed {pattern!r}, but:\n{session.screen().text}")
    return screen


def vim(folder: str) -> Screen:
    """Search, and write at the line's end."""
    options = ("-u", "NONE", "-i", "NONE", "-n", "-c", "syntax on", "-c", "set number ruler background=dark")
    with program(folder, "vim", *options, "greet.py") as session:
        shown(session, "All")
        session.send_keys("/feeling", "Enter")
        session.send_keys("A", " (bgterm)")
        return shown(session, r"\(bgterm\)")


def less(folder: str) -> Screen:
    """Search."""
    with program(folder, "less", "-N", "-R", "greet.py", rows=12) as session:
        shown(session, "greet.py|END")
        session.send_keys("/greeting", "Enter")
        return shown(session, "def greeting")


def htop(folder: str) -> Screen:
    """Show three processes."""
    command = 'sleep 600 & a=$!; sleep 700 & b=$!; exec htop --delay=5 --pid="$$,$a,$b"'
    with program(folder, "bash", "--norc", "-c", command, cols=80) as session:
        return shown(session, "F10Quit")


def nano(folder: str) -> Screen:
    """Search."""
    with program(folder, "nano", "--ignorercfiles", "--linenumbers", "greet.py") as session:
        shown(session, "Exit")
        session.send_keys("C-w", "hello", "Enter")
        return shown(session, r"(?s)hello.*\^X Exit")


def dialog(folder: str) -> Screen:
    """Go down a menu."""
    menu = ("--title", " Breakfast ", "--menu", "What would you like?", "12", "46", "3")
    with program(folder, "dialog", *menu, "1", "Porridge", "2", "Eggs", "3", "Toast") as session:
        shown(session, "Cancel")
        session.send_keys("Down", "Down")
        return shown(session, "Toast")


def ipython(folder: str) -> Screen:
    """Compute, fail, and begin a line."""
    with program(folder, "ipython", "--no-banner", "--TerminalInteractiveShell.term_title=False", rows=14) as session:
        shown(session, r"In \[1\]")
        session.run("squares = {n: n * n for n in range(4)}; squares")
        session.run("sum(squares.values()) / 0")
        session.send_keys("print(f'{squares[3]:>8}')")
        return shown(session, r"In \[3\]: print")


def bash(folder: str) -> Screen:
    """List, count and search in colours."""
    with program(folder, "bash", "--norc", rows=12) as session:
        session.poll(WAIT_MS, until=READY)
        session.run("mkdir notes; touch notes/today; ln -s notes links; ls --color=always -F")
        session.run("for n in 1 2 3; do printf '\\r%d of 3' $n; done; echo ' done'")
        session.send_keys("grep --color=always -n hello greet.py", "Enter")
        return shown(session, r"hello(?s:.*)\$ *$")


DRAWN: tuple[Callable[[str], Screen], ...] = (bash, vim, less, htop, nano, dialog, ipython)


def main() -> None:
    """Draw those that are named on the command line, or all."""
    os.makedirs(PICTURES, exist_ok=True)
    for draw in DRAWN:
        if sys.argv[1:] and draw.__name__ not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "greet.py"), "w", encoding="utf-8") as file:
                file.write(SAMPLE)
            screen = draw(folder)
        screen.to_svg(os.path.join(PICTURES, f"{draw.__name__}.svg"))
        print(f"docs/pictures/{draw.__name__}.svg")


if __name__ == "__main__":
    main()
