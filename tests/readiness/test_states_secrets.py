"""Questions for secrets are told from others: by the terminal's modes, and where a program takes keys by their look."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bgterm import READY
from bgterm.manager import SessionManager

STARS = """
import os, tty
os.write(1, b'Password: ')
tty.setraw(0)
while os.read(0, 1) != b'\\r':
    os.write(1, b'*')
"""
TIMED = """
import os, select, termios
modes = termios.tcgetattr(0)
modes[3] &= ~termios.ECHO
termios.tcsetattr(0, termios.TCSADRAIN, modes)
os.write(1, b'Enter passphrase for /dev/sda1: ')
while not select.select([0], [], [], 0.5)[0]:
    pass
"""
SECRETS = {
    "bash": ["bash", "-c", "read -s -p 'What? ' x; true"],
    "zsh": ["zsh", "-fc", "read -s 'x?What? '; true"],
    "mksh": ["mksh", "-c", "stty -echo; read x; true"],
    "ksh": ["ksh", "-c", "read -s 'x?secret: '; true"],
    "tcsh": ["tcsh", "-f", "-c", "stty -echo; set x = $<; true"],
    "fish": ["fish", "--no-config", "-c", "read -s -P 'Password: ' x; true"],
    "getpass": [sys.executable, "-c", "import getpass; getpass.getpass('What? ')"],
    "getpass on the terminal": [
        "sh",
        "-c",
        f"{sys.executable} -c 'import getpass; getpass.getpass()' < /dev/null; true",
    ],
    "stars": [sys.executable, "-c", STARS],
    "with a time-out": [sys.executable, "-c", TIMED],
    "openssl": ["openssl", "genrsa", "-aes256", "512"],
    "git": ["git", "-c", "credential.helper=", "-c", "credential.username=me", "credential", "fill"],
    "ssh-keygen": ["sh", "-c", "ssh-keygen -q -t ed25519 -N hello -f key; ssh-keygen -y -f key"],
    "pinentry": ["sh", "-c", 'printf "OPTION ttyname=$(tty)\\nGETPIN\\n" | pinentry-curses'],
}


@pytest.mark.parametrize("asks", SECRETS)
def test_a_question_for_a_secret_is_known_for_one(
    manager: SessionManager, program: Callable[[str], str], tmp_path: Path, asks: str
) -> None:
    argv = SECRETS[asks]
    for name in (argv[0], *(("pinentry-curses",) if asks == "pinentry" else ())):
        program(name)
    env = {**os.environ, "HOME": str(tmp_path), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "GIT_ASKPASS": ""}
    env.pop("SSH_ASKPASS", None)
    session = manager.open(manager.start_session(argv, tmp_path, env))
    if asks == "git":
        session.write_stdin("protocol=https\nhost=example.com\n\n")
        session.poll(10_000, until="Password")
    status = session.poll(20_000, until=READY).status
    assert status is not None
    assert (status.state, status.at_shell_prompt) == ("password", False)


def test_a_secret_of_which_signs_show_is_one_still(manager: SessionManager) -> None:
    session = manager.open(manager.start_session([sys.executable, "-c", STARS]))
    session.poll(10_000, until=READY)
    session.write_stdin("abc")
    session.poll(10_000, until=r"\*\*\*")
    status = session.poll(10_000, until=READY).status
    assert status is not None
    assert (status.state, status.prompt) == ("password", "Password: ***")


@pytest.mark.parametrize("row", ["Name: ", "password is: no", "Continue? "])
def test_other_questions_of_programs_that_take_keys_are_none(manager: SessionManager, row: str) -> None:
    asks = f"import os, tty; os.write(1, {row.encode()!r}); tty.setraw(0); os.read(0, 1)"
    session = manager.open(manager.start_session([sys.executable, "-c", asks]))
    status = session.poll(10_000, until=READY).status
    assert status is not None
    assert status.state == "waiting"
