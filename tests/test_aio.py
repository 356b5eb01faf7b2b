"""The verbs as coroutines: they wait as their namesakes do, and the loop goes on meanwhile."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Iterator

import pytest

import bgterm
from bgterm import EXIT, READY, PollResult, SessionExitedError, SessionManager, UnknownSessionError, aio
from bgterm.aio import AsyncSession
from inside import live
from loops import LOOPS, WITHIN_SECONDS, Run, on_asyncio
from waiting import eventually

LONG_MS = 20_000


@pytest.fixture(params=LOOPS)
def run(request: pytest.FixtureRequest) -> Run:
    run: Run = LOOPS[request.param]
    return run


@pytest.fixture
def sid() -> Iterator[int]:
    """A `cat` that everybody may share."""
    sid = bgterm.start_session(["cat"])
    yield sid
    bgterm.close(sid)


def test_a_poll_returns_as_soon_as_there_is_output(run: Run) -> None:
    async def main() -> None:
        async with AsyncSession.start("read line; echo got $line; exec cat") as session:
            result = await session.write_stdin("this\n", LONG_MS, until="got .*\n")
            assert (result.reason, result.text) == ("match", "this\r\ngot this\r\n")

    run(main())


def test_a_time_that_is_up_is_a_result(run: Run) -> None:
    async def main() -> None:
        async with AsyncSession.start(["cat"]) as session:
            for wait_ms in (0, 1, 20.5):
                assert (await session.poll(wait_ms)).reason == "timeout"
            assert await session.wait(10) is None

    run(main())


def test_a_wait_for_the_exit_tells_the_code(run: Run) -> None:
    async def main() -> None:
        sid = await aio.start_session("echo last words; exit 7")
        assert await aio.wait(sid, LONG_MS) == 7
        result = await aio.poll(sid, LONG_MS, until=EXIT)
        assert (result.reason, result.text, result.exit_code) == ("exit", "last words\r\n", 7)
        with pytest.raises(SessionExitedError):
            await aio.write_stdin(sid, "too late\n")
        assert await aio.close(sid) == 7

    run(main())


@pytest.mark.program("bash")
def test_a_step_runs_and_says_when_the_program_is_ready_again(run: Run) -> None:
    async def main() -> None:
        async with AsyncSession.start(["bash", "--norc"]) as session:
            assert (await session.run("echo $((6 * 7))")).output == "42"
            assert (await session.write_stdin("echo again\n", LONG_MS, until=READY)).reason == "ready"
            assert (await session.status()).state == "waiting"

    run(main())


def test_what_settles_is_collected_until_it_is_still(run: Run) -> None:
    async def main() -> None:
        async with AsyncSession.start("for i in 1 2 3; do echo $i; sleep 0.02; done; exec cat") as session:
            result = await session.poll(LONG_MS, settle_ms=500)
            assert (result.reason, result.text) == ("settled", "1\r\n2\r\n3\r\n")

    run(main())


def test_a_stream_gives_all_output_and_ends_with_the_program(run: Run) -> None:
    async def main() -> None:
        async with AsyncSession.start("seq 1 20000; exit 3") as session:
            results = [result async for result in session.stream(max_output_bytes=5000)]
            assert "".join(result.text for result in results).split() == [str(number) for number in range(1, 20001)]
            assert all(0 < result.bytes_returned <= 5000 for result in results)
            assert [result async for result in session.stream()] == []

    run(main())


def test_a_stream_that_is_left_and_taken_up_again_goes_on_where_it_was(run: Run) -> None:
    async def main() -> None:
        sid = await aio.start_session("seq 1 9; sleep 0.05; seq 10 19")
        text = ""
        async for result in aio.stream(sid, max_output_bytes=7):
            text += result.text
            break
        async for result in aio.stream(sid):
            text += result.text
        assert text.split() == [str(number) for number in range(1, 20)]
        await aio.close(sid)

    run(main())


def test_what_a_stream_wants_is_checked(sid: int) -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="max_output_bytes"):
            await anext(aio.stream(sid, -1))

    on_asyncio(main())


def test_wrong_arguments_raise_as_ever(sid: int) -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="yield_time_ms"):
            await aio.poll(sid, -1)
        with pytest.raises(ValueError, match="kill_after_ms"):
            await aio.close(sid, kill_after_ms=-1)
        with pytest.raises(re.error):
            await aio.poll(sid, until="(")
        with pytest.raises(TypeError):
            await aio.wait_any([sid], until=3)  # type: ignore[arg-type]
        with pytest.raises(UnknownSessionError):
            await aio.poll(987654321)
        with pytest.raises(FileNotFoundError):
            await aio.start_session(["/no/such/program"])
        assert (await aio.info(sid)).running

    on_asyncio(main())


def test_a_session_is_opened_by_id_or_name_and_closed_at_the_end(run: Run) -> None:
    async def main() -> None:
        session = await AsyncSession.start(["cat"], name="shared")
        assert (await AsyncSession.open(session.sid)).session is session.session
        async with AsyncSession.open("shared") as same:
            assert (same.name, same.sid) == ("shared", session.sid)
        with pytest.raises(UnknownSessionError):
            await session.poll()

    run(main())


def test_the_first_of_many_is_found(run: Run) -> None:
    async def main() -> None:
        sids = [await aio.start_session(["cat"]) for _ in range(3)]
        assert await aio.wait_any(sids, 0) is None
        found = asyncio.create_task(aio.wait_any(sids, LONG_MS))
        await asyncio.sleep(0)
        await aio.write_stdin(sids[1], "x\n", max_output_bytes=0)
        assert await found == sids[1]
        assert (await aio.poll(sids[1], LONG_MS, until="x\r\nx")).reason == "match"
        await aio.close_all()

    run(main())


def test_threads_and_coroutines_share_a_session(run: Run) -> None:
    sid = bgterm.start_session("stty -echo; echo ready; exec cat")
    beginning = bgterm.poll(sid, LONG_MS, until="ready\r\n").end_offset
    lines = [f"line {number}\n" for number in range(200)]
    got: list[bgterm.PollResult] = []

    def take() -> bool:
        result = bgterm.poll(sid, 100)
        got.append(result)
        return result.end_offset < beginning + total

    def by_thread() -> None:
        while take():
            pass

    async def main() -> None:
        for line in lines:
            await aio.write_stdin(sid, line, max_output_bytes=0)
        while sum(result.bytes_returned for result in got) < total:
            got.append(await aio.poll(sid, 20, max_output_bytes=100))

    total = sum(len(line) + 1 for line in lines)
    thread = threading.Thread(target=by_thread)
    thread.start()
    run(main())
    thread.join(WITHIN_SECONDS)
    got.sort(key=lambda result: result.start_offset)
    assert "".join(result.text for result in got) == "".join(lines).replace("\n", "\r\n")
    bgterm.close(sid)


def test_a_session_that_a_thread_closes_wakes_the_coroutine(run: Run, sid: int) -> None:
    async def main() -> None:
        waiting = asyncio.create_task(aio.poll(sid, None, until="never"))
        await asyncio.sleep(0)
        threading.Thread(target=bgterm.close, args=(sid, False)).start()
        with pytest.raises(UnknownSessionError, match="closed"):
            await waiting

    run(main())


def test_a_flood_does_not_keep_other_tasks_from_running(run: Run) -> None:
    async def main() -> None:
        async with AsyncSession.start(["yes"]) as session:
            await session.poll(LONG_MS)
            others = asyncio.Event()
            asyncio.get_running_loop().call_later(0.01, others.set)
            while not others.is_set():
                await session.poll(LONG_MS)

    run(main())


def abandon(task: asyncio.Task[PollResult]) -> None:
    """Close its coroutine, as the garbage collector does at some time."""
    coroutine = task.get_coro()
    assert coroutine is not None
    coroutine.close()


def test_a_loop_that_was_closed_in_the_middle_of_a_wait_leaves_the_session_whole(sid: int) -> None:
    loop = asyncio.new_event_loop()
    abandoned = loop.create_task(aio.poll(sid, None, until="never"))
    loop.call_soon(lambda: loop.call_soon(loop.stop))
    loop.run_forever()
    loop.close()
    assert bgterm.write_stdin(sid, "still here\n", LONG_MS, until="here\r\nstill here").reason == "match"
    assert not abandoned.done()
    abandon(abandoned)


def test_a_session_is_closed_whose_waiting_loop_was_closed_before(manager: SessionManager) -> None:
    loop = asyncio.new_event_loop()
    session = AsyncSession(manager.open(manager.start_session(["cat"])))
    terminal = live(session.session).terminal
    abandoned = loop.create_task(session.poll(None))

    async def until_it_leads() -> None:
        while terminal.attendance.leader is None:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)

    loop.run_until_complete(asyncio.wait_for(until_it_leads(), WITHIN_SECONDS))
    loop.close()
    manager.close(session.sid)
    assert terminal.master == -1
    abandon(abandoned)


def test_a_match_is_found_by_one_of_those_who_wait_for_it(sid: int) -> None:
    # One of them used to be given the match of the other, with a text that did not have it.
    got: list[str] = []

    def wait_and_answer() -> None:
        result = on_asyncio(aio.poll(sid, LONG_MS, until="go\r\n"))
        got.append(result.text)

    threads = [threading.Thread(target=wait_and_answer) for _ in range(2)]
    for thread in threads:
        thread.start()
    # The terminal echoes a line, and cat repeats it: one for each.
    bgterm.write_stdin(sid, "go\n", 0, max_output_bytes=0)
    for thread in threads:
        thread.join(WITHIN_SECONDS)
    assert got == ["go\r\n", "go\r\n"]


def test_closing_ends_everything_and_stops_no_other_task(run: Run) -> None:
    async def main() -> None:
        stubborn = await AsyncSession.start(
            "trap '' HUP; trap 'echo asked' TERM; echo up; while :; do sleep 0.01; done"
        )
        await stubborn.poll(LONG_MS, until="up")
        pid = (await stubborn.info()).pid
        other = await AsyncSession.start(["cat"])
        closing = asyncio.create_task(stubborn.close(kill_after_ms=300))
        assert (await stubborn.poll(LONG_MS, until="asked")).reason == "match"
        assert (await other.write_stdin("x\n", LONG_MS, until="x\r\nx")).reason == "match"
        assert not closing.done()
        assert await closing == -9
        assert await stubborn.close() == -9
        await other.close()
        pids.append(pid)

    pids: list[int] = []
    run(main())
    assert not os.path.exists(f"/proc/{pids[0]}")


def test_many_that_are_closed_together_take_the_time_of_one(run: Run) -> None:
    async def main() -> None:
        sessions = [
            await AsyncSession.start("trap '' HUP; trap 'echo asked' TERM; echo up; while :; do sleep 0.05; done")
            for _ in range(5)
        ]
        for session in sessions:
            await session.poll(LONG_MS, until="up")
        closings = [asyncio.create_task(session.close(kill_after_ms=200)) for session in sessions]
        for session in sessions:  # all are asked before the time of the first is up
            assert (await session.poll(LONG_MS, until="asked")).reason == "match"
        assert await asyncio.gather(*closings) == [-9] * 5

    run(main())


def test_a_closing_goes_on_where_its_caller_is_cancelled(run: Run) -> None:
    async def main() -> None:
        session = await AsyncSession.start("trap 'exit 5' TERM; echo up; while :; do sleep 0.01; done")
        await session.poll(LONG_MS, until="up")
        closing = asyncio.create_task(session.close(kill_after_ms=LONG_MS))
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        while session.sid in await aio.list_sessions():  # noqa: ASYNC110 - nobody is told of a session that is gone
            await asyncio.sleep(0)
        assert await session.close() == 5

    run(main())


def test_a_loop_that_ends_during_a_closing_kills_what_is_left() -> None:
    pids: list[int] = []

    async def main() -> None:
        session = await AsyncSession.start("trap '' TERM; trap 'echo asked' HUP; echo up; while :; do sleep 0.01; done")
        await session.poll(LONG_MS, until="up")
        pids.append((await session.info()).pid)
        asyncio.get_running_loop().create_task(session.close(kill_after_ms=LONG_MS))
        await session.poll(LONG_MS, until="asked")

    on_asyncio(main())
    assert bgterm.list_sessions() == ()
    assert eventually(lambda: not os.path.exists(f"/proc/{pids[0]}"))


def test_all_sessions_are_closed_at_once(run: Run) -> None:
    async def main() -> None:
        for _ in range(5):
            await aio.start_session(["cat"])
        await aio.close_all()
        assert await aio.list_sessions() == ()

    run(main())
