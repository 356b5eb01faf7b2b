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
    spelled,
)

_LONG_LINE = "the terminal is in canonical mode and cuts the line"
_LONG = {"a very long line": _LONG_LINE}
_SSH = ("ssh", "-F", "{server}", "here")
_WRITES_TABS = "it writes blanks in place of tabs"
_ERLANG = {
    "tabs": _WRITES_TABS,
    "a tab last": _WRITES_TABS,
    **dict.fromkeys(("a title", "a title, no newline"), "it writes ^G in place of the bell, which ends no title"),
    **dict.fromkeys(("a bell", "only a bell"), "it writes ^G in place of the bell"),
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
    "rlwrap dash": Speaker(("rlwrap", "dash"), by_printf),
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
    "ocaml": Speaker(("ocaml",), lambda text: f'print_string "{decimal(text)}";;', adds="- : unit = ()"),
    "swipl": Speaker(
        ("swipl", "-q"),
        lambda text: f'format("~s", [`{code_points(text)}`]).',
        adds="true.\n",
        ends_lines=True,
        unable={
            "a carriage return last": "it takes the column for the first, and ends no line",
            **dict.fromkeys(
                ("a very long line", "a hundred lines", "a hundred lines, the last without end"),
                "its line editor cannot show a line longer than the screen, whose echo is left in the output",
            ),
        },
    ),
    "php": Speaker(("php", "-a"), lambda text: f'echo "{octal(text)}";'),
    "sbcl": Speaker(("sbcl", "--no-userinit"), by_write_char, unable=_LONG),
    "ecl": Speaker(("ecl",), by_write_char),
    "csi": Speaker(("csi", "-q"), lambda text: f'(display "{code_points(text)}")'),
    "gp": Speaker(("gp", "-q"), lambda text: f'printf("%s", Strchr([{", ".join(map(str, text.encode()))}]))'),
    "clisp": Speaker(("clisp", "-q", "-norc"), by_write_char),
    "jshell": Speaker(
        ("jshell", "-s", "-R-Dfile.encoding=UTF-8", "-R-Dstdout.encoding=UTF-8"),
        lambda text: f'System.out.print("{_java(text)}")',
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
    "dc": Speaker(("dc",), by_bytes, unable=_LONG),
    "gforth": Speaker(
        ("gforth",),
        lambda text: f's\\" {spelled(text.encode(), chr(92) + "x{:02X}")}" type',
        begins=" ",
        adds=" ok",
        unable=dict.fromkeys(("blank lines first", "only a newline"), "it prints in the row of the echo")
        | dict.fromkeys(
            (
                *("no newline, many rows", "digits of many rows", "a long line", "a very long line"),
                *("a progress bar", "a progress bar, no newline", "many blanks", "a hundred lines"),
                *("a hundred lines, the last without end", "what looks like a prompt", "wide characters, no newline"),
                *("no newline, twice as wide", "a spinner that erases itself", "a link"),
            ),
            "it takes no line of more than 255 characters",
        ),
    ),
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
