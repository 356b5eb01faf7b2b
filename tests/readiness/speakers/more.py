"""The programs that only `make readiness` asks."""

from __future__ import annotations

from readiness.speakers.always import BASH
from readiness.speakers.speaker import Speaker
from readiness.speakers.spelling import (
    by_bytes,
    by_print,
    by_printf,
    by_write_char,
    code_points,
    decimal,
    octal,
)
from readiness.texts import BELLS

_SCREEN = 24 * 80 - 10
"""Line editors that cannot show a longer line leave its echo where nobody can tell it."""
_CANONICAL = 4095
"""So long a line can be where the kernel keeps it until its end."""
_SSH = ("ssh", "-F", "{server}", "here")
_ERLANG = {
    **dict.fromkeys(("tabs", "a tab last"), "it writes blanks in place of tabs"),
    "a prompt's width less": "it writes a blank behind the last column",
    **dict.fromkeys(
        (
            *("a title", "a title, no newline", "a bell", "only a bell", "only a bell"),
            *(f"{each}, {where}" for each in BELLS for where in ("in lines", "no newline")),
        ),
        "it writes ^G for a bell, and other controls so",
    ),
}


def _script(program: str) -> tuple[str, ...]:
    return ("script", "-q", "/dev/null", "-c", program)


_SHELLS: dict[str, Speaker] = {
    "posh": Speaker(("posh",), by_printf),
    "yash": Speaker(("yash", "--norcfile", "--noprofile"), by_printf),
    "elvish": Speaker(("elvish", "-norc"), lambda text: f'print "{code_points(text)}"'),
    "xonsh": Speaker(("xonsh", "--no-rc"), by_print),
    "zsh in bash": Speaker(BASH, by_printf, after=("zsh -f",)),
    "fish in bash": Speaker(BASH, by_printf, after=("fish --no-config",)),
    "python in bash": Speaker(BASH, by_print, after=("python3 -q",)),
    "script, zsh": Speaker(_script("zsh -f"), by_printf),
    "script, dash": Speaker(_script("dash"), by_printf),
    "script, python": Speaker(_script("python3 -q"), by_print),
    "sudo sh": Speaker(("sudo", "-n", "sh"), by_printf),
    "sudo bash": Speaker(("sudo", "-n", *BASH), by_printf),
    "rlwrap dash": Speaker(
        ("rlwrap", "dash"),
        by_printf,
        longest=_SCREEN,
        unable=dict.fromkeys(
            (
                "tabs",
                "a tab last",
                "a carriage return last",
                "a carriage return",
                "only a bell",
            ),
            "what stands before the prompt in its row it draws again as it is",
        ),
    ),
    "rc": Speaker(("rc",), by_printf),
    "ssh to bash": Speaker((*_SSH, "PS1='$ ' exec bash --norc"), by_printf, server="sshd"),
    "ssh to zsh": Speaker((*_SSH, "exec zsh -f"), by_printf, server="sshd"),
    "ssh to dash": Speaker((*_SSH, "PS1='me@there:~$ ' exec dash"), by_printf, server="sshd"),
    "ssh to fish": Speaker((*_SSH, "exec fish --no-config"), by_printf, server="sshd"),
    "ssh to python": Speaker((*_SSH, "exec python3 -q"), by_print, server="sshd"),
}
_LANGUAGES: dict[str, Speaker] = {
    "python3.12": Speaker(("python3.12", "-q"), by_print),
    "python3.13": Speaker(("python3.13", "-q"), by_print),
    "python3.13, basic": Speaker(("python3.13", "-q"), by_print, env={"PYTHON_BASIC_REPL": "1"}),
    "python3.13, integrated": Speaker(("python3.13", "-q"), by_print, integration=True),
    "python -m asyncio": Speaker(("python3", "-m", "asyncio"), by_print),
    "python3.13 -m asyncio": Speaker(("python3.13", "-m", "asyncio"), by_print),
    "pdb": Speaker(("python3", "-m", "pdb", "program.py"), by_print),
    "ptpython": Speaker(
        ("ptpython",), by_print, unable={"many blanks": "its prompt is drawn where no cursor stands, and none shows"}
    ),
    "octave": Speaker(("octave", "--no-gui", "-q"), lambda text: f'fputs(stdout, "{octal(text)}");'),
    "racket": Speaker(("racket",), lambda text: f'(display "{code_points(text)}")'),
    "ghci": Speaker(("ghci", "-v0"), lambda text: f'putStr "{code_points(text, chr(92) + "{:d}" + chr(92) + "&")}"'),
    "ocaml": Speaker(("ocaml",), lambda text: f'print_string "{decimal(text)}";;', adds="- : unit = ()", longest=500),
    "swipl": Speaker(
        ("swipl", "-q"),
        lambda text: f'format("~s", [`{code_points(text)}`]).',
        adds="true.\n",
        ends_lines=True,
        longest=_SCREEN,
    ),
    "php": Speaker(("php", "-a"), lambda text: f'echo "{octal(text)}";'),
    "sbcl": Speaker(("sbcl", "--no-userinit"), by_write_char, longest=_CANONICAL),
    "ecl": Speaker(("ecl",), by_write_char, longest=_CANONICAL),
    "csi": Speaker(("csi", "-q"), lambda text: f'(display "{code_points(text)}")'),
    "gp": Speaker(("gp", "-q"), lambda text: f'printf("%s", Strchr([{", ".join(map(str, text.encode()))}]))'),
    "clisp": Speaker(("clisp", "-q", "-norc"), by_write_char),
    "jshell": Speaker(
        ("jshell", "-s", "-R-Dfile.encoding=UTF-8", "-R-Dstdout.encoding=UTF-8"),
        lambda text: f'System.out.print("{_java(text)}")',
        longest=_SCREEN,
    ),
    "erl": Speaker(
        ("erl",),
        lambda text: f'io:put_chars("{code_points(text, chr(92) + "x{{{:x}}}")}").',
        adds="ok",
        unable=_ERLANG,
    ),
    "iex": Speaker(
        ("iex",), lambda text: f'IO.write("{code_points(text, chr(92) + "u{{{:x}}}")}")', adds=":ok", unable=_ERLANG
    ),
    "perl -d": Speaker(("perl", "-de0"), lambda text: f'print "{octal(text)}"'),
}
_OTHERS: dict[str, Speaker] = {
    "dc": Speaker(("dc",), by_bytes, longest=_CANONICAL),
    "gnuplot": Speaker(("gnuplot",), lambda text: f"""set print "-"; printerr("{octal(text)}")"""),
    "psql": Speaker(
        ("psql", "-h", "{server}", "-U", "postgres"), lambda text: f"\\echo -n '{octal(text)}'", server="postgresql"
    ),
    "sftp": Speaker(("sftp", "-D", "/usr/lib/openssh/sftp-server"), lambda text: "!" + by_printf(text)),
    "ftp": Speaker(("ftp",), lambda text: "!" + by_printf(text)),
    "ed": Speaker(("ed", "-p", "* "), lambda text: "!" + by_printf(text), adds="!"),
    "maxima": Speaker(
        ("maxima", "-q"), lambda text: f"system(\"printf '{octal(text).replace(chr(92), chr(92) * 2)}'\")$"
    ),
}
MORE = _SHELLS | _LANGUAGES | _OTHERS


def _java(text: str) -> str:
    """Java takes Unicode's escapes for the characters themselves, also where these end a line."""
    return "".join(code_points(character) if ord(character) > 255 else f"\\{ord(character):03o}" for character in text)
