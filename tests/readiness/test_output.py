"""What `run` returns is what the program printed: every program times every kind of output.

The ground truth is the text that the program was told to print.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from bgterm.manager import SessionManager
from bgterm.session import Session
from readiness import servers
from readiness.extent import EVERYTHING
from readiness.speakers.always import SPEAKERS
from readiness.speakers.more import MORE
from readiness.speakers.speaker import PATIENCE_MS, Speaker, record, started, wrong_outputs
from readiness.speakers.spelling import by_printf
from readiness.texts import FORGERIES, FURTHER_TEXTS, TEXTS

CHEAP = ("dash", "bash", "zsh", "python")
"""The programs that are asked for all texts in every run."""
SERVERS: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "": lambda _: nullcontext(""),
    "sshd": servers.sshd,
    "postgresql": servers.postgresql,
}


@pytest.fixture(
    params=[
        *(pytest.param(name, marks=pytest.mark.program(each.argv[0])) for name, each in SPEAKERS.items()),
        *(
            pytest.param(name, marks=[pytest.mark.program(each.argv[0]), pytest.mark.timeout(300)])
            for name, each in (MORE if EVERYTHING else {}).items()
        ),
    ]
)
def name(request: pytest.FixtureRequest) -> str:
    named: str = request.param
    return named


@pytest.fixture
def speaker(name: str) -> Iterator[Speaker]:
    speaker = (SPEAKERS | MORE)[name]
    # pytest's own folders are root's, where root runs it, and PostgreSQL refuses to run as root.
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder, SERVERS[speaker.server](Path(folder)) as server:
        yield replace(speaker, argv=tuple(each.replace("{server}", server) for each in speaker.argv))


@pytest.fixture
def session(manager: SessionManager, speaker: Speaker, tmp_path: Path) -> Iterator[Session]:
    with started(manager, speaker, tmp_path) as session:
        yield session


def test_the_output_is_what_the_program_printed(name: str, session: Session, speaker: Speaker) -> None:
    texts = {**TEXTS, **FURTHER_TEXTS} if EVERYTHING or name in CHEAP else TEXTS
    wrong = wrong_outputs(session, speaker, texts)
    checks = sum(speaker.takes(kind, text) for kind, text in texts.items())
    record(
        name,
        checks,
        len(wrong),
        {kind: speaker.unable[kind] for kind in texts if kind in speaker.unable},
        speaker.longest,
    )
    assert wrong == {}


def test_output_that_repeats_the_prompt_is_output(session: Session, speaker: Speaker) -> None:
    prompt = session.status().prompt
    texts = {"the prompt": prompt, "behind text": f"text {prompt}", "in a line": f"{prompt}\n", "twice": prompt * 2}
    assert wrong_outputs(session, speaker, texts) == {}


def test_nothing_that_a_program_prints_hides_what_else_it_prints(session: Session, speaker: Speaker) -> None:
    texts: dict[str, str] = {}
    for name, forgery in FORGERIES.items():
        texts[f"{name}, in lines"] = f"before\nseen {forgery}\n{forgery}after\nlast\n{forgery}"
        texts[f"{name}, no newline"] = f"before {forgery}after"
    assert wrong_outputs(session, speaker, texts) == {}


@pytest.mark.parametrize("size", [100_000, 1_500_000])
@pytest.mark.parametrize("name", ["dash", "bash", "python", "ipython"])
def test_of_a_line_longer_than_is_returned_the_end_is_output(session: Session, speaker: Speaker, size: int) -> None:
    """Where the buffer is too small too, the echo is forgotten with the beginning of the line."""
    digits = f"printf '%0{size}d' 0" if speaker.says is by_printf else f"print('0' * {size}, end='')"
    result = session.run(digits, PATIENCE_MS)
    assert set(result.output) == {"0"}
    assert 64_000 < len(result.output) <= 65_536
    assert session.run(speaker.says("next"), PATIENCE_MS).output == "next"


WHOLE = {
    "bytes that are no text": (b"a\xff\xfeb\n\x80", "a\ufffd\ufffdb\n\ufffd"),
    "NUL": (b"a\0b\n", "ab"),
    "100,000 lines": (b"".join(b"%d\n" % number for number in range(100_000)), "\n99998\n99999"),
    "the line itself": (b"$ cat told\ncat told\n", "$ cat told\ncat told"),
    "the line itself, no newline": (b"cat told", "cat told"),
    "the line and the prompt": (b"cat told\r\n$ ", "cat told\n$ "),
}


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("name", ["dash", "bash", "zsh", "fish"])
def test_what_a_file_holds_is_shown_by_cat(name: str, session: Session, kind: str, tmp_path: Path) -> None:
    """The line is short and stands in the file as it is."""
    del name
    held, shown = WHOLE[kind]
    (tmp_path / "told").write_bytes(held)
    output = session.run("cat told", PATIENCE_MS).output
    assert output == shown or (len(output) > 50_000 and output.endswith(shown))
    assert session.run(by_printf("next"), PATIENCE_MS).output == "next"


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
@pytest.mark.parametrize("name", ["fish", "fish, integrated"])
def test_a_prompt_that_fish_draws_as_after_a_disturbance_is_a_prompt(session: Session, speaker: Speaker) -> None:
    """fish looks at that time, and draws its prompt differently where it believes that others wrote there."""
    forged = {"without an end": "before\n$ \x1b[K", "its sign": "before\n" + FORGERIES["fish's sign"]}
    assert wrong_outputs(session, speaker, {**TEXTS, **forged}) == {}
