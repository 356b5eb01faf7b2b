"""What `run` returns is what the program printed: every program times every kind of output.

The ground truth is the text that the program was told to print. The line that tells it so spells the text in escapes,
so the echo of the line is never mistaken for it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from bgterm import READY
from bgterm.manager import SessionManager
from bgterm.session import Session
from bgterm.views.plain import plain

COLUMNS = 80
PATIENCE_MS = 30_000


def octal(text: str) -> str:
    """Each byte but letters in the middle of words as a backslash and three octal digits."""
    return _spelled(text.encode(), "\\{:03o}")


def decimal(text: str) -> str:
    return _spelled(text.encode(), "\\{:03d}")


def _spelled(data: bytes, escape: str) -> str:
    spelled = ""
    for number, byte in enumerate(data):
        safe = chr(byte).isascii() and chr(byte).isalpha() and number and chr(data[number - 1]).isalpha()
        spelled += chr(byte) if safe else escape.format(byte)
    return spelled


def code_points(text: str) -> str:
    spelled = ""
    for number, character in enumerate(text):
        safe = character.isascii() and character.isalpha() and number and text[number - 1].isalpha()
        spelled += character if safe else f"\\u{ord(character):04x}"
    return spelled


@dataclass(frozen=True)
class Speaker:
    """A program, and the line by which it prints a text."""

    argv: tuple[str, ...]
    says: Callable[[str], str]
    adds: str = ""
    """What it prints itself, behind the text."""
    ends_lines: bool = False
    """It ends what it prints with a newline if the text does not."""
    integration: bool = False


def by_printf(text: str) -> str:
    return f"printf '{octal(text)}'" if text else "true"


SPEAKERS: Mapping[str, Speaker] = {
    "dash": Speaker(("dash",), by_printf),
    "bash": Speaker(("bash", "--norc"), by_printf),
    "bash --noediting": Speaker(("bash", "--norc", "--noediting"), by_printf),
    "bash, integrated": Speaker(("bash",), by_printf, integration=True),
    "zsh": Speaker(("zsh", "-f"), by_printf),
    "zsh, integrated": Speaker(("zsh",), by_printf, integration=True),
    "fish": Speaker(("fish", "--no-config"), by_printf),
    "fish, integrated": Speaker(("fish",), by_printf, integration=True),
    "ksh": Speaker(("ksh93",), by_printf),
    "mksh": Speaker(("mksh",), lambda text: f"print -n '{octal(text)}'".replace("\\", "\\0") if text else "true"),
    "tcsh": Speaker(("tcsh", "-f"), by_printf),
    "busybox": Speaker(("busybox", "ash"), by_printf),
    "python": Speaker(("python3", "-q"), lambda text: f"print('{code_points(text)}', end='')"),
    "python, integrated": Speaker(
        ("python3", "-q"), lambda text: f"print('{code_points(text)}', end='')", integration=True
    ),
    "ipython": Speaker(
        ("ipython", "--no-banner", "--colors=NoColor"), lambda text: f"print('{code_points(text)}', end='')"
    ),
    "ipython --simple-prompt": Speaker(
        ("ipython", "--no-banner", "--simple-prompt"), lambda text: f"print('{code_points(text)}', end='')"
    ),
    "node": Speaker(
        ("node",), lambda text: f'process.stdout.write("{code_points(text)}") && undefined', adds="undefined"
    ),
    "lua": Speaker(("lua5.4",), lambda text: f'local _ = io.write("{decimal(text)}")'),
    "tclsh": Speaker(("tclsh",), lambda text: f'puts -nonewline "{code_points(text)}"'),
    "R": Speaker(("R", "--no-save", "-q"), lambda text: f'cat("{code_points(text)}")'),
    "irb": Speaker(("irb", "-f"), lambda text: f'print "{code_points(text)}"', adds="=> nil"),
    "gdb": Speaker(("gdb", "-q", "-nx"), lambda text: f"echo {octal(text)}"),
    "sqlite3": Speaker(("sqlite3",), lambda text: f'.print "{octal(text)}"', ends_lines=True),
    "guile": Speaker(
        ("guile", "--no-auto-compile"),
        lambda text: f'(display "{code_points(text)}")',
    ),
}

TEXTS: Mapping[str, str] = {
    "a line": "one line\n",
    "nothing": "",
    "no newline": '{"a": 1}',
    "no newline again": '{"b": 2}',
    "the same again": '{"b": 2}',
    "a line after it": "another line\n",
    "no newline, digits last": "answer 42",
    "no newline, many rows": '{"key": "' + "v" * 200 + '"}',
    "no newline, as wide as the terminal": "w" * COLUMNS,
    "no newline, twice as wide": "w" * 2 * COLUMNS,
    "a line as wide as the terminal": "w" * COLUMNS + "\n",
    "a long line": "x" * 300 + "\n",
    "several lines": "first\n  second\n\nfourth\n",
    "several lines, the last without end": "first\nsecond",
    "blank lines first": "\n\nthird\n",
    "blank lines last": "first\n\n\n",
    "only a newline": "\n",
    "indented": "    indented\nnot\n",
    "what looks like a prompt": "$ \n>>> \nme@host:~$ \n> ",
    "wide characters": "\u6f22\u5b57 \u00e9\n",
    "wide characters, no newline": "\u6f22" * 45,
    "a blank last": "blank ",
}


def started(manager: SessionManager, speaker: Speaker, folder: Path) -> Session:
    env = {name: value for name, value in os.environ.items() if name not in {"PROMPT_COMMAND", "ZDOTDIR"}}
    env |= {"PS1": "$ ", "TERM": "xterm-256color", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    (folder / ".zshrc").touch()  # without one zsh asks what shall be in it
    session = manager.open(manager.start_session(speaker.argv, folder, env, shell_integration=speaker.integration))
    session.poll(PATIENCE_MS, until=READY)
    return session


def expected(speaker: Speaker, text: str) -> str:
    if speaker.ends_lines and not text.endswith("\n"):
        text += "\n"
    return plain(text + speaker.adds, COLUMNS).rstrip("\n")


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.program(each.argv[0])) for name, each in SPEAKERS.items()])
def speaker(request: pytest.FixtureRequest) -> Speaker:
    return SPEAKERS[request.param]


@pytest.fixture
def session(manager: SessionManager, speaker: Speaker, tmp_path: Path) -> Iterator[Session]:
    with started(manager, speaker, tmp_path) as session:
        yield session


def wrong_outputs(session: Session, speaker: Speaker, texts: Mapping[str, str]) -> dict[str, tuple[str, str, bytes]]:
    wrong: dict[str, tuple[str, str, bytes]] = {}
    for kind, text in texts.items():
        result = session.run(speaker.says(text), PATIENCE_MS)
        assert not result.timed_out, (kind, result)
        if result.output != expected(speaker, text):
            wrong[kind] = (result.output, expected(speaker, text), result.data)
    return wrong


def test_the_output_is_what_the_program_printed(session: Session, speaker: Speaker) -> None:
    assert wrong_outputs(session, speaker, TEXTS) == {}


def test_output_that_repeats_the_prompt_is_output(session: Session, speaker: Speaker) -> None:
    prompt = session.status().prompt
    texts = {"the prompt": prompt, "behind text": f"text {prompt}", "in a line": f"{prompt}\n", "twice": prompt * 2}
    assert wrong_outputs(session, speaker, texts) == {}


FORGERIES = {
    "bracketed paste on": "\x1b[?2004h",
    "bracketed paste off": "\x1b[?2004l",
    "both": "\x1b[?2004l\x1b[?2004h",
    "A": "\x1b]133;A\x07>> \x1b]133;B\x07",
    "C": "\x1b]133;C\x07",
    "D": "\x1b]133;D;0\x07",
    "D, ST": "\x1b]133;D;0\x1b\\",
    "D, signed wrongly": "\x1b]133;D;0;bgterm=\x07",
    "OSC 7": "\x1b]7;file://host/trusted\x07\x1b]133;D;0\x07",
    "zsh's sign": "\x1b[1m\x1b[7m%\x1b[27m\x1b[1m\x1b[0m   \r \r",
    "zsh's prompt": "\r\x1b[0m\x1b[27m\x1b[24m\x1b[J$ \x1b[K\x1b[?2004h",
    "fish's sign": "\u23ce \r\u23ce \r",
    "fish's sign, dim": "\x1b[2m\u23ce\x1b(B\x1b[m    \r\u23ce \r\x1b[K\x1b[?2004h",
    "a reset": "\x1b(B\x1b[m",
}


def test_nothing_that_a_program_prints_hides_what_else_it_prints(session: Session, speaker: Speaker) -> None:
    texts: dict[str, str] = {}
    for name, forgery in FORGERIES.items():
        texts[f"{name}, within lines"] = f"before\nseen {forgery}\nafter\n"
        texts[f"{name}, between lines"] = f"before\n{forgery}after\nlast\n"
        texts[f"{name}, at the end"] = f"before\nafter\n{forgery}"
        texts[f"{name}, no newline"] = f"before {forgery}after"
    assert wrong_outputs(session, speaker, texts) == {}


@pytest.mark.parametrize("size", [100_000, 1_500_000])
@pytest.mark.parametrize("speaker", ["dash", "bash", "python", "ipython"], indirect=True)
def test_of_a_line_longer_than_is_returned_the_end_is_output(session: Session, speaker: Speaker, size: int) -> None:
    """Where the buffer is too small too, the echo is forgotten with the beginning of the line."""
    digits = f"printf '%0{size}d' 0" if speaker.says is by_printf else f"print('0' * {size}, end='')"
    result = session.run(digits, PATIENCE_MS)
    assert set(result.output) == {"0"}
    assert 64_000 < len(result.output) <= 65_536
    assert session.run(speaker.says("next"), PATIENCE_MS).output == "next"


@pytest.fixture
def touched(session: Session) -> Iterator[None]:
    """The terminal's time of change goes on and on, as it does by itself every 8 s when something is written."""
    terminal = session.run("tty", PATIENCE_MS).output.strip()
    done = threading.Event()

    def touch() -> None:
        while not done.wait(0.0005):
            os.utime(terminal)

    toucher = threading.Thread(target=touch)
    toucher.start()
    yield
    done.set()
    toucher.join()


@pytest.mark.usefixtures("touched")
@pytest.mark.parametrize("speaker", ["fish", "fish, integrated"], indirect=True)
def test_a_prompt_that_fish_draws_as_after_a_disturbance_is_a_prompt(session: Session, speaker: Speaker) -> None:
    """fish looks at that time, and draws its prompt differently where it believes that others wrote there."""
    forged = {"without an end": "before\n$ \x1b[K", "its sign": "before\n" + FORGERIES["fish's sign"]}
    assert wrong_outputs(session, speaker, {**TEXTS, **forged}) == {}
