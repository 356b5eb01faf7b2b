"""A screen that does not come is an error that shows what came instead."""

from __future__ import annotations

import pytest

import bgterm
from bgterm import BgtermError, Screen, ScreenTimeoutError, SessionManager
from bgterm.aio import AsyncSession
from loops import on_asyncio

pytest.importorskip("pyghostty")


def test_it_returns_the_screen_that_shows_it(manager: SessionManager) -> None:
    sid = manager.start_session("printf '\\033[5;10Hhere'; exec cat")
    screen = manager.expect_screen(sid, "here", 20_000)
    assert type(screen) is Screen
    assert screen.lines[4] == " " * 9 + "here"
    assert str(screen) == screen.text
    assert screen._repr_svg_() == screen.to_svg()
    assert manager.expect_screen(sid, lambda found: found.cursor == (4, 13)).end_offset == screen.end_offset


def test_where_it_does_not_come_the_error_has_what_is_there(manager: SessionManager) -> None:
    sid = manager.start_session("echo some menu; exec cat", name="menu")
    manager.poll(sid, 20_000, until="menu")
    with pytest.raises(
        ScreenTimeoutError, match=r"(?s)'menu'\): the time is up.* 'F10 Quit' but:\nsome menu$"
    ) as raised:
        manager.expect_screen(sid, "F10 Quit", 10)
    assert raised.value.screen.text == "some menu"
    assert issubclass(ScreenTimeoutError, BgtermError) and issubclass(ScreenTimeoutError, TimeoutError)
    with pytest.raises(ScreenTimeoutError, match="the time is up"):
        manager.expect_screen(sid, lambda screen: "F10" in screen.text, 10)


def test_a_program_that_has_exited_will_not_show_it_any_more(manager: SessionManager) -> None:
    sid = manager.start_session("echo bye")
    with pytest.raises(ScreenTimeoutError, match=r"(?s)the program has exited.*\nbye$"):
        manager.expect_screen(sid, "hello", None)


def test_a_coroutine_has_the_same_error(manager: SessionManager) -> None:
    async def main() -> None:
        session = AsyncSession(manager.open(manager.start_session("echo some menu; exec cat")))
        assert (await session.expect_screen("menu")).text == "some menu"
        with pytest.raises(ScreenTimeoutError):
            await session.expect_screen("never", 10)

    on_asyncio(main())


def test_what_is_loaded_when_it_is_used_is_in_the_front_door_all_the_same() -> None:
    assert {"Screen", "FoundLine"} <= set(bgterm.__all__)
    with pytest.raises(AttributeError, match="no attribute 'screens'"):
        getattr(bgterm, "screens")  # noqa: B009
