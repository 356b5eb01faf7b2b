"""A thousand sessions on one event loop."""

from __future__ import annotations

import asyncio
import resource
import threading
import time

import pytest

import bgterm
from bgterm import aio
from loops import on_asyncio

SESSIONS = 1000
DESCRIPTORS_EACH = 4
IDLE_CPU_SECONDS = 0.1
LONG_MS = 25_000


@pytest.fixture(autouse=True)
def room_for_all() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SESSIONS * DESCRIPTORS_EACH + 200
    if soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            pytest.skip(f"{wanted} descriptors are wanted, and {hard} allowed (ulimit -Hn)")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@pytest.mark.timeout(240)
def test_a_thousand_waits_take_no_thread_and_no_time_while_nothing_comes() -> None:
    sids = [bgterm.start_session(["cat"]) for _ in range(SESSIONS)]
    clock = bgterm.start_session("read go; sleep 1; echo now; exec cat")

    async def main() -> None:
        threads = threading.active_count()
        waits = [asyncio.create_task(aio.poll(sid, None, until="x\r\nx")) for sid in sids]
        await asyncio.sleep(0)
        await aio.write_stdin(clock, "go\n", LONG_MS, until="go\r\n")
        assert threading.active_count() == threads
        cpu = time.process_time()
        assert (await aio.poll(clock, LONG_MS, until="now")).reason == "match"
        assert time.process_time() - cpu < IDLE_CPU_SECONDS  # in the second that passed
        assert not any(wait.done() for wait in waits)
        for sid in sids:
            await aio.write_stdin(sid, "x\n", max_output_bytes=0)
        assert {result.reason for result in await asyncio.gather(*waits)} == {"match"}
        assert threading.active_count() == threads
        codes = await asyncio.gather(*(aio.close(sid) for sid in [*sids, clock]))
        assert set(codes) == {-15}
        assert threading.active_count() == threads

    on_asyncio(main(), within_seconds=180)
    assert bgterm.list_sessions() == ()
