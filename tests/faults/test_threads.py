"""Any verb from any thread: no byte goes to two callers, whoever leaves or closes wakes the others."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from functools import partial

import pytest

import bgterm
from belongings import Belongings
from bgterm.engine.pump import READ, Pump
from bgterm.errors import UnknownSessionError
from bgterm.manager import SessionManager
from faults.counts import record, times
from faults.processes import terminals
from faults.streams import counted, counted_bytes, differing
from waiting import eventually


def together(*actions: Callable[[], object]) -> None:
    """Run all at once, and raise what any of them raised."""
    failures: list[BaseException] = []

    def run(action: Callable[[], object]) -> None:
        try:
            action()
        except BaseException as error:  # noqa: BLE001 - raised below
            failures.append(error)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


@pytest.mark.parametrize("wait_ms", [0, 20, None])
def test_no_byte_goes_to_two_callers_and_none_is_lost(manager: SessionManager, wait_ms: float | None) -> None:
    lines = times(30_000)
    sid = manager.start_session(counted(lines), overflow="block", max_buffer_bytes=30_000)
    pages: list[bgterm.PollResult] = []

    def read() -> None:
        while True:
            page = manager.poll(sid, wait_ms, 1000)
            pages.append(page)
            if not page.running and not page.remaining_bytes:
                return

    together(*[read] * 6)
    pages.sort(key=lambda page: (page.start_offset, page.end_offset))
    lost = differing(counted_bytes(lines), b"".join(page.data for page in pages))
    record(f"6 threads read one session, poll({wait_ms})", len(pages), lost, f"{9 * lines} bytes")


def test_the_lead_passes_from_thread_to_thread_and_nobody_sleeps_over_output(manager: SessionManager) -> None:
    sid = manager.start_session("stty -echo; echo up; exec cat")
    manager.poll(sid, None, until="up\r\n")
    rounds = times(400)
    told: list[bytes] = []

    def read() -> None:
        while len(b"".join(told)) < 4 * rounds:
            page = manager.poll(sid, 3)  # short: the leader leaves all the time
            told.append(page.data)

    def write() -> None:
        told.extend(manager.write_stdin(sid, f"{number % 100:02d}\n", 0).data for number in range(rounds))

    together(write, *[read] * 4)
    assert sum(map(len, told)) == 4 * rounds
    record("leader and followers take turns", rounds)


def test_a_follower_goes_on_when_the_leader_leaves(manager: SessionManager) -> None:
    sid = manager.start_session("cat")
    for _ in range(times(50)):
        together(
            lambda: manager.poll(sid, 1, 0, until="never"),
            lambda: manager.poll(sid, None, until="go"),
            lambda: (manager.poll(sid, 2, 0, until="never"), manager.write_stdin(sid, "go", 0, 0)),
        )


@pytest.mark.parametrize("terminate", [True, False])
def test_closing_wakes_all_who_wait(manager: SessionManager, *, terminate: bool) -> None:
    rounds = times(30)
    woken: list[int] = []

    def wait(sid: int) -> None:
        try:
            manager.poll(sid, None, until="never")
            manager.wait(sid)
        except UnknownSessionError:
            pass
        woken.append(sid)

    for _ in range(rounds):
        sid = manager.start_session("cat")
        together(*[partial(wait, sid)] * 4, partial(manager.close, sid, terminate, kill_after_ms=0))
    record(f"close(terminate={terminate}) while four threads wait", rounds, 4 * rounds - len(woken), "waits")


def test_many_threads_may_close_the_same_session(manager: SessionManager) -> None:
    for _ in range(times(20)):
        sid = manager.start_session("exit 3")
        manager.wait(sid)
        codes: list[int | None] = []

        def close(sid: int = sid, codes: list[int | None] = codes) -> None:
            codes.append(manager.close(sid))

        together(*[close] * 6)
        assert codes == [3] * 6


def test_a_flood_starves_no_other_session(manager: SessionManager) -> None:
    floods = [manager.start_session("yes") for _ in range(8)]
    quiet = manager.start_session("stty -echo; echo up; exec cat")
    manager.poll(quiet, None, until="up\r\n")
    for _ in range(times(50)):
        assert manager.write_stdin(quiet, "x\n", None).text
    assert all(manager.info(sid).buffer_end_offset for sid in floods)


def test_thousands_of_sessions_leave_nothing_behind() -> None:
    sessions, threads = times(160), 8
    commands = ("echo hello; cat", "printf 'hello'; exit 3", "sleep 1000 & echo hello; wait", "echo hello; yes")

    def live() -> None:
        for number in range(sessions // threads):
            sid = bgterm.start_session(commands[number % len(commands)])
            assert bgterm.poll(sid, None, until="hello").match
            bgterm.close(sid, kill_after_ms=0)

    def memory() -> int:
        gc.collect()
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * 4096

    together(*[live] * threads)  # what grows once has grown
    before, terminals_before, memory_before = Belongings.now(), terminals(), memory()
    together(*[live] * threads)
    assert eventually(lambda: not Belongings.now().beyond(before)), Belongings.now().beyond(before)
    assert eventually(lambda: terminals() <= terminals_before + 20)  # other tests have some, too
    grown = memory() - memory_before
    assert grown < 4_000_000 + 2000 * sessions, f"{grown} bytes"  # a closed session is remembered for messages
    record(
        "sessions started, used and closed by 8 threads", sessions, 0, f"fds, threads, zombies; {grown >> 10} KiB grown"
    )


def test_a_report_about_a_numbers_former_owner_does_not_disturb_its_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was handled before the new terminal was known to epoll, and then its output was never read."""
    add = Pump.add
    failures: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    strangers: list[threading.Thread] = []

    def reported_too_early(pump: Pump, fd: int, handler: Callable[[int], None], mask: int) -> None:
        stranger = threading.Thread(target=pump._call, args=(handler, READ))
        strangers.append(stranger)
        stranger.start()
        stranger.join(0.05)  # it has come to its end by then, or waits for its turn
        add(pump, fd, handler, mask)

    monkeypatch.setattr(Pump, "add", reported_too_early)
    sid = bgterm.start_session("echo here; cat")
    for stranger in strangers:
        stranger.join(10)
    assert len(strangers) == 2
    assert failures == []
    assert bgterm.poll(sid, 10_000, until="here").match
    bgterm.close(sid)
