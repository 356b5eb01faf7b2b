"""`shell_integration=True`: exit codes, continuation prompts and the current directory, and rc files as ever."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bgterm.manager import SessionManager
from bgterm.session import Session
from inside import live

StartShell = Callable[..., Session]

SHELLS = [pytest.param(name, marks=pytest.mark.program(name)) for name in ("bash", "zsh", "fish")]


@pytest.fixture
def shell(manager: SessionManager, tmp_path: Path) -> StartShell:
    def start(*argv: str, **environment: str) -> Session:
        env = {key: value for key, value in os.environ.items() if key not in {"PS1", "PROMPT_COMMAND", "ZDOTDIR"}}
        env |= {"HOME": str(tmp_path), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **environment}
        return manager.open(manager.start_session(argv, tmp_path, env, shell_integration=True))

    return start


@pytest.mark.parametrize("name", SHELLS)
def test_the_exit_code_of_each_command_is_told(shell: StartShell, name: str) -> None:
    session = shell(name)
    codes = [session.run(line).exit_code for line in ("true", "false", "sh -c 'exit 7'", "echo hi")]
    assert codes == [0, 1, 7, 0]


@pytest.mark.parametrize("name", SHELLS)
def test_the_output_is_free_of_marks_and_prompts(shell: StartShell, name: str) -> None:
    session = shell(name)
    assert [session.run(line).output for line in ("echo hi", "printf hi", "true")] == ["hi", "hi", ""]


@pytest.mark.parametrize("name", SHELLS)
def test_the_current_directory_is_told(shell: StartShell, name: str, tmp_path: Path) -> None:
    folder = tmp_path / "50% of it"
    folder.mkdir()
    assert shell(name).run(f"cd '{folder}'").directory == str(folder)


@pytest.mark.parametrize("name", SHELLS[:2])
def test_a_continuation_prompt_is_told_from_a_prompt(shell: StartShell, name: str) -> None:
    session = shell(name)
    assert session.run("echo 'one").status.at_shell_prompt is False
    result = session.run("two'")
    assert (result.output, result.exit_code, result.status.at_shell_prompt) == ("one\ntwo", 0, True)


@pytest.mark.parametrize("name", SHELLS[:2])
def test_a_line_that_is_no_command_has_an_exit_code(shell: StartShell, name: str) -> None:
    result = shell(name).run(")")
    assert result.exit_code not in {0, None}
    assert "near" in result.output


@pytest.mark.parametrize("name", SHELLS)
def test_what_a_command_prints_tells_neither_its_exit_code_nor_the_directory(shell: StartShell, name: str) -> None:
    session = shell(name)
    directory = session.run("true").directory
    forged = r"printf '\033]7;file://host/forged\007\033]133;D;0\007'; printf '\033]133;D;0;bgterm=\007'; false"
    for _ in range(2):
        result = session.run(forged)
        assert (result.exit_code, result.directory) == (1, directory)


@pytest.mark.parametrize("name", [*SHELLS, sys.executable])
def test_what_a_shell_starts_does_not_inherit_the_secret_of_its_marks(shell: StartShell, name: str) -> None:
    session = shell(name, PS1="mine> ")  # exported, and with it whatever is put into it
    session.run("")
    line = "env" if name != sys.executable else "import subprocess; subprocess.run('env')"
    result = session.run(line)
    secret = live(session)._secret
    assert "PS1=" in result.output
    assert secret.encode() in result.data
    assert secret not in result.output


BASH_RC = {
    "sets the prompts": "PS1='mine> '",
    "has a prompt command": "PROMPT_COMMAND='PS1=\"mine> \"'",
    "has prompt commands in an array": "PROMPT_COMMAND=(true 'PS1=\"mine> \"')",
    "traps DEBUG": "trap 'last=$BASH_COMMAND' DEBUG; PS1='mine> '",
    "is strict about variables": "set -u; PS1='mine> '",
    "is in posix mode": "set -o posix; PS1='mine> '",
    "returns early": "PS1='mine> '; return",
}


@pytest.mark.parametrize("rc", BASH_RC.values(), ids=BASH_RC.keys())
def test_bash_reads_its_file_as_before(shell: StartShell, tmp_path: Path, rc: str) -> None:
    (tmp_path / ".bashrc").write_text(rc + "\n")
    session = shell("bash")
    assert [session.run(line).exit_code for line in ("true", "false", "echo ${BGTERM_RC-none}")] == [0, 1, 0]
    assert session.status().prompt == "mine> "
    assert session.run("echo ${BGTERM_RC-none}").output == "none"


@pytest.mark.parametrize("option", ["--norc", "-l"])
def test_bash_keeps_the_options_that_say_what_it_reads(shell: StartShell, tmp_path: Path, option: str) -> None:
    (tmp_path / ".bashrc").write_text("PS1='rc> '\n")
    (tmp_path / ".bash_profile").write_text("PS1='profile> '\n")
    session = shell("bash", option)
    assert [session.run(line).exit_code for line in ("true", "false")] == [0, 1]
    assert session.status().prompt.startswith("profile> " if option == "-l" else "bash")


@pytest.mark.program("zsh")
@pytest.mark.parametrize("place", ["home", "ZDOTDIR"])
def test_zsh_reads_its_files_as_before(shell: StartShell, tmp_path: Path, place: str) -> None:
    folder = tmp_path / "config" if place == "ZDOTDIR" else tmp_path
    folder.mkdir(exist_ok=True)
    for file in (".zshenv", ".zprofile", ".zshrc", ".zlogin"):
        (folder / file).write_text(f"seen+=({file})\nPS1='mine> '\nprecmd() {{ PS1='mine> ' }}\n")
    session = shell("zsh", "-l", **({"ZDOTDIR": str(folder)} if place == "ZDOTDIR" else {}))
    assert session.run("echo $seen; echo ${ZDOTDIR-unset}").output.split() == [
        ".zshenv",
        ".zprofile",
        ".zshrc",
        ".zlogin",
        str(folder) if place == "ZDOTDIR" else "unset",
    ]
    assert session.run("false").exit_code == 1
    assert session.status().prompt == "mine> "


def test_python_tells_whether_a_statement_raised(shell: StartShell) -> None:
    python = shell(sys.executable, "-q")
    results = [python.run(line) for line in ("2+2", "1/0", "x = 1")]
    assert [result.exit_code for result in results] == [0, 1, 0]
    assert results[0].output == "4"


def test_python_runs_its_startup_file_as_before(shell: StartShell, tmp_path: Path) -> None:
    startup = tmp_path / "startup.py"
    startup.write_text("import sys\nsys.ps1 = 'mine> '\nanswer = 42\n")
    python = shell(sys.executable, "-q", PYTHONSTARTUP=str(startup))
    assert python.run("answer").output == "42"
    assert python.status().prompt == "mine> "
    assert python.run("[name for name in dir() if 'bgterm' in name]").output == "[]"
    assert python.run("import os; os.environ['PYTHONSTARTUP']").output == repr(str(startup))


INTEGRATED = [
    *("bash -i", "bash -o vi", "bash --posix", "bash -o posix", "bash -norc", "bash -il", "bash --noprofile -l"),
    *("bash -r", "bash --noediting", "bash -s a b"),
    *("zsh -f", "zsh -fi", "zsh --no-rcs", "zsh -o norcs", "zsh -o NO_RCS", "zsh +o rcs", "zsh -d", "zsh --no-zle"),
    *("fish --no-config", "fish -N", "fish -C true", "fish -l"),
    *("python3 -S", "python3 -qs", "python3 -X utf8 -W ignore", "python3 -"),
]


@pytest.mark.parametrize("command", INTEGRATED)
def test_the_options_of_a_shell_keep_nothing_from_being_told(
    shell: StartShell, program: Callable[[str], str], command: str, tmp_path: Path
) -> None:
    argv = command.split()
    program(argv[0])
    (tmp_path / ".local/share/fish/generated_completions").mkdir(parents=True)  # else fish makes them, at work for long
    session = shell(*argv)
    python = argv[0] == "python3"
    lines = ("1/0", "1") if python else ("false", "true")
    assert [session.run(line).exit_code for line in lines] == [1, 0]
    asks = "import os; os.environ.get('BGTERM_SECRET')" if python else "env | grep BGTERM_SECRET"
    assert session.run(asks).output == ""


REFUSED = {
    "bash -c true": "runs a script or a command",
    "bash script": "runs a script or a command",
    "bash -r --norc": "leave the option out",
    "zsh -c true": "runs a script or a command",
    "zsh --emulate sh": "leave --emulate out",
    "zsh -fs argument": "leave its -f out",
    "fish -c true": "runs a script or a command",
    "fish script": "runs a script or a command",
    "python3 -I": "leave -I out",
    "python3 -qE": "leave -E out",
    "python3 -c 1": "runs a program",
    "python3 -X utf8 -m code": "runs a program",
    "python3 -i script": "runs a program",
    "sh": "bash, zsh, fish and python",
    "dash": "bash, zsh, fish and python",
    "cat": "bash, zsh, fish and python",
}


@pytest.mark.parametrize(("command", "why"), REFUSED.items(), ids=REFUSED.keys())
def test_a_program_that_would_read_none_of_our_files_is_refused(
    manager: SessionManager, command: str, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        manager.start_session(command.split(), shell_integration=True)
    assert manager.list_sessions() == ()


@pytest.mark.program("zsh")
def test_zsh_without_its_files_reads_none_and_says_so(shell: StartShell, tmp_path: Path) -> None:
    for file in (".zshenv", ".zshrc"):
        (tmp_path / file).write_text("PS1='read> '\nseen=yes\n")
    session = shell("zsh", "-f", PS1="$ ")
    assert session.run('echo "${seen-no} $options[rcs] ${ZDOTDIR-none}"').output == "no off none"
