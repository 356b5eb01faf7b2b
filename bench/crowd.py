"""One person at work among programs that flood their terminals and that nobody reads."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager

from bench.bare import BareTerminal
from bench.pairing import Timing, paired
from bench.round_trip import ECHO, bare_calls, bgterm_calls
from bench.row import Row, Target
from bench.scale import Scale
from bgterm import Session

FLOODERS = 50


@contextmanager
def thrown_away(terminals: list[BareTerminal]) -> Generator[None]:
    """Read the terminals in a thread and forget what they print: the least that a library must do for them."""
    stop_reading, stop = os.pipe()
    poller = select.epoll()
    poller.register(stop_reading, select.EPOLLIN)
    for terminal in terminals:
        poller.register(terminal.master, select.EPOLLIN)

    def read() -> None:
        while True:
            for fd, _ in poller.poll():
                if fd == stop_reading:
                    return
                os.read(fd, 65536)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        os.write(stop, b"x")
        thread.join()
        poller.close()
        os.close(stop)
        os.close(stop_reading)


def among_bare(batches: int) -> Timing:
    argv, length = ECHO
    with ExitStack() as stack:
        flooders = [stack.enter_context(BareTerminal("yes")) for _ in range(FLOODERS)]
        terminal = stack.enter_context(BareTerminal(*argv))
        terminal.read_until(b"\n")
        with thrown_away(flooders):
            return paired({"bare": bare_calls(terminal, length)}, batches=batches)["bare"]


def among_bgterm(batches: int) -> Timing:
    argv, length = ECHO
    with ExitStack() as stack:
        for _ in range(FLOODERS):
            stack.enter_context(Session.start(["yes"]))
        session = stack.enter_context(Session.start(list(argv)))
        session.poll(10_000, until="started\r?\n")
        return paired({"bgterm": bgterm_calls(session, length)}, batches=batches)["bgterm"]


def rows(scale: Scale) -> list[Row]:
    # Not interleaved: two crowds at once would be a hundred flooders. Nothing quiet is picked: the crowd is the matter.
    bare = among_bare(scale.batches)
    bgterm = among_bgterm(scale.batches)
    target = Target("figure", "at most", 20)
    return [
        Row(f"echo round trip among {FLOODERS} flooders, p50", "ms", bgterm.p50 / 1000, bare.p50 / 1000),
        Row(
            f"echo round trip among {FLOODERS} flooders, p99",
            "ms",
            bgterm.p99_all / 1000,
            bare.p99_all / 1000,
            target,
            "bare: a thread reads the flooders and forgets what they print",
        ),
    ]
