"""A coroutine that waits reads its terminal itself, by its loop's poller; nobody else is held up by that."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import resource
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bgterm import Session, SessionManager, UnknownSessionError
from bgterm.aio import AsyncSession, AsyncSessionManager
from bgterm.aio.turns import LoopSleeper, Turns, outcome
from bgterm.begun import Done
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
    """A wait that has ended, and takes its time to say so: to read, or to attempt."""

    look_at = 0.0

    def __init__(self, seconds: float, *, reads: bool = False) -> None:
        self._seconds = seconds
        self._reads = reads

    def _work(self) -> None:
        end = time.monotonic() + self._seconds
        while time.monotonic() < end:
            pass

    def outcome(self) -> int:
        raise NotImplementedError

    def begin(self) -> None:
        pass

    def attempt(self, now: float) -> Done[int]:
        del now
        if not self._reads:
            self._work()
        return Done(1)

    def attend(self, sleeper: Sleeper) -> None:
        pass

    def lead(self, sleeper: Sleeper, watch: Callable[[tuple[int, ...]], None]) -> None:
        pass

    def take(self, sleeper: Sleeper, events: list[tuple[int, int]]) -> None:
        del sleeper, events
        if self._reads:
            self._work()

    def leave(self, sleeper: Sleeper) -> None:
        pass

    def undo(self) -> None:
        pass


@pytest.mark.parametrize("reads", [False, True], ids=["to attempt takes time", "to read takes time"])
def test_many_waits_at_once_leave_turns_to_the_loops_other_tasks(*, reads: bool) -> None:
    async def attempt(turns: Turns, done: list[int]) -> None:
        await turns.wait()
        sleeper = LoopSleeper(asyncio.get_running_loop())
        sleeper.events = [(0, 0)]
        assert turns.attempt(Busy(0.006, reads=reads), sleeper) is not None
        done.append(len(done))

    async def main() -> list[int]:
        turns, done, seen = Turns(), list[int](), list[int]()
        tasks = [asyncio.create_task(attempt(turns, done)) for _ in range(20)]
        while not all(task.done() for task in tasks):
            seen.append(len(done))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return [after - before for before, after in itertools.pairwise(seen)]

    assert max(on_asyncio(main())) <= 2  # of 6 ms each, where they have 10


def test_who_comes_again_and_again_keeps_nobody_from_a_turn() -> None:
    async def hog(had: list[int]) -> None:
        while True:
            had.append(await outcome(Busy(0.012)))

    async def main() -> int:
        had = list[int]()
        hogs = asyncio.create_task(hog(had))
        while len(had) < 3:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
        before = len(had)
        assert await outcome(Busy(0)) == 1
        hogs.cancel()
        return len(had) - before

    assert on_asyncio(main()) <= 3


def test_one_that_is_cancelled_in_the_queue_holds_up_nobody() -> None:
    async def main() -> None:
        waits = [asyncio.create_task(outcome(Busy(0.012))) for _ in range(6)]
        for _ in range(3):
            await asyncio.sleep(0)
        for wait in waits[1:4]:
            wait.cancel()
        assert await waits[5] == 1

    on_asyncio(main())


def test_where_no_descriptor_is_left_others_read(session: Session) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ours = AsyncSession(session)

    async def main() -> None:
        taken = list[int]()
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/dev/fd")) + 20, hard))
            with contextlib.suppress(OSError):
                while True:
                    taken.append(os.open(os.devnull, os.O_RDONLY))
            found = await ours.write_stdin("one\n", LONG_MS, until="one")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for fd in taken:
                os.close(fd)
        assert found.reason == "match"

    on_asyncio(main())


def test_what_is_closed_before_a_loop_looks_at_it_is_not_looked_at(session: Session, terminal: Terminal) -> None:
    loop = asyncio.new_event_loop()
    sleeper = LoopSleeper(loop)
    watched: list[tuple[int, ...]] = []
    with terminal.lock:
        terminal.attend(sleeper, may_lead=False)
        terminal.lead(sleeper, watched.append)
    numbers = (terminal.master, terminal.child.exit_fd)
    session.close()
    with terminal.lock:
        terminal.lead(sleeper, watched.append)
        terminal.leave(sleeper)
    assert watched == [numbers, ()]
    loop.close()


def test_a_loop_that_does_not_come_to_it_leads_no_longer(
    elsewhere: Elsewhere, session: Session, terminal: Terminal
) -> None:
    """Else each piece of output would wait for the clock, for as long as that loop waits."""
    waits = asyncio.run_coroutine_threadsafe(AsyncSession(session).poll(LONG_MS, until="two"), elsewhere.loop)
    assert eventually(lambda: is_led_by_a_loop(terminal))
    elsewhere.hold()
    session.write_stdin("one\n", 0, 0)
    assert eventually(lambda: terminal.attendance.leader is None)
    elsewhere.release()
    assert eventually(lambda: is_led_by_a_loop(terminal))
    session.write_stdin("two\n", 0, 0)
    assert waits.result(20).reason == "match"


def test_a_terminal_is_lent_no_longer_than_its_callers_come_again(session: Session, terminal: Terminal) -> None:
    """The I/O thread would wake by the clock for as long as the last of them waits."""
    for number in range(5):
        session.write_stdin(f"{number}\n", LONG_MS, until=f"{number}\r\n")
    waiting = threading.Thread(target=session.poll, args=(LONG_MS,), kwargs={"until": "end"})
    waiting.start()
    assert eventually(lambda: terminal.attendance.is_prompt)
    assert eventually(lambda: not terminal._is_lent)
    session.write_stdin("end\n", 0, 0)
    waiting.join(20)


def test_a_manager_of_another_kind_starts_its_own_sessions() -> None:
    class Named(AsyncSessionManager):
        async def start_session(self, *args: Any, **kwargs: Any) -> int:
            return await super().start_session(*args, name="named", **kwargs)

    async def main() -> None:
        with SessionManager() as manager:
            sid = await Named(manager).start_session(["cat"])
            assert manager.info(sid).name == "named"

    on_asyncio(main())
    assert "cmd: a list of arguments" in (AsyncSessionManager.start_session.__doc__ or "")


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
