"""A coroutine that waits reads its terminal itself, by its loop's poller; nobody else is held up by that."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bgterm import Session, SessionManager, UnknownSessionError
from bgterm.aio import AsyncSession
from bgterm.aio.turns import LoopSleeper, Turns
from bgterm.endpoint import Done, Waiting
from bgterm.engine.attendance import Sleeper
from bgterm.engine.terminal import Terminal
from inside import live
from loops import LOOPS, Run, on_asyncio
from waiting import eventually

LONG_MS = 20_000


@pytest.fixture
def session(manager: SessionManager) -> Session:
    session = manager.open(manager.start_session("stty -echo; echo up; exec cat"))
    session.poll(LONG_MS, until="up\r\n")
    return session


@pytest.fixture
def terminal(session: Session) -> Terminal:
    return live(session).terminal


def is_led_by_a_loop(terminal: Terminal) -> bool:
    return isinstance(terminal.attendance.leader, LoopSleeper)


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)


class Elsewhere:
    """A coroutine on a loop of another thread, which can be held up."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._held = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        self.loop.run_forever()
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()

    def hold(self) -> None:
        """Keep the loop from everything."""
        began = threading.Event()

        def hold() -> None:
            began.set()
            self._held.wait(60)

        self.loop.call_soon_threadsafe(hold)
        assert began.wait(20)

    def release(self) -> None:
        self._held.set()

    def end(self) -> None:
        self.release()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(20)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    elsewhere = Elsewhere()
    yield elsewhere
    elsewhere.end()


@pytest.mark.parametrize("run", LOOPS.values(), ids=LOOPS)
def test_a_coroutine_that_waits_leads(run: Run, session: Session, terminal: Terminal) -> None:
    async def main() -> None:
        waits = asyncio.create_task(AsyncSession(session).poll(LONG_MS, until="one"))
        await until(lambda: is_led_by_a_loop(terminal))
        await AsyncSession(session).write_stdin("one\n", 0, 0)
        assert (await waits).reason == "match"

    run(main())
    assert terminal.attendance.leader is None and not terminal.attendance.followers


def test_a_thread_leads_in_its_place(elsewhere: Elsewhere, session: Session, terminal: Terminal) -> None:
    """The loop may be held up: the thread's wait is not."""
    waits = asyncio.run_coroutine_threadsafe(AsyncSession(session).poll(LONG_MS, until="two"), elsewhere.loop)
    assert eventually(lambda: is_led_by_a_loop(terminal))
    elsewhere.hold()
    assert session.write_stdin("one\n", LONG_MS, until="one").reason == "match"
    elsewhere.release()
    session.write_stdin("two\n", 0, 0)
    assert waits.result(20).reason == "match"


def test_a_program_is_not_held_up_by_a_loop_that_is(
    elsewhere: Elsewhere, manager: SessionManager, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    command = f"stty -echo; echo up; read go; head -c 500000 /dev/zero; : > {done}; exec cat"
    session = manager.open(manager.start_session(command))
    session.poll(LONG_MS, until="up\r\n")
    waits = asyncio.run_coroutine_threadsafe(AsyncSession(session).poll(LONG_MS, None, until="end"), elsewhere.loop)
    assert eventually(lambda: is_led_by_a_loop(live(session).terminal))
    elsewhere.hold()
    session.write_stdin("go\n", 0, 0)
    assert eventually(done.exists)
    elsewhere.release()
    session.write_stdin("end\n", 0, 0)
    assert len(waits.result(20).data) == 500_003


def test_a_call_that_blocks_the_loop_itself_reads(session: Session, terminal: Terminal) -> None:
    async def main() -> None:
        waits = asyncio.create_task(AsyncSession(session).poll(LONG_MS, until="two"))
        await until(lambda: is_led_by_a_loop(terminal))
        assert session.write_stdin("one\n", LONG_MS, until="one").reason == "match"
        session.write_stdin("two\n", 0, 0)
        assert (await waits).reason == "match"

    on_asyncio(main())


def test_the_next_leads_when_the_leader_is_cancelled(session: Session, terminal: Terminal) -> None:
    async def main() -> None:
        waits = [asyncio.create_task(AsyncSession(session).poll(LONG_MS, until="one")) for _ in range(3)]
        await until(lambda: len(terminal.attendance.followers) == 2)
        first = terminal.attendance.leader
        for wait in waits[:2]:
            wait.cancel()
            await asyncio.gather(wait, return_exceptions=True)
        await until(lambda: is_led_by_a_loop(terminal) and terminal.attendance.leader is not first)
        session.write_stdin("one\n", 0, 0)
        assert (await waits[2]).reason == "match"

    on_asyncio(main())


def test_a_thread_closes_what_a_loop_leads(elsewhere: Elsewhere, session: Session, terminal: Terminal) -> None:
    waits = asyncio.run_coroutine_threadsafe(AsyncSession(session).poll(LONG_MS), elsewhere.loop)
    assert eventually(lambda: is_led_by_a_loop(terminal))
    elsewhere.hold()
    session.close()
    assert terminal.master == -1
    elsewhere.release()
    with pytest.raises(UnknownSessionError):
        waits.result(20)


def test_a_number_that_is_given_again_is_its_new_owners(elsewhere: Elsewhere, manager: SessionManager) -> None:
    """A loop that was held up while its session was closed lets go of the descriptor, and not of the next with it."""

    def waiting(session: Session) -> bool:
        return is_led_by_a_loop(live(session).terminal)

    first = manager.open(manager.start_session(["cat"]))
    number = live(first).terminal.master
    waits = asyncio.run_coroutine_threadsafe(AsyncSession(first).poll(LONG_MS), elsewhere.loop)
    assert eventually(lambda: waiting(first))
    elsewhere.hold()
    first.close()
    second = manager.open(manager.start_session("stty -echo; echo up; exec cat"))
    second.poll(LONG_MS, until="up\r\n")
    assert live(second).terminal.master == number
    waits_too = asyncio.run_coroutine_threadsafe(AsyncSession(second).poll(LONG_MS, until="said"), elsewhere.loop)
    elsewhere.release()
    with pytest.raises(UnknownSessionError):
        waits.result(20)
    assert eventually(lambda: waiting(second))
    second.write_stdin("said\n", 0, 0)
    assert waits_too.result(20).reason == "match"


class Busy:
    """A wait whose attempt takes its time."""

    look_at = 0.0

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work

    def outcome(self) -> int:
        raise NotImplementedError

    def begin(self) -> None:
        pass

    def attempt(self, now: float) -> Done[int]:
        del now
        self._work()
        return Done(1)

    def attend(self, sleeper: Sleeper) -> None:
        pass

    def watched(self, sleeper: Sleeper) -> tuple[int, ...]:
        del sleeper
        return ()

    def take(self, sleeper: Sleeper, events: list[tuple[int, int]]) -> None:
        pass

    def leave(self, sleeper: Sleeper) -> None:
        pass

    def undo(self) -> None:
        pass


def test_many_waits_at_once_leave_turns_to_the_loops_other_tasks() -> None:
    def work() -> None:
        end = time.monotonic() + 0.006
        while time.monotonic() < end:
            pass

    async def attempt(turns: Turns, waiting: Waiting[int], done: list[int]) -> None:
        await turns.wait()
        assert turns.attempt(waiting) is not None
        done.append(len(done))

    async def main() -> list[int]:
        turns, done, seen = Turns(), list[int](), list[int]()
        tasks = [asyncio.create_task(attempt(turns, Busy(work), done)) for _ in range(20)]
        while not all(task.done() for task in tasks):
            seen.append(len(done))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return [after - before for before, after in itertools.pairwise(seen)]

    assert max(on_asyncio(main())) <= 2  # of 6 ms each, where they have 10


def says_in_a_thread(manager: SessionManager, name: str, sids: list[int], heard: list[str]) -> None:
    for number, sid in enumerate(sids):
        word = f"{name}-{number}"
        manager.write_stdin(sid, f"{word}\n")
        while not manager.search(sid, word):
            manager.poll(sid, 1)
        heard.append(word)


async def says(manager: SessionManager, name: str, plan: list[tuple[int, float]], heard: list[str]) -> None:
    for number, (sid, seconds) in enumerate(plan):
        word = f"{name}-{number}"
        session = AsyncSession(manager.open(sid))
        await session.write_stdin(f"{word}\n", 0, 0)
        while not manager.search(sid, word):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(session.poll(LONG_MS), seconds)
        heard.append(word)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(3))
def test_threads_and_loops_share_sessions_without_a_loss(manager: SessionManager, seed: int) -> None:
    """Each says its own words, and waits until they have come; many a wait is cancelled."""
    chance = random.Random(seed)
    sids = [manager.start_session("stty -echo; echo up; exec cat") for _ in range(3)]
    for sid in sids:
        manager.poll(sid, LONG_MS, until="up\r\n")
    heard: list[str] = []

    async def loop(number: int) -> None:
        plans = [[(chance.choice(sids), chance.choice([0.0005, 0.002, 0.01])) for _ in range(25)] for _ in range(4)]
        await asyncio.gather(*(says(manager, f"loop{number}.{each}", plan, heard) for each, plan in enumerate(plans)))

    threads = [
        *(
            threading.Thread(
                target=says_in_a_thread, args=(manager, f"thread{each}", chance.choices(sids, k=25), heard)
            )
            for each in range(2)
        ),
        *(threading.Thread(target=on_asyncio, args=(loop(each),)) for each in range(2)),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(100)
    assert len(heard) == 2 * 25 + 2 * 4 * 25
    for sid in sids:
        attendance = live(manager.open(sid)).terminal.attendance
        assert attendance.leader is None and not attendance.followers
