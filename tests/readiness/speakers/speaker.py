"""A program that prints any text that it is told to, and the line by which it is told.

The line spells the text in escapes, so the echo of the line is never mistaken for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bgterm import READY
from bgterm.manager import SessionManager
from bgterm.session import Session
from bgterm.views.plain import plain
from records import READINESS

PATIENCE_MS = 30_000
COLUMNS = 80
TABLE = "What `run` returned"


@dataclass(frozen=True)
class Speaker:
    """A program, and the line by which it prints a text."""

    argv: tuple[str, ...]
    """{server} stands for what leads to the server."""
    says: Callable[[str], str]
    adds: str = ""
    """What it prints itself behind the text."""
    ends_lines: bool = False
    """It ends what it prints with a newline if the text does not."""
    integration: bool = False
    server: str = ""
    """The server of the test's own that it needs."""
    after: tuple[str, ...] = ()
    """Lines that are typed first."""
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    longest: int = 0
    """It takes no line of more characters, or its line editor cannot show one; 0 for any."""
    unable: Mapping[str, str] = field(default_factory=dict[str, str])
    """Texts, by kind, that it does not print as they are, or not so that anybody could tell them, and why."""

    def takes(self, kind: str, text: str) -> bool:
        """Whether it can be asked for this text."""
        return kind not in self.unable and not 0 < self.longest < len(self.says(text))

    def prints(self, text: str) -> str:
        """What is to be seen when it was told to print `text`."""
        if self.ends_lines and text and text[-1] not in "\r\n":
            text += "\n"
        return plain(text + self.adds, COLUMNS).rstrip("\n")


def started(manager: SessionManager, speaker: Speaker, folder: Path) -> Session:
    """A session of the program at its first prompt, with nothing of the user's own in its environment."""
    env = {name: value for name, value in os.environ.items() if name not in {"PROMPT_COMMAND", "ZDOTDIR"}}
    env |= {"PS1": "$ ", "TERM": "xterm-256color", "HOME": str(folder), "LC_ALL": "C.UTF-8", **speaker.env}
    (folder / ".zshrc").touch()  # without one zsh asks what shall be in it
    (folder / "program.py").write_text("pass\n")
    session = manager.open(manager.start_session(speaker.argv, folder, env, shell_integration=speaker.integration))
    session.poll(PATIENCE_MS, until=READY)
    for line in speaker.after:
        session.run(line, PATIENCE_MS)
    return session


Wrong = dict[str, tuple[str, str, bytes]]


def wrong_outputs(session: Session, speaker: Speaker, texts: Mapping[str, str]) -> Wrong:
    """What was returned, what was printed, and all that came, for each text of which these differ."""
    wrong: Wrong = {}
    for kind, text in texts.items():
        if not speaker.takes(kind, text):
            continue
        result = session.run(speaker.says(text), PATIENCE_MS)
        assert not result.timed_out, (kind, result)
        if result.output != speaker.prints(text):
            wrong[kind] = (result.output, speaker.prints(text), result.data)
    return wrong


def record(program: str, checks: int, wrong: int, but: Mapping[str, str] | None = None, longest: int = 0) -> None:
    """Note what came of a program's checks; `but` says of what it was not asked, and why."""
    kinds: dict[str, list[str]] = {}
    for kind, reason in (but or {}).items():
        kinds.setdefault(reason, []).append(kind)
    reasons = "; ".join([f"{', '.join(of)}: {reason}" for reason, of in kinds.items()])
    if longest:
        reasons += f"{'; ' * bool(reasons)}no line of more than {longest} characters can be typed to it"
    READINESS.add(TABLE, f"`{program}`", checks=checks, wrong=wrong, named=reasons)
