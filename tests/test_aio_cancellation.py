"""A wait that is cancelled, wherever that meets it, has consumed nothing."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bgterm
from bgterm import READY, aio
from bgterm.aio import AsyncSession
from loops import LOOPS, on_asyncio

LONG_MS = 20_000


@pytest.fixture(params=LOOPS)
def runner(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    factory = None
    if request.param == "uvloop":
        factory = pytest.importorskip("uvloop").new_event_loop
    with asyncio.Runner(debug=True, loop_factory=factory) as runner:
        yield runner


@pytest.fixture
def echo() -> Iterator[int]:
    """A program that writes every byte that it reads, once, and a terminal that adds nothing."""
    sid = bgterm.start_session("stty raw -echo; echo ready; exec cat")
    assert bgterm.poll(sid, LONG_MS, until="ready\n").reason == "match"
    yield sid
    bgterm.close(sid)


typed = st.binary(min_size=1, max_size=40).map(lambda data: bytes(0x20 + byte % 0x5F for byte in data))
turns = st.integers(min_value=0, max_value=6)
seconds = st.floats(min_value=0, max_value=0.003)
pages = st.sampled_from([None, 1, 7, 65536])
untils = st.sampled_from([None, "[aeiou]", ".{20}", "never~never"])
cancelled_after_turns = st.tuples(st.just("turns"), turns, pages, untils)
cancelled_after_a_time = st.tuples(st.just("timer"), seconds, pages, untils)
bounded = st.tuples(st.just("wait_for"), seconds, pages, untils)
steps = st.lists(typed | cancelled_after_turns | cancelled_after_a_time | bounded, min_size=1, max_size=12)


async def _cancelled(sid: int, how: str, when: float, page: int | None, until: str | None) -> bytes:
    """What a poll returned that was cancelled in the middle, if it was not."""
    try:
        if how == "wait_for":
            return _given(sid, await asyncio.wait_for(aio.poll(sid, LONG_MS, page, until=until), when))
        polling = asyncio.create_task(aio.poll(sid, LONG_MS, page, until=until))
        if how == "turns":
            for _ in range(int(when)):
                await asyncio.sleep(0)
            polling.cancel()
        else:
            asyncio.get_running_loop().call_later(when, polling.cancel)
        return _given(sid, await polling)
    except (asyncio.CancelledError, TimeoutError):
        return b""


def _given(sid: int, result: bgterm.PollResult) -> bytes:
    # A match may consume more than the page has room for: that stays readable by its offset.
    start = result.start_offset - result.skipped_bytes
    return bgterm.read(sid, None, offset=start).data[: result.end_offset - start]


def test_no_byte_is_lost_or_given_twice(runner: asyncio.Runner, echo: int) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def check(actions: list[bytes | tuple[str, float, int | None, str | None]]) -> None:
        runner.run(play(actions))

    async def play(actions: list[bytes | tuple[str, float, int | None, str | None]]) -> None:
        wrote = got = b""
        await aio.poll(echo, 0, None)  # what an example that failed has left
        for action in actions:
            if isinstance(action, bytes):
                await aio.write_stdin(echo, action, max_output_bytes=0)
                wrote += action
            else:
                before = (await aio.info(echo)).unread_offset
                given = await _cancelled(echo, *action)
                assert (await aio.info(echo)).unread_offset == before + len(given)
                got += given
        while len(got) < len(wrote):
            result = await aio.poll(echo, LONG_MS)
            assert result.reason == "output"
            got += result.data
        assert got == wrote

    check()


def test_a_cancelled_write_has_typed_and_read_nothing(echo: int) -> None:
    async def main() -> None:
        writing = asyncio.create_task(aio.write_stdin(echo, "typed", LONG_MS, until="never"))
        await asyncio.sleep(0)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert (await aio.poll(echo, LONG_MS, until="typed")).text == "typed"

    on_asyncio(main())


def test_a_cancelled_step_that_was_not_ready_yet_has_typed_nothing(echo: int) -> None:
    async def main() -> None:
        async with AsyncSession.start("sleep 1000; cat") as session:
            running = asyncio.create_task(session.run("typed"))
            await asyncio.sleep(0.01)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            assert (await session.info()).buffer_end_offset == 0  # not even echoed

    on_asyncio(main())


@pytest.mark.program("bash")
def test_a_cancelled_wait_for_readiness_leaves_the_next_one_right() -> None:
    async def main() -> None:
        async with AsyncSession.start(["bash", "--norc"]) as session:
            await session.poll(LONG_MS, until=READY)
            for number in range(20):
                step = asyncio.create_task(session.run(f"sleep 0.01; echo {number}"))
                await asyncio.sleep(number / 1000)
                step.cancel()
                with contextlib.suppress(asyncio.CancelledError):  # it may have come to its end before
                    await step
            await session.poll(LONG_MS, until=READY)
            assert (await session.run("echo whole")).output == "whole"

    on_asyncio(main())


def test_a_scope_of_anyio_that_is_over_takes_nothing_with_it(echo: int) -> None:
    anyio = pytest.importorskip("anyio")

    async def main() -> None:
        for number in range(50):
            with anyio.move_on_after(number / 10_000):
                await aio.poll(echo, None, until="never")
            async with anyio.create_task_group() as group:
                group.start_soon(aio.poll, echo, None, None)
                await aio.write_stdin(echo, "x", max_output_bytes=0)
                group.cancel_scope.cancel()
        with anyio.CancelScope() as scope:
            async with AsyncSession.start(["cat"]) as session:
                scope.cancel()
                await session.poll(None)
        while session.sid in await aio.list_sessions():
            await anyio.sleep(0)

    anyio.run(main, backend_options={"debug": True})
    assert bgterm.poll(echo, LONG_MS, until="^x+$").reason in {"match", "timeout"}
    assert len(bgterm.read(echo, None, offset=len("ready\n")).data) == 50


@pytest.mark.skipif(sys.version_info < (3, 12), reason="tasks are eager from Python 3.12 on")
def test_eager_tasks_work_too(echo: int) -> None:
    async def main() -> None:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined]
        polling = asyncio.create_task(aio.poll(echo, LONG_MS, until="go"))
        await aio.write_stdin(echo, "go", max_output_bytes=0)
        assert (await polling).text == "go"
        sessions = [await AsyncSession.start(["cat"]) for _ in range(3)]
        await asyncio.gather(*(session.close() for session in sessions))

    on_asyncio(main())
