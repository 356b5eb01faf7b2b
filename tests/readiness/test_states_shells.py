"""`at_shell_prompt` in every shell: True at its own prompt alone, and never where something else is asked there."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from bgterm import READY, Session
from bgterm.manager import SessionManager
from bgterm.readiness.shell_arguments import shell_arguments
from waiting import eventually

SHELLS = {
    "bash": ["bash", "--norc"],
    "zsh": ["zsh", "-f"],
    "fish": ["fish", "--no-config"],
    "dash": ["dash"],
    "ksh": ["ksh"],
    "mksh": ["mksh"],
    "tcsh": ["tcsh", "-f"],
    "busybox": ["busybox", "sh"],
}
INTEGRATED = {"bash": ["bash", "--norc"], "zsh": ["zsh"], "fish": ["fish"]}
ENTER = "\r"


class Situation(NamedTuple):
    """What is typed at a shell's prompt, and the row that shows then."""

    typed: str
    row: str
    """A regex for what stands left of the cursor."""
    first: tuple[str, ...] = ()
    """Lines that prepare."""


PROMPTS = {
    "an empty line": Situation(ENTER, "PROMPT"),
    "a command": Situation("echo hi" + ENTER, "PROMPT"),
    "a command that fails": Situation("ls /nowhere" + ENTER, "PROMPT"),
    "another directory": Situation("cd /tmp" + ENTER, "PROMPT"),
    "a shell in the shell": Situation("sh" + ENTER, r"[$#] "),
}
"""After these a shell prompts."""

POSIX = {
    "quote": Situation("echo 'one" + ENTER, r"^\S*( \S+)?> $"),
    "backslash": Situation("echo one \\" + ENTER, "^> $"),
    "pipe": Situation("echo one |" + ENTER, r"^\S*( \S+)?> $"),
    "loop": Situation("for i in a b" + ENTER, r"^\S*( \S+)?> $"),
    "heredoc": Situation("cat <<X" + ENTER, r"^\S*( \S+)?> $"),
    "read": Situation("printf 'name? '; read x" + ENTER, r"^name\? $"),
    "read in a subshell": Situation("(printf 'name? '; read x)" + ENTER, r"^name\? $"),
    "read in a function": Situation("printf 'name? '; f; true" + ENTER, r"^name\? $", ("f() { read x; }",)),
    "a command reads": Situation("printf 'name? '; cat" + ENTER, r"^name\? $"),
    "a line is begun": Situation("echo hal", "echo hal$"),
}
SEARCH = Situation("\x12", r"search|\^R|bck-i|PROMPT")
VI = Situation("\x1b", "PROMPT", ("set -o vi",))
SELECT = Situation("select x in a b; do break; done" + ENTER, r"[#?][?#] $")
QUESTIONS: dict[str, dict[str, Situation]] = {
    "bash": POSIX
    | {
        "read -e": Situation("read -e -p 'edit: ' x" + ENTER, "^edit: $"),
        "read -e with the shell's own prompt": Situation("read -e -p '$ ' x" + ENTER, r"^\$ $"),
        "read -e in a loop": Situation("while read -ep '> ' x; do :; done" + ENTER, "^> $"),
        "read -s": Situation("read -s -p 'secret: ' x" + ENTER, "^secret: $"),
        "read -n": Situation("read -n1 -p 'key? ' x" + ENTER, r"^key\? $"),
        "read -t": Situation("read -t 50 -p 'name? ' x" + ENTER, r"^name\? $"),
        "select": SELECT,
        "search": SEARCH,
        "vi": VI,
        "quoted insert": Situation("\x16", "PROMPT"),
        "argument": Situation("\x1b5", "arg: 5"),
        "completion": Situation("ls many\t\t\t", r"\(y or n\)$", ("bind 'set completion-query-items 9'",)),
        "more": Situation("ls many\t\t\ty", "--More--$", ("bind 'set completion-query-items 9'",)),
        "fc": Situation("EDITOR=./asks fc" + ENTER, "^$", ("true",)),
    },
    "zsh": POSIX
    | {
        "vared": Situation("vared -p 'edit: ' -c x" + ENTER, "^edit: $"),
        "vared with the shell's own prompt": Situation("vared -p '$ ' -c x" + ENTER, r"^\$ $"),
        "read -k": Situation("read -k1 'x?key? '" + ENTER, r"^key\? $"),
        "read -q": Situation("read -q 'x?sure? '" + ENTER, r"^sure\? $"),
        "read -s": Situation("read -s 'x?secret: '" + ENTER, "^secret: $"),
        "select": SELECT,
        "select with the shell's own prompt": Situation(SELECT.typed, r"^\$ $", ("PS3='$ '",)),
        "search": SEARCH,
        "vi": VI._replace(first=("bindkey -v",)),
        "quoted insert": Situation("\x16", "PROMPT"),
        "completion": Situation("ls m\t\t", r"possibilities.*\? $", ("autoload -U compinit; compinit -D", "LISTMAX=9")),
        "correction": Situation("sl" + ENTER, r"\[nyae\]\? $", ("setopt correct",)),
        "removal": Situation("rm *" + ENTER, r"\[yn\]\? $"),
        "fc": Situation("EDITOR=./asks fc" + ENTER, "^$", ("true",)),
    },
    "fish": {
        "quote": Situation("echo 'one" + ENTER, "^ *$"),
        "backslash": Situation("echo one \\" + ENTER, "^ *$"),
        "pipe": Situation("echo one |" + ENTER, "^ *$"),
        "loop": Situation("for i in a b" + ENTER, "^ *$"),
        "read": Situation("read x" + ENTER, "read> $"),
        "read -P": Situation("read -P 'edit: ' x" + ENTER, "edit: $"),
        "read with the shell's own prompt": Situation("read -p fish_prompt x" + ENTER, "^.*# $|^.*> $"),
        "read -s": Situation("read -s x" + ENTER, "read> $"),
        "read in a block": Situation("begin; read x; end" + ENTER, "read> $"),
        "a command reads": Situation("printf 'name? '; cat" + ENTER, r"^name\? $"),
        "a line is begun": Situation("echo hal", "echo hal"),
        "search": Situation("\x12", "search: "),
        "completion": Situation("ls many\t\t", "ls many"),
    },
    "dash": POSIX,
    "ksh": POSIX | {"read ?": Situation("read 'x?name? '" + ENTER, r"^name\? $"), "search": SEARCH, "select": SELECT},
    "mksh": POSIX | {"search": SEARCH, "select": SELECT},
    "tcsh": {
        "heredoc": Situation("cat <<X" + ENTER, r"\? $"),
        "backslash": Situation("echo one \\" + ENTER, r"\? $"),
        "loop": Situation("foreach i (a b)" + ENTER, r"\? $"),
        "set": Situation("printf 'name: '; set x = $<" + ENTER, "^name: $"),
        "a command reads": Situation("printf 'name: '; cat" + ENTER, "^name: $"),
        "a line is begun": Situation("echo hal", "echo hal$"),
        "correction": Situation("sl" + ENTER, r"\(y\|n\|e\|a\)\? $", ("set correct = cmd",)),
        "list": Situation("ls many\x04", r"\[n/y\] $", ("set listmax=9",)),
    },
    "busybox": POSIX,
}


@pytest.fixture
def shell(manager: SessionManager, program: Callable[[str], str], tmp_path: Path) -> Callable[..., Session]:
    def start(name: str, *, integrated: bool) -> Session:
        program(name)
        home = tmp_path / "home"
        home.mkdir()
        (home / ".local/share/fish/generated_completions").mkdir(parents=True)  # else fish makes them, at work for long
        for number in range(400):
            (home / f"many{number}").touch()
        (home / "asks").write_text("#!/bin/sh\nread x\n")
        (home / "asks").chmod(0o755)
        (home / ".zshrc").write_text("PS1='$ '\n")
        (home / ".mkshrc").write_text("PS1='$ '\n")
        env = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "xterm-256color", "PS1": "$ "}
        env |= {"LC_ALL": "C.UTF-8", "SHELL": "/bin/sh"}
        argv = (INTEGRATED if integrated else SHELLS)[name]
        return manager.open(manager.start_session(argv, home, env, shell_integration=integrated))

    return start


def comes_to(session: Session, row: str) -> bool | None:
    """What `at_shell_prompt` is when the program waits at this row."""

    def waits() -> bool:
        status = session.poll(10_000, until=READY, min_confidence="quiet").status
        return status is not None and re.search(row, status.prompt) is not None

    assert eventually(waits, 20), (session.status(), session.read(offset=0).text)
    return session.status().at_shell_prompt


def cases(situations: Callable[[str], dict[str, Situation]]) -> list[object]:
    return [
        pytest.param(name, integrated, situation, id=f"{name}{'-integrated' * integrated}-{kind}")
        for integrated, shells in ((False, SHELLS), (True, INTEGRATED))
        for name in shells
        for kind, situation in situations(name).items()
    ]


@pytest.mark.parametrize(("name", "integrated", "situation"), cases(lambda _: PROMPTS))
def test_a_shell_is_at_its_prompt(
    shell: Callable[..., Session], name: str, integrated: bool, situation: Situation
) -> None:
    session = shell(name, integrated=integrated)
    prompt = ready(session)
    assert session.status().at_shell_prompt is True
    session.write_stdin(situation.typed)
    row = r"[$#>%]\s*$" if situation.row == "PROMPT" and situation.typed.startswith(("cd", "ls")) else situation.row
    assert comes_to(session, row.replace("PROMPT", f"^{re.escape(prompt)}$")) is True


@pytest.mark.parametrize(("name", "integrated", "situation"), cases(QUESTIONS.__getitem__))
def test_what_else_waits_in_a_shell_is_not_its_prompt(
    shell: Callable[..., Session], name: str, integrated: bool, situation: Situation
) -> None:
    session = shell(name, integrated=integrated)
    prompt = ready(session)
    for line in situation.first:
        session.run(line, min_confidence="quiet")
    session.write_stdin(situation.typed)
    shows = comes_to(session, situation.row.replace("PROMPT", f"^{re.escape(prompt)}$"))
    # What shows the very row of the prompt may be one for all that is known: with marks it is known.
    unknown = not integrated and situation.row in {r"^\$ $", "^.*# $|^.*> $", SEARCH.row}
    assert shows is False or (unknown and shows is None)


def ready(session: Session) -> str:
    status = session.poll(10_000, until=READY, min_confidence="quiet").status
    assert status is not None
    return status.prompt


@pytest.mark.parametrize(
    ("command", "prompting"),
    [
        ("bash", True),
        ("-bash", True),
        ("bash --norc -i", True),
        ("bash -norc", True),
        ("bash --rcfile file -O extglob -o vi", True),
        ("sh -eo pipefail", True),
        ("zsh -f -o norcs", True),
        ("fish -C echo --init-command echo", True),
        ("busybox sh", True),
        ("sh -s argument", True),
        ("bash -c echo", False),
        ("bash -lc echo", False),
        ("bash --rcfile file script", False),
        ("bash -- script", False),
        ("fish --command=echo", False),
        ("busybox sh -c echo", False),
        ("sh +o vi script", False),
    ],
)
def test_a_shells_arguments_say_whether_it_prompts(command: str, prompting: bool) -> None:
    argv = command.split()
    assert shell_arguments(argv[0].strip("-"), argv).prompts is prompting


SCRIPTS = {
    "bash -c": ["bash", "-c", "read -e -p '$ ' x; true"],
    "bash script": ["bash", "script"],
    "zsh -c": ["zsh", "-fc", "vared -p '$ ' -c x; true"],
    "fish -c": ["fish", "--no-config", "-c", "read -P '$ ' x; true"],
    "dash -c": ["dash", "-c", "printf '$ '; read x; true"],
    "ksh -c": ["ksh", "-c", "printf '$ '; read x; true"],
    "mksh -c": ["mksh", "-c", "printf '$ '; read x; true"],
    "tcsh -c": ["tcsh", "-f", "-c", "printf '$ '; set x = $<; true"],
    "busybox sh -c": ["busybox", "sh", "-c", "printf '$ '; read x; true"],
}


@pytest.mark.parametrize("argv", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_a_script_that_asks_is_not_at_a_shell_prompt(
    manager: SessionManager, program: Callable[[str], str], tmp_path: Path, argv: list[str]
) -> None:
    program(argv[0])
    (tmp_path / "script").write_text("read -e -p '$ ' x\n")
    env = {**os.environ, "HOME": str(tmp_path), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    session = manager.open(manager.start_session(argv, tmp_path, env))
    assert comes_to(session, r"\$ $") is False


@pytest.mark.program("bash")
def test_a_prompt_is_one_still_when_something_was_printed_behind_it(
    shell: Callable[..., Session], tmp_path: Path
) -> None:
    session = shell("bash", integrated=False)
    ready(session)
    session.run("mkfifo gate")
    assert session.run("(read x < gate; echo; echo late) &").status.at_shell_prompt is True
    (tmp_path / "home" / "gate").write_text("go\n")
    session.poll(10_000, until="late\r\n")
    assert session.poll(10_000, until=READY).status.at_shell_prompt is True  # type: ignore[union-attr]


@pytest.mark.program("bash")
def test_a_prompt_is_known_also_where_nobody_looked_before_something_was_typed(shell: Callable[..., Session]) -> None:
    session = shell("bash", integrated=False)
    session.write_stdin("echo $((20+22))\r")
    session.poll(10_000, until="42\r\n")
    assert comes_to(session, r"^\$ $") is True


@pytest.mark.program("bash")
@pytest.mark.parametrize("typed", ["read -e -p 'edit: ' x\r", "cat <<X\r", "for i in a\r"])
def test_a_question_is_none_also_where_nobody_looked_before(shell: Callable[..., Session], typed: str) -> None:
    session = shell("bash", integrated=False)
    session.write_stdin(typed)
    assert comes_to(session, "^edit: $|^> $") is not True


@pytest.mark.program("bash")
def test_a_prompt_is_known_in_its_other_shapes(shell: Callable[..., Session]) -> None:
    session = shell("bash", integrated=False)
    ready(session)
    assert session.run("PS1='\\w $ '").status.at_shell_prompt is True
    assert session.run("cd /").status.at_shell_prompt is True
    session.run("PS1='now: '")
    assert session.run("echo hi").status.prompt == "now: "


def test_a_python_is_at_no_shell_prompt(manager: SessionManager) -> None:
    session = manager.open(manager.start_session([sys.executable, "-q"]))
    assert comes_to(session, ">>> $") is False
