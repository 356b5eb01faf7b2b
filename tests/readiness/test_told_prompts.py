"""A prompt that is told, and questions by their look: where the kernel does not see who reads."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bgterm import READY, aio, errors
from bgterm.manager import SessionManager
from bgterm.readiness.questions import question, well_known_prompt
from bgterm.session import Session
from readiness import servers

ENV = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}

# It listens for other things too, so the kernel cannot tell when it waits.
ROUTER = """
import os, select, sys, time
r, w = os.pipe()
while True:
    print('router7> ', end='', flush=True)
    select.select([0, r], [], [])
    line = sys.stdin.readline().strip()
    if line == 'slow':
        print('router is up', flush=True); time.sleep(1)
    print('did ' + line, flush=True)
"""


@pytest.mark.parametrize("prompt", [r"router\d+> ", r"^router\d+>$", re.compile(r"[>#] ?$")])
def test_a_cursor_behind_the_prompt_that_was_told_waits(manager: SessionManager, prompt: str | re.Pattern[str]) -> None:
    session = manager.open(manager.start_session([sys.executable, "-c", ROUTER], "/", ENV, prompt=prompt))
    for line in ("one", "slow", "two"):
        result = session.run(line, 20_000)
        assert (result.output.splitlines()[-1], result.timed_out) == (f"did {line}", False)
        assert (result.status.state, result.status.confidence) == ("waiting", "prompt")
    assert session.poll(10_000, until=READY).reason == "ready"


def test_a_prompt_can_be_told_for_one_step(manager: SessionManager) -> None:
    session = manager.open(manager.start_session([sys.executable, "-c", ROUTER], "/", ENV))
    assert session.run("one", 20_000, prompt="router7> ").output == "did one"
    with pytest.raises(errors.NotReadyError):
        session.run("two", 300, prompt="another> ")


@pytest.mark.parametrize(("prompt", "error"), [("(", re.error), (7, TypeError), (re.compile(b"x"), TypeError)])
def test_a_prompt_that_is_no_regex_is_refused_before_anything_starts(
    manager: SessionManager, prompt: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        manager.start_session(["cat"], prompt=prompt)
    assert manager.list_sessions() == ()
    session = manager.open(manager.start_session(["cat"]))
    with pytest.raises(error):
        session.run("x", prompt=prompt)


def test_the_coroutines_take_a_prompt_too() -> None:
    async def steps() -> list[str]:
        async with aio.AsyncSession.start([sys.executable, "-c", ROUTER], "/", ENV, prompt="router7> ") as session:
            one = await session.run("one", 20_000)
            two = await session.run("two", 20_000, prompt="router.> ")
            return [one.output, two.output]

    assert asyncio.run(steps()) == ["did one", "did two"]


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ("Do you want to continue? [Y/n] ", "waiting"),
        ("Overwrite? (y/N) ", "waiting"),
        ("Are you sure you want to continue connecting (yes/no/[fingerprint])? ", "waiting"),
        ("(1/1) Stage this hunk [y,n,q,a,d,e,?]? ", "waiting"),
        ("Proceed (yes/no): ", "waiting"),
        ("Press any key to continue", "waiting"),
        ("Press [Enter] to continue...", "waiting"),
        ("host login: ", "waiting"),
        ("Username for 'https://example.com': ", "waiting"),
        ("[sudo] password for me: ", "password"),
        ("Enter passphrase for key '/root/.ssh/id': ", "password"),
        ("Password: ", "password"),
        ("rm: remove regular file '/etc/hostname'? ", "waiting"),
        ("cp: overwrite 'notes'? ", "waiting"),
        ("mv: replace 'notes', overriding mode 0444 (r--r--r--)? ", "waiting"),
        ("< rm ... ./notes > ? ", "waiting"),
        ("gzip: notes.gz already exists; do you wish to overwrite (y or n)? ", "waiting"),
        ("replace notes? [y]es, [n]o, [A]ll, [N]one, [r]ename: ", "waiting"),
        ("*** notes (Y/I/N/O/D/Z) [default=N] ? ", "waiting"),
        ("Enter PEM pass phrase:", "password"),
        ("Password: ****", "password"),
        ("Password: (press TAB for no echo) ", "password"),
        ("--More--(5%)", "fullscreen"),
        ("--More-- (4% of 1488 bytes)", "fullscreen"),
        ("---(more 10%)---", "fullscreen"),
        ("--Type <RET> for more, q to quit, c to continue without paging--", "fullscreen"),
        ("-- less -- (f)orward, (b)ack, (q)uit", "fullscreen"),
        ("(END)", "fullscreen"),
        (" Manual page bash(1) line 1 (press h for help or q to quit)", "fullscreen"),
        ("", None),
        ("done", None),
        ("Press Ctrl-C to stop", None),
        ("Working. Press any key to abort", None),
        ("the password was changed", None),
        ("Last login: ", None),
        ("Downloading [y/n", None),
        ("progress: 7", None),
        ("checking whether the compiler works? ", None),
        ("rm: removed 7 files", None),
        ("... more", None),
    ],
)
def test_questions_are_known_by_their_look(row: str, state: str | None) -> None:
    assert question(row) == state


@pytest.mark.parametrize(
    "row", [">>> ", "(Pdb) ", "In [7]: ", "sqlite> ", "db=# ", "root@host:/# ", "me@host:~$ ", "/ # "]
)
def test_prompts_of_shells_and_interpreters_are_known(row: str) -> None:
    assert well_known_prompt(row)


@pytest.mark.parametrize("row", ["", "$ ", "> ", "total 7", "foo>", "a > b"])
def test_what_any_output_may_end_in_is_no_well_known_prompt(row: str) -> None:
    assert not well_known_prompt(row)


@pytest.fixture
def far(manager: SessionManager) -> Iterator[Session]:
    """A shell at the far end of ssh."""
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder, servers.sshd(Path(folder)) as config:
        argv = ["ssh", "-F", config, "here", "PS1='$ ' bash --norc"]
        session = manager.open(manager.start_session(argv, "/", ENV))
        session.poll(20_000, until=READY)
        yield session
        session.close()


@pytest.mark.program("sshd", "ssh", "python3")
def test_questions_at_the_far_end_are_found(far: Session) -> None:
    asked = far.run("read -p 'Go on? [y/N] ' x; echo got $x", 20_000)
    assert (asked.status.state, asked.status.confidence, asked.status.prompt) == ("waiting", "prompt", "Go on? [y/N] ")
    assert far.run("n", 20_000).output == "got n"
    asked = far.run("read -s -p '[sudo] password for me: ' x; echo; echo got $x", 20_000)
    assert (asked.status.state, asked.status.confidence) == ("password", "prompt")
    assert far.run("secret", 20_000).output.endswith("got secret")
    assert far.run("python3 -q", 20_000).status.prompt == ">>> "
    assert far.run("6*7", 20_000).output == "42"


@pytest.mark.program("sshd", "ssh")
def test_a_program_without_marks_at_the_far_end_waits_behind_its_told_prompt(far: Session) -> None:
    assert far.run("PS1='dash: ' exec sh", 20_000, prompt="dash: ").status.confidence == "prompt"
    result = far.run("sleep 0.5; echo $((6*7))", 20_000, prompt="dash: ")
    assert (result.output, result.timed_out) == ("42", False)


@pytest.mark.program("sshd", "ssh")
def test_marks_in_output_from_the_far_end_are_no_prompt(far: Session) -> None:
    """They made `run` come back before the end, or never."""
    assert far.run(r"printf '\033[?2004h'; sleep 1; echo $((6*7))", 20_000).output == "42"
    assert far.run(r"printf '\033]133;C\007hello\n'", 20_000).timed_out is False
    assert far.run("echo next", 20_000).output == "next"


@pytest.mark.program("sshd", "ssh")
def test_an_interrupt_reaches_the_program_at_the_far_end_and_leaves_the_connection(far: Session) -> None:
    assert far.run("sleep 30", 500).timed_out
    far.interrupt()
    assert far.poll(20_000, until=READY).running
    assert far.run("echo still here", 20_000).output == "still here"
