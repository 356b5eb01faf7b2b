"""Pagers, editors and the like take keys, not lines; what they merely lead to are questions."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from bgterm import NotReadyError
from bgterm.manager import SessionManager
from bgterm.session import Session
from readiness import servers

TEXT = "/etc/services"
ENV = {
    **{name: value for name, value in os.environ.items() if "PAGER" not in name and "EDITOR" not in name},
    "PS1": "$ ",
    "TERM": "xterm-256color",
    "LESS": "",
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "n",
    "GIT_AUTHOR_EMAIL": "e",
    "GIT_COMMITTER_NAME": "n",
    "GIT_COMMITTER_EMAIL": "e",
}


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A file of many rows, in a repository with many commits and one change."""
    env = {**ENV, "HOME": str(tmp_path)}
    script = (
        "git init -q . && git config core.editor nano && for i in $(seq 30); do seq $i 500 > text; git add text;"
        " git commit -q -m $i; done; seq 7 > notes; git add notes; git commit -q -m notes"
    )
    subprocess.run(["sh", "-c", script], cwd=tmp_path, env=env, check=True)
    return tmp_path / "text"


PAGERS = {
    "less": ("less text", "less", "q"),
    "less -X": ("less -X text", "less", "q"),
    "more": ("more text", "more", "q"),
    "most": ("most text", "most", "q"),
    "man": ("man -P less bash", "less", "q"),
    "man by more": ("man -P more bash", "more", "q"),
    "git log": ("GIT_PAGER=less git log", "less", "q"),
    "git log by less -X": ("GIT_PAGER='less -X' git log", "less", "q"),
    "git log by more": ("GIT_PAGER=more git log", "more", "q"),
    "git rebase -i": ("git rebase -i HEAD~3", "nano", "\x18"),
    "vim": ("vim -u NONE -n text", "vim", ":q!\r"),
    "nano": ("nano text", "nano", "\x18"),
    "top": ("top", "top", "q"),
    "mc": ("mc -u", "mc", "\x1b[21~"),
    "dialog": ("dialog --msgbox text 10 40", "dialog", "\r"),
    "whiptail": ("whiptail --msgbox text 10 40", "whiptail", "\r"),
    "fzf": ("seq 50 | fzf", "fzf", "\x1b"),
    "busybox less": ("busybox less text", "less", "q"),
    "busybox more": ("busybox more text", "more", "q"),
    "busybox top": ("busybox top", "top", "q"),
    "top on the main screen": ("TERM=vt100 top", "top", "q"),
    "mc with a shell behind it": ("mc", "mc", "\x1b[21~"),
    "less behind a pipe": ("seq 1000 | less", "less", "q"),
    "less at a file that grows": ("(seq 1000; sleep 0.3) | less", "less", "q"),
}


def full_screen(name: str) -> object:
    line, program, leave = PAGERS[name]
    needs = {program, *{"busybox", "man", "git"}.intersection(line.split())}
    return pytest.param(line, program, leave, id=name, marks=pytest.mark.program(*sorted(needs)))


def opened(manager: SessionManager, folder: Path, *, pager: bool = True) -> Session:
    env = {**ENV, "HOME": str(folder)}
    return manager.open(manager.start_session(["bash", "--norc"], folder, env, pager=pager))


def assert_takes_no_line(session: Session) -> None:
    end = session.read().buffer_end_offset
    with pytest.raises(NotReadyError, match="takes keys, not lines: nothing was typed"):
        session.run("select 1;", None)
    assert "select" not in session.read(offset=end).text


@pytest.mark.parametrize(("line", "name", "leave"), [full_screen(name) for name in PAGERS])
def test_a_full_screen_program_is_told_and_no_line_is_typed_to_it(
    manager: SessionManager, text: Path, line: str, name: str, leave: str
) -> None:
    session = opened(manager, text.parent)
    result = session.run(line, 30_000)
    assert (result.timed_out, result.status.state) == (False, "fullscreen")
    assert result.status.foreground is not None
    assert result.status.foreground.name == name
    assert_takes_no_line(session)
    assert session.write_stdin(leave, 20_000, until=r"\$ $").match is not None
    assert session.run("echo $((6*7))").output.endswith("42")


def test_a_key_that_ends_a_full_screen_program_is_given_time(manager: SessionManager, text: Path) -> None:
    """fzf waits for the rest of a sequence behind an escape: until then it looked as if it went on."""
    session = opened(manager, text.parent)
    assert session.run("seq 50 | fzf", 20_000).status.state == "fullscreen"
    session.send_keys("Escape")
    assert session.run("echo $((6*7))", 20_000).output.endswith("42")


@pytest.mark.program("dialog", "whiptail")
@pytest.mark.parametrize("name", ["dialog", "whiptail"])
def test_a_gauge_waits_for_nobody(manager: SessionManager, text: Path, name: str) -> None:
    session = opened(manager, text.parent)
    session.run(f"(for i in 10 50 90; do echo $i; sleep 0.5; done; : > ended) | {name} --gauge text 10 40 0", 20_000)
    assert (text.parent / "ended").exists()
    assert session.run("echo $((6*7))", 20_000).output.endswith("42")


@pytest.mark.program("gdb")
def test_gdbs_own_pager_takes_no_command(manager: SessionManager) -> None:
    session = manager.open(manager.start_session(["gdb", "-q", "-nx"], "/", ENV))
    assert session.run("help all", 20_000).status.state == "fullscreen"
    assert_takes_no_line(session)
    session.send_keys("q", "Enter")
    assert session.run("print 6*7", 20_000).output == "$1 = 42"


@pytest.mark.program("gpg", "pinentry-curses", "gpgconf")
def test_a_form_that_asks_for_a_secret_is_a_password(manager: SessionManager) -> None:
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder:
        env = {**ENV, "HOME": folder, "GNUPGHOME": folder}
        Path(folder, "secret").write_text("6*7\n")
        Path(folder, "gpg-agent.conf").write_text("pinentry-program /usr/bin/pinentry-curses\n")
        session = manager.open(manager.start_session(["bash", "--norc"], folder, env))
        try:
            assert session.run("export GPG_TTY=$(tty)", 20_000).status.at_shell_prompt
            for line in ("gpg -q -c --no-symkey-cache secret", "correct horse battery 7", "correct horse battery 7"):
                result = session.run(line, 30_000)
                if result.status.at_shell_prompt:
                    break
                assert (result.status.state, result.status.confidence) == ("password", "marks"), result
            assert session.run("ls secret.gpg", 20_000).output == "secret.gpg"
        finally:
            session.close()
            subprocess.run(["gpgconf", "--kill", "all"], env=env, check=True)


ASKS = {
    "git add -p": ("seq 9 > notes; git add -p", "Stage this hunk [y,n,q,a,d,e,?]? ", "q"),
    "select-editor": ("select-editor", "]: ", "1"),
    "ed": ("ed -p '* ' notes", "* ", "q"),
    "select": ("select x in a b; do break; done", "#? ", "1"),
}


@pytest.mark.parametrize(
    ("line", "prompt", "answer"),
    [
        pytest.param(*case, id=name, marks=pytest.mark.program(name.split()[0] if name != "select" else "bash"))
        for name, case in ASKS.items()
    ],
)
def test_a_question_is_answered_by_a_line(
    manager: SessionManager, text: Path, line: str, prompt: str, answer: str
) -> None:
    session = opened(manager, text.parent)
    asked = session.run(line, 20_000)
    assert (asked.status.state, asked.status.prompt.endswith(prompt)) == ("waiting", True), asked
    assert session.run(answer, 20_000).status.prompt == "$ "


@pytest.mark.program("psql", "less", "more")
@pytest.mark.parametrize("pager", ["less", "less -X", "more"])
def test_the_pager_of_a_database_takes_no_statement(manager: SessionManager, pager: str) -> None:
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder, servers.postgresql(Path(folder)) as server:
        argv = ["psql", "-X", "-h", server, "-U", "postgres"]
        session = manager.open(manager.start_session(argv, "/", {**ENV, "PSQL_PAGER": pager}))
        assert session.run("select generate_series(1, 1000);").status.state == "fullscreen"
        assert_takes_no_line(session)
        session.send_keys("q")
        assert session.run("select 6*7 as n \\gset").status.prompt == "postgres=# "
        session.close()
        plain = manager.open(manager.start_session(argv, "/", ENV, pager=False))
        assert "1000" in plain.run("select generate_series(1, 1000);").output
        plain.close()


@pytest.mark.program("mariadbd", "mariadb", "less", "more")
@pytest.mark.parametrize("pager", ["less", "more"])
def test_the_pager_of_mariadb_takes_no_statement(manager: SessionManager, pager: str) -> None:
    with tempfile.TemporaryDirectory(prefix="bgterm-") as folder, servers.mariadb(Path(folder)) as server:
        argv = ["mariadb", "--no-defaults", "-u", "root", "-h", "127.0.0.1", "-P", server, f"--pager={pager}", "mysql"]
        session = manager.open(manager.start_session(argv, "/", ENV))
        assert session.run("select seq from seq_1_to_1000;", 20_000).status.state == "fullscreen"
        assert_takes_no_line(session)
        session.send_keys("q")
        assert session.run("do 6*7;", 20_000).status.prompt == "MariaDB [mysql]> "
        session.close()


@pytest.mark.program("git", "man")
def test_without_a_pager_nothing_pages(manager: SessionManager, text: Path) -> None:
    session = opened(manager, text.parent, pager=False)
    assert session.run("git log --format=%s").output.splitlines() == ["notes", *map(str, range(30, 0, -1))]
    assert session.run("man bash | head -1; man ed", 30_000).status.at_shell_prompt is True
