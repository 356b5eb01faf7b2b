"""Wait for a pattern at the end of a long output."""

from __future__ import annotations

import os
from time import perf_counter

from bench.bare import BareTerminal
from bench.flood import flood_file, printing
from bench.pairing import Calls, paired
from bench.row import Row, Target
from bench.scale import Scale
from bgterm import Session

END = b"finished-1\r\n"
PATTERN = r"finished-\d+\r\n"


def bare_calls(terminal: BareTerminal) -> Calls:
    def calls(count: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter()
            os.write(terminal.master, b"\n")
            tail = b""
            while END not in tail:
                tail = tail[-len(END) :] + os.read(terminal.master, 65536)
            times.append(perf_counter() - began)
        return times

    return calls


def bgterm_calls(session: Session) -> Calls:
    def calls(count: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter()
            result = session.write_stdin("\n", 600_000, until=PATTERN)
            if result.reason != "match" or not result.data.endswith(END):
                raise RuntimeError(f"the pattern was not found: {result.reason}, {result.data[-40:]!r}")
            times.append(perf_counter() - began)
        return times

    return calls


def rows(scale: Scale) -> list[Row]:
    with flood_file(scale.flood_bytes) as (path, lines):
        length = os.path.getsize(path) + lines
        argv = printing(path, raw=False, after="echo finished-1")
        with BareTerminal(*argv) as terminal, Session.start(list(argv)) as session:
            terminal.read_until(b"\n")
            session.poll(10_000, until="started\r?\n")
            timing = paired({"bare": bare_calls(terminal), "bgterm": bgterm_calls(session)}, batches=5, calls=1)
    rate = {name: length / timed.p50 / 1e6 for name, timed in timing.items()}
    return [
        Row(
            f"regex wait over {scale.flood_bytes // 1_000_000} MB",
            "MB/s",
            rate["bgterm"],
            rate["bare"],
            Target("figure", "at least", 50),
            "bare: looks for fixed bytes in each chunk",
        )
    ]
