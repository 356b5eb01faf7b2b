"""What a caller did not get, because it was interrupted, is unread again: all of it, and as it was."""

from __future__ import annotations

import time

import bgterm
from bgterm import PollResult, SessionManager
from bgterm.local.pages import Paged
from inside import live


def interrupted_poll(session: bgterm.Session) -> PollResult:
    """The page of a poll that is interrupted before its caller gets it."""
    wait = session.endpoint.poll(0, 4)
    assert isinstance(wait, Paged)
    with live(session).terminal.lock:
        page = wait(time.monotonic())
        assert page is not None
        wait.give_back()
        wait.give_back()  # which may come twice
    return page


def test_dropped_bytes_are_counted_again(manager: SessionManager) -> None:
    """Who was interrupted was never told of them, and the next caller was not either."""
    session = manager.open(manager.start_session(["seq", "1", "20000"], max_buffer_bytes=1000))
    session.wait(10_000)
    dropped = interrupted_poll(session).dropped_bytes
    assert dropped > 0
    assert session.read().dropped_bytes == dropped


def test_an_encoding_with_states_is_in_the_state_of_before(manager: SessionManager) -> None:
    """The text came again in the state that it had led to."""
    command = ["printf", r"a\033$B$3$s\033(B"]
    session = manager.open(manager.start_session(command, encoding="iso2022_jp", errors="strict"))
    session.wait(10_000)
    given: list[str] = []
    while page := interrupted_poll(session).text:
        given.append(page)
        assert session.read(4).text == page
    assert "".join(given) == "a\u3053\u3093"
