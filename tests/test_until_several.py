"""`until=[...]`: the first that holds ends the wait, and the result says which."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

from bgterm import EXIT, READY, SessionManager, Until
from bgterm.aio import AsyncSession
from loops import on_asyncio

LONG_MS = 20_000


@pytest.mark.parametrize(
    ("said", "until", "index", "reason", "text"),
    [
        ("one two", ["two", "one"], 1, "match", "one"),
        ("one two", ["three", re.compile(rb"t.o")], 1, "match", "one two"),
        ("one two", ["one two", "one"], 1, "match", "one"),
        ("one", ["o", "on", "one"], 0, "match", "o"),
        ("one", ["one", "o(ne)"], 0, "match", "one"),
        ("one\ntwo", ["never", "one\r\nt"], 1, "match", "one\r\nt"),
        ("one", [EXIT, "one"], 1, "match", "one"),
        ("one", ["one", READY], 0, "match", "one"),
        ("one", ["never", READY], 1, "ready", "one"),
        ("one", (READY, "never"), 0, "ready", "one"),
    ],
)
def test_the_first_that_holds_ends_the_wait(
    manager: SessionManager, said: str, until: Until, index: int, reason: str, text: str
) -> None:
    sid = manager.start_session(["sh", "-c", 'stty -echo; printf %s "$1"; exec cat', "sh", said])
    found = manager.poll(sid, LONG_MS, until=until)
    assert (found.index, found.reason, found.text) == (index, reason, text)
    assert (found.match is None) == (reason != "match")


@pytest.mark.parametrize(("until", "index"), [(["never", EXIT], 1), (["never", "no"], None), ([READY, "no"], None)])
def test_the_end_holds_only_where_it_was_asked_for(manager: SessionManager, until: Until, index: int | None) -> None:
    found = manager.poll(manager.start_session("echo bye"), LONG_MS, until=until)
    assert (found.reason, found.index, found.text) == ("exit", index, "bye\r\n")


def test_what_was_said_before_the_end_is_found(manager: SessionManager) -> None:
    found = manager.poll(manager.start_session("printf 'a\nb\nc'"), LONG_MS, until=[EXIT, "a\r\nb"])
    assert (found.reason, found.index, found.text) == ("match", 1, "a\r\nb")


def test_the_time_is_up(manager: SessionManager) -> None:
    found = manager.poll(manager.start_session(["cat"]), 10, until=["never", EXIT])
    assert (found.reason, found.index, found.before) == ("timeout", None, None)


def test_what_stands_before_the_match_is_told(manager: SessionManager) -> None:
    sid = manager.start_session(["sh", "-c", "stty -echo; printf 'a \\033[1mbold\\033[m word\nthen: end'; exec cat"])
    found = manager.poll(sid, LONG_MS, until="end")
    assert found.before == "a bold word\r\nthen: "
    assert found.index is None
    manager.write_stdin(sid, "more\n", max_output_bytes=0)
    assert manager.poll(sid, LONG_MS, until=re.compile(b"or")).before == b"m"
    assert manager.poll(sid, 0).before is None


def test_a_conversation_goes_by_what_is_asked(manager: SessionManager) -> None:
    """As with pexpect's lists: answer whatever question comes."""
    code = "name = input('Name: '); sure = input('Sure? '); print(f'hello {name}, {sure}')"
    session = manager.open(manager.start_session([sys.executable, "-c", code]))
    asked: list[int | None] = []
    while (found := session.poll(LONG_MS, until=[r"Sure\? ", "Name: ", EXIT])).index != 2:
        asked.append(found.index)
        session.write_stdin("yes\n" if found.index == 0 else "Ada\n", max_output_bytes=0)
    assert asked == [1, 0]
    assert "hello Ada, yes" in found.text


def test_wait_any_and_coroutines_take_a_list_too(manager: SessionManager) -> None:
    quiet, talking = manager.start_session(["cat"]), manager.start_session("echo two; exec cat")
    assert manager.wait_any([quiet, talking], LONG_MS, until=["one", "two"]) == talking

    async def main() -> None:
        found = await AsyncSession(manager.open(talking)).poll(LONG_MS, until=["one", "two"])
        assert (found.index, found.text) == (1, "two")

    on_asyncio(main())


@pytest.mark.parametrize(
    ("until", "error", "words"),
    [
        ([], ValueError, "empty"),
        ((), ValueError, "empty"),
        ([None], TypeError, "each of until"),
        (["a", 3], TypeError, "each of until"),
        ([["a"]], TypeError, "each of until"),
        (["a", "("], re.error, "missing"),
        ({"a"}, TypeError, "until"),
        ({"a": "b"}, TypeError, "until"),
    ],
)
def test_what_is_no_list_of_conditions_is_refused(
    manager: SessionManager, until: Any, error: type[Exception], words: str
) -> None:
    sid = manager.start_session(["cat"])
    with pytest.raises(error, match=words):
        manager.poll(sid, 0, until=until)
    with pytest.raises(error, match=words):
        manager.wait_any([sid], 0, until=until)
