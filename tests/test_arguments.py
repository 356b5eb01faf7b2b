"""Every argument of every verb, with values that it cannot have: a specific error at once, and nothing has happened.

A parameter means the same wherever it is met, so the values stand here by its name. A parameter that is new has to be
entered, or its tests fail.
"""

from __future__ import annotations

import asyncio
import inspect
import math
import os
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from encodings import __path__ as encodings_path
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import bgterm
from bgterm import Session, SessionManager, aio
from bgterm.aio import AsyncSession
from bgterm.operators import PTYSessionManager

Bad = list[tuple[object, type[Exception] | tuple[type[Exception], ...]]]

HUGE = 10**5000
"""More than a floating-point number can be, and of more digits than Python prints."""


def no(error: type[Exception], *values: object) -> Bad:
    """These values, and the error of each."""
    return [(value, error) for value in values]


NO_NUMBERS = no(TypeError, "5", b"5", bytearray(b"5"), True, ["list"], {"set"}, 1j, object())
NO_TIMES = [*NO_NUMBERS, *no(ValueError, -1, -0.001, math.nan, -math.inf, -HUGE)]
NO_INTEGERS = [*NO_NUMBERS, *no(TypeError, 1.0, 24.5, math.inf, Fraction(2)), (-HUGE, ValueError)]
NO_SIZES: Bad = [*NO_INTEGERS, (-1, ValueError)]
NO_FLAGS = no(TypeError, 0, 1, 500, 0.0, "", "no", ["list"], object())
NO_STRINGS: Bad = no(TypeError, 5, 2.5, True, b"bytes", ["list"], object())
NOT_TYPED = [*no(TypeError, 5, 2.5, None, ["list"], object()), *no(UnicodeEncodeError, "\ud800")]
NO_PATHS: Bad = [
    *no(TypeError, 5, 2.5, True, ["list"], object()),
    ("", FileNotFoundError),
    ("a\0b", ValueError),
    ("\ud800", UnicodeEncodeError),
]
NO_REGEXES: Bad = [
    *no(TypeError, 5, 2.5, True, ["list"], object()),
    ("(", re.error),
    ("a{99999999999999}", re.error),
    ("(" * 20_000 + ")" * 20_000, re.error),
]
NONE: Bad = [(None, TypeError)]

BAD: Mapping[str, Bad] = {
    "sid": no(TypeError, 2.5, 1.0, True, None, b"bytes", ["list"], object()),
    "sids": no(TypeError, 5, None, "name", b"name", [None], [True], [[None]], object()),
    "cmd": [
        *no(TypeError, 5, 2.5, True, b"ls", bytearray(b"ls"), {"ls"}, iter(["ls"]), object()),
        *no(TypeError, ["sleep", 3], ["ls", None], range(3)),
        *no(ValueError, "", [], [""], [b""], "a\0b", ["ls", "a\0b"], ["ls", b"a\0b"], [Path("a\0b")]),
        *no(UnicodeEncodeError, "\ud800", ["ls", "\ud800"]),
    ],
    "cwd": NO_PATHS,
    "env": [
        *no(TypeError, 5, True, "A=1", ["A=1"], [("A", "1")], object()),
        *no(TypeError, {"A": 1}, {1: "A"}, {b"A": b"1"}, {"A": None}),
        *no(ValueError, {"": "1"}, {"A=B": "1"}, {"A\0B": "1"}, {"A": "1\0"}),
        *no(UnicodeEncodeError, {"\ud800": "1"}, {"A": "\ud800"}),
    ],
    "shell": NO_FLAGS,
    "pager": [*NO_FLAGS, *NONE],
    "prompt": [*NO_REGEXES, (b"bytes", TypeError), (re.compile(b"bytes"), TypeError)],
    "encoding": [
        *NO_STRINGS,
        *NONE,
        *no(LookupError, "", "no-such", "rot13", "hex", "base64", "bz2", "undefined", "a\0b", "\ud800"),
    ],
    "errors": [
        *NO_STRINGS,
        *NONE,
        *no(LookupError, "", "no-such", "xmlcharrefreplace", "namereplace", "a\0b", "\ud800"),
    ],
    "max_buffer_bytes": [*NO_SIZES, *NONE, (0, ValueError)],
    "name": [*NO_STRINGS, ("", ValueError)],
    "rows": [*NO_SIZES, *NONE, *no(ValueError, 0, 65536, HUGE)],
    "cols": [*NO_SIZES, *NONE, *no(ValueError, 0, 65536, HUGE)],
    "overflow": [*NO_STRINGS, *NONE, ("", ValueError), ("wait", ValueError)],
    "shell_integration": [*NO_FLAGS, *NONE],
    "transcript": NO_PATHS,
    "max_transcript_bytes": [*NO_SIZES, (0, ValueError)],
    "chars": NOT_TYPED,
    "line": NOT_TYPED,
    "keys": [*NO_STRINGS, *NONE, ("Ctrl-Entr", ValueError), ("\ud800", UnicodeEncodeError)],
    "yield_time_ms": NO_TIMES,
    "timeout_ms": NO_TIMES,
    "settle_ms": [*NO_TIMES, *NONE, (False, TypeError)],
    "kill_after_ms": NO_TIMES,
    "terminate": [*NO_FLAGS, *NONE],
    "max_output_bytes": NO_SIZES,
    "offset": NO_SIZES,
    "until": [
        *(bad for bad in NO_REGEXES if bad[0] != ["list"]),
        ([], ValueError),
        ([5], TypeError),
        (["("], re.error),
    ],
    "min_confidence": [*NO_STRINGS, *NONE, ("", ValueError), ("none", ValueError), ("sure", ValueError)],
    "pattern": [*NO_REGEXES, *NONE, (b"bytes", TypeError), (re.compile(b"bytes"), TypeError)],
    "max_results": [*NO_SIZES, *NONE],
    "scrollback_lines": [*NO_SIZES, *NONE],
    "row": [*NO_SIZES, *NONE, (HUGE, ValueError)],
    "column": [*NO_SIZES, *NONE, (HUGE, ValueError)],
    "label": [*NO_STRINGS, *NONE],
    "path": [*NO_PATHS, *NONE],
    "version": [*NO_SIZES, *NONE, (0, ValueError), (1, ValueError), (HUGE, ValueError), (3.0, TypeError)],
    "title": NO_STRINGS,
    "max_sessions": [*NO_SIZES, (0, ValueError)],
    "manager": no(TypeError, 5, "name", object()),
    "workdir": NO_PATHS,
    "login": [*NO_FLAGS, *NONE],
    "close_stdin": [*NO_FLAGS, *NONE],
    "interrupt": [*NO_FLAGS, *NONE],
    "max_output_chars": [*NO_SIZES, *NONE],
    "session_id": no(ValueError, 5, 2.5, None, True, b"pty_0123456789", ["list"], "", "pty_", "1"),
    "max_chars": [*NO_SIZES, *NONE],
}
BAD_ELSEWHERE: Mapping[tuple[str, str], Bad] = {
    ("offset", "search"): [*NO_SIZES, *NONE],
    ("path", "export_recording"): [*NO_PATHS, *NONE],
    ("chars", "write"): [*NO_STRINGS, *NONE, ("\ud800", UnicodeEncodeError)],
    ("cmd", "create_session"): [*NO_STRINGS, *NONE, ("", ValueError), (" \n", ValueError), ("a\0b", ValueError)],
    ("yield_time_ms", "create_session"): [*NO_TIMES, *NONE],
    ("yield_time_ms", "write"): [*NO_TIMES, *NONE],
}
WORDS = {
    "cmd": "cmd|command",
    "keys": "key|keys|encode",
    "env": "env|variable",
    "sids": "sids?",
    "session_id": "session",
}
"""What an error calls a parameter where it is not its name."""

NEEDED: Mapping[str, object] = {
    "cmd": "true",
    "line": "true",
    "pattern": "x",
    "rows": 24,
    "row": 0,
    "column": 0,
    "cols": 80,
    "sids": [],
    "path": "recording",
    "max_chars": 10,
}
"""Values for what has no default."""


class Face:
    """One way to say a verb: by a name, with a session of `cat` that has said something which nobody has read."""

    def __init__(self, home: object, session: Session, *before: object) -> None:
        self._home, self._before = home, before
        self.session = session

    def call(self, verb: str, *keys: object, **arguments: object) -> object:
        said: Callable[..., object] = getattr(self._home, verb)
        return finished(said(*self._before[: takes_sid(said)], *keys, **arguments))


def finished(outcome: object) -> object:
    return asyncio.run(awaited(outcome)) if inspect.isawaitable(outcome) else outcome


async def awaited(outcome: Any) -> object:
    return await outcome


def takes_sid(verb: Callable[..., object]) -> int:
    return "sid" in inspect.signature(verb).parameters


FACES: Mapping[str, Callable[[Session], Face]] = {
    "bgterm": lambda session: Face(bgterm, session, session.sid),
    "Session": lambda session: Face(session, session),
    "SessionManager": lambda session: Face(Session.manager, session, session.sid),
    "aio": lambda session: Face(aio, session, session.sid),
    "AsyncSession": lambda session: Face(AsyncSession(session), session),
}
HOMES: Mapping[str, object] = {
    "bgterm": bgterm,
    "Session": Session,
    "SessionManager": SessionManager,
    "aio": aio,
    "AsyncSession": AsyncSession,
}
NO_VERBS = {"Session.manager", "SessionManager.start", "SessionManager.sessions"}
"""For the library's own faces."""


def verbs(home: object) -> Iterator[tuple[str, Callable[..., object]]]:
    names = getattr(home, "__all__", None) or [name for name in vars(home) if not name.startswith("_")]
    for name in names:
        verb = getattr(home, name)
        if inspect.isroutine(verb):
            yield name, verb


CALLS = [
    (face, name, parameter)
    for face, home in HOMES.items()
    for name, verb in verbs(home)
    if f"{face}.{name}" not in NO_VERBS
    for parameter in inspect.signature(verb).parameters
    if parameter != "self"
]


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.chdir(tmp_path)
    with Session.start("echo unread; exec cat", name="kitten", transcript=tmp_path / "transcript") as session:
        assert bgterm.wait_any([session.sid], 10_000, until="unread\r\n")
        yield session


def needed(verb: Callable[..., object], but: str) -> dict[str, object]:
    return {
        one.name: NEEDED[one.name]
        for one in inspect.signature(verb).parameters.values()
        if one.name in NEEDED and one.name != but and (one.default is one.empty or one.name == "cmd")
    }


def bad(parameter: str, verb: str) -> Bad:
    return BAD_ELSEWHERE.get((parameter, verb)) or BAD[parameter]


def says_what_is_wrong(parameter: str, error: Exception) -> bool:
    return isinstance(error, (re.error, UnicodeEncodeError)) or bool(
        re.search(rf"\b({WORDS.get(parameter, parameter)})\b", str(error))
    )


@pytest.mark.parametrize(("face", "verb", "parameter"), CALLS, ids=lambda value: value)
def test_what_an_argument_cannot_be_is_refused_before_anything_happens(
    session: Session, tmp_path: Path, face: str, verb: str, parameter: str
) -> None:
    said = FACES[face](session)
    files = sorted(os.listdir(tmp_path))
    sessions = bgterm.list_sessions()
    others = needed(getattr(HOMES[face], verb), parameter)
    for value, error in bad(parameter, verb):
        call = (
            partial(said.call, verb, value)
            if parameter == "keys"
            else partial(said.call, verb, **others, **{parameter: value})
        )
        if parameter == "sid":
            call = partial(
                getattr(HOMES[face], verb) if face != "SessionManager" else getattr(Session.manager, verb),
                value,
                **others,
            )
        with pytest.raises(error) as caught:
            finished(call())
        assert says_what_is_wrong(parameter, caught.value), caught.value
    assert (bgterm.list_sessions(), sorted(os.listdir(tmp_path))) == (sessions, files)
    assert session.write_stdin("alive\n", 10_000, until="alive\r\nalive\r\n").text == "unread\r\nalive\r\nalive\r\n"


OPERATIONS = [
    (name, parameter)
    for name, verb in verbs(PTYSessionManager)
    for parameter in inspect.signature(verb).parameters
    if parameter != "self"
]


@pytest.mark.parametrize(("operation", "parameter"), OPERATIONS, ids=lambda value: value)
def test_what_an_operations_argument_cannot_be_is_refused_before_anything_happens(
    operation: str, parameter: str
) -> None:
    with PTYSessionManager() as ptys:
        created = ptys.create_session(
            "trap 'exit 3' INT; echo unread; read line; exec cat", login=False, max_output_chars=0, yield_time_ms=10_000
        )
        others: dict[str, object] = (
            {"cmd": "true"} if operation == "create_session" else {"session_id": created["session_id"]}
        )
        if operation == "write" and parameter != "interrupt":
            others["interrupt"] = True  # which would end it
        for value, error in bad(parameter, operation):
            with pytest.raises(error) as caught:
                getattr(ptys, operation)(**{**others, parameter: value})
            assert says_what_is_wrong(parameter, caught.value), caught.value
        assert [listed["session_id"] for listed in ptys.list_sessions()] == [created["session_id"]]
        said = ptys.write(created["session_id"], chars="alive\n", yield_time_ms=10_000)
        assert (said["stdout"], said["running"]) == ("unread\r\nalive\r\n", True)


@pytest.mark.parametrize(("made", "parameter"), [(SessionManager, "max_sessions"), (PTYSessionManager, "manager")])
def test_a_manager_is_not_made_of_what_it_cannot_be_made_of(made: Callable[..., object], parameter: str) -> None:
    for value, error in BAD[parameter]:
        with pytest.raises(error, match=parameter):
            made(**{parameter: value})


def test_both_ends_are_of_so_many_characters_or_it_is_an_error(session: Session) -> None:
    page = session.poll()
    for value, error in BAD["max_chars"]:
        with pytest.raises(error, match="max_chars"):
            page.head_tail(value)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    "time_ms", [None, math.inf, 1e308, HUGE, Fraction(20_001, 2)], ids=["None", "inf", "1e308", "huge", "fraction"]
)
def test_a_time_may_be_any_number_that_is_not_negative(session: Session, time_ms: Any) -> None:
    assert session.poll(time_ms, until="unread").match
    assert session.run(b"line", time_ms, min_confidence="quiet").output
    assert session.close(kill_after_ms=time_ms) == -15


def test_a_size_may_be_any_integer_that_is_not_negative(session: Session) -> None:
    assert session.poll(0, HUGE).text == "unread\r\n"
    assert [line.text for line in session.search("unread", max_results=HUGE)] == ["unread"]
    assert session.search("unread", offset=HUGE) == []


ENCODINGS = sorted({module.name for module in pkgutil.iter_modules(encodings_path)} - {"aliases", "mbcs", "oem"})


@pytest.mark.filterwarnings("ignore:invalid:DeprecationWarning")  # of unicode_escape
@pytest.mark.parametrize("errors", ["replace", "ignore", "backslashreplace"])
def test_an_encoding_is_refused_or_good_for_any_output(tmp_path: Path, errors: str) -> None:
    every = tmp_path / "every"
    every.write_bytes(bytes(range(256)))
    refused: set[str] = set()
    for encoding in ENCODINGS:
        try:
            session = Session.start(["cat", every], encoding=encoding, errors=errors)
        except LookupError:
            refused.add(encoding)
            continue
        with session:
            session.wait(10_000)
            page = session.poll(0, None)
            assert page.data[:5] == b"\0\1\2\3\4"
            assert not page.remaining_bytes
    assert {"utf_16", "idna", "base64_codec", "bz2_codec", "hex_codec", "rot_13", "undefined", "zlib_codec"} <= refused
    assert not {"utf_8", "latin_1", "cp1252", "shift_jis", "utf_16_le", "iso2022_jp"} & refused


def test_what_is_changed_after_the_start_changes_nothing(manager: SessionManager) -> None:
    argv = ["sh", "-c", "echo $WORD"]
    env = {"WORD": "before"}
    session = manager.open(manager.start_session(argv, env=env))
    argv[:] = ["false"]
    env["WORD"] = "after"
    assert session.info().command == ("sh", "-c", "echo $WORD")
    assert session.poll(10_000, until=bgterm.EXIT).text == "before\r\n"
