"""Several lines are one step: pasted where the line editor takes them so, else each typed at the prompt before it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bgterm import LineTooLongError
from bgterm.manager import SessionManager
from readiness.extent import EVERYTHING

PATIENCE_MS = 30_000
SH = {
    "echo a\necho b": "a\nb",
    "printf a\nprintf b": "ab",
    "for i in 1 2; do\n  echo $i\ndone": "1\n2",
    "cat <<E\nx y\n\nz\nE": "x y\n\nz",
    "echo a\necho b\n": "a\nb",
    "echo a\n\necho b": "a\nb",
    "f() {\n  echo in $1\n}": "",
    "f it": "in it",
    "echo 'one\ntwo'": "one\ntwo",
    "echo one \\\ntwo": "one two",
    "": "",
    "   echo led": "led",
    "echo next": "next",
}
COMMENTED = SH | {"# a comment": "", "echo a; # behind": "a", "echo " + "y" * 5000: "y" * 5000, "true": ""}
FISH = {
    "echo a\necho b": "a\nb",
    "for i in 1 2\n  echo $i\nend": "1\n2",
    "function f\necho in $argv\nend": "",
    "f it": "in it",
    "echo 'one\ntwo'": "one\ntwo",
    "echo next": "next",
}
PYTHON = {
    "x = 1\ny = 2\nprint(x + y)": "3",
    "for i in range(2):\n    print(i)\n": "0\n1",
    "def f(x):\n    return x + 1\n\nprint(f(1))": "2",
    "if True:\n    print('a')\n\nprint('b')\n": "a\nb",
    "for i in range(2):\n    print(i)": "0\n1",
    "if not x:\n    print('a')\nelse:\n    print('b')": "b",
    "print(1,\n  2)": "1 2",
    "# a comment": "",
    "": "",
    "print('next')": "next",
}
IRB = {
    "def f(x)\n  x+1\nend": "=> :f",
    "a=1\nb=2\nputs a+b": "=> 1\n=> 2\n3\n=> nil",
    "f(1)": "=> 2",
    "[1,2].each do |x|\nputs x\nend": "1\n2\n=> [1, 2]",
    "%w(a\nb)": '=> ["a", "b"]',
}
GDB = {
    "print 1\nprint 2": "$1 = 1\n$2 = 2",
    "define foo\necho hi\\n\nend": 'Type commands for definition of "foo".\nEnd with a line saying just "end".',
    "foo": "hi",
}
PROGRAMS: dict[str, tuple[tuple[str, ...], bool, Mapping[str, str]]] = {
    **{
        " ".join(argv): (argv, False, SH)
        for argv in [
            ("dash",),
            ("bash", "--norc", "--noediting"),
            ("busybox", "ash"),
            ("ksh93",),
            ("mksh",),
        ]
    },
    "bash": (("bash", "--norc"), False, COMMENTED),
    "zsh": (("zsh", "-f"), False, SH),
    "bash, integrated": (("bash",), True, COMMENTED),
    "zsh, integrated": (("zsh",), True, SH),
    "fish": (("fish",), False, FISH),
    "fish, without bracketed paste": (("fish", "--no-config"), False, FISH),
    "fish, integrated": (("fish",), True, FISH),
    "python": (("python3", "-q"), False, PYTHON),
    "python, this one": ((sys.executable, "-q"), False, PYTHON),  # with an editor of its own since 3.13
    "ipython": (("ipython", "--no-banner", "--colors=NoColor"), False, PYTHON),
    "ipython --simple-prompt": (("ipython", "--no-banner", "--simple-prompt"), False, PYTHON),
    "gdb": (("gdb", "-q", "-nx"), False, GDB),
    "irb": (("irb", "-f", "--nocolorize"), False, IRB),
    "sqlite3": (("sqlite3",), False, {"select 1;\nselect 2;": "1\n2", "select\n3;": "3", "select 4;": "4"}),
    "lua": (("lua5.4",), False, {"print(1)\nprint(2)": "1\n2", "for i=1,2 do\nprint(i)\nend": "1\n2"}),
    "R": (("R", "--no-save", "-q"), False, {"1\n2": "[1] 1\n[1] 2", "f <- function(x) {\nx+1\n}": "", "f(1)": "[1] 2"}),
    "node": (("node",), False, {"1\n2": "1\n2", "function f(x) {\nreturn x+1\n}": "undefined", "f(1)": "2"}),
    "tclsh": (("tclsh",), False, {"puts 1\nputs 2": "1\n2", "proc f {x} {\nexpr {$x+1}\n}": "", "f 1": "2"}),
    "guile": (("guile", "--no-auto-compile"), False, {"(define (f x)\n(+ x 1))": "", "(f 1)\n(f 2)": "$1 = 2\n$2 = 3"}),
}
FURTHER: dict[str, tuple[tuple[str, ...], bool, Mapping[str, str]]] = {
    "posh": (("posh",), False, SH),
    "yash": (("yash", "--norcfile"), False, SH),
    "python3.12": (("python3.12", "-q"), False, PYTHON),
    "python3.13": (("python3.13", "-q"), False, PYTHON),
    "python3.13 -m asyncio": (("python3.13", "-m", "asyncio"), False, PYTHON),
    "xonsh": (("xonsh", "--no-rc"), False, PYTHON),
    "elvish": (("elvish", "-norc"), False, {"echo a\necho b": "a\nb", "for i [1 2] {\n  echo $i\n}": "1\n2"}),
    "php": (
        ("php", "-a"),
        False,
        {"echo 1;\necho 2;": "1\n2", "function f($x) {\nreturn $x+1;\n}": "", "echo f(1);": "2"},
    ),
    "octave": (
        ("octave", "--no-gui", "-q"),
        False,
        {"x = 1;\ny = 2;\nx+y": "ans = 3", "for i=1:2\ndisp(i)\nend": "1\n2", "function r = f(x)\nr = x+1;\nend": ""},
    ),
    "ocaml": (
        ("ocaml",),
        False,
        {"let f x =\nx + 1;;": "val f : int -> int = <fun>", "f 1;;\nf 2;;": "- : int = 2\n- : int = 3"},
    ),
    "sbcl": (("sbcl", "--no-userinit"), False, {"(+ 1\n2)": "3", "(defun f (x)\n(+ x 1))\n(f 1)": "F\n2"}),
    "bc": (("bc", "-q"), False, {"1+1\n2+2": "2\n4", "define f(x) {\nreturn x+1;\n}": "", "f(1)": "2"}),
    "tcsh": (("tcsh", "-f"), False, {"echo a\necho b": "a\nb", "foreach i (1 2)\necho $i\nend": "1\n2"}),
}


@pytest.mark.parametrize(
    ("argv", "integration", "steps"),
    [
        pytest.param(*case, id=name, marks=pytest.mark.program(case[0][0]))
        for name, case in (PROGRAMS | FURTHER if EVERYTHING else PROGRAMS).items()
    ],
)
def test_the_output_of_several_lines_has_neither_prompts_nor_their_echo(
    manager: SessionManager, argv: tuple[str, ...], *, integration: bool, steps: Mapping[str, str], tmp_path: Path
) -> None:
    (tmp_path / ".zshrc").touch()
    env = {**os.environ, "PS1": "$ ", "TERM": "xterm-256color", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    with manager.open(manager.start_session(argv, tmp_path, env, shell_integration=integration)) as session:
        for line, said in steps.items():
            result = session.run(line, PATIENCE_MS)
            assert (result.output, result.timed_out) == (said, False), result


def test_lines_that_cannot_all_be_typed_are_not_typed_at_all(manager: SessionManager, tmp_path: Path) -> None:
    with manager.open(manager.start_session(["dash"], tmp_path, {**os.environ, "PS1": "$ "})) as session:
        with pytest.raises(LineTooLongError):
            session.run("echo first\necho " + "x" * 5000)
        assert session.run("echo next").output == "next"


def test_lines_whose_turn_did_not_come_in_time_are_typed_ahead(manager: SessionManager, tmp_path: Path) -> None:
    with manager.open(manager.start_session(["dash"], tmp_path, {**os.environ, "PS1": "$ "})) as session:
        session.run("true")
        result = session.run("sleep 1\necho $((1+1))", 100)
        assert (result.timed_out, result.output) == (True, "")
        assert session.poll(10_000, until=r"\b2\r\n").match is not None


def test_what_looks_like_a_line_editor_in_the_output_is_not_pasted_to(manager: SessionManager, tmp_path: Path) -> None:
    with manager.open(manager.start_session(["dash"], tmp_path, {**os.environ, "PS1": "$ "})) as session:
        session.run(r"printf '\033[?2004h'")
        assert session.run("echo a\tb\necho c").output == "a b\nc"


@pytest.mark.program("less")
def test_no_further_line_is_typed_to_a_pager_that_a_line_has_started(manager: SessionManager, tmp_path: Path) -> None:
    env = {**os.environ, "PS1": "$ ", "LESS": "", "TERM": "xterm-256color"}
    (tmp_path / "long").write_text("line\n" * 100)
    with manager.open(manager.start_session(["dash"], tmp_path, env)) as session:
        assert session.run("less long\necho never").status.state == "fullscreen"
        session.send_keys("q")
        session.poll(10_000, until=r"\$ ")
        assert session.run("echo next").output == "next"
