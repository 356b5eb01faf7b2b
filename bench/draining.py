"""A program floods its terminal: how fast is every byte of it in the caller's hands?"""

from __future__ import annotations

import os
from time import perf_counter

from bench.bare import BareTerminal
from bench.flood import flood_file, printing
from bench.pairing import Calls, paired
from bench.row import Row, Target
from bench.scale import Scale
from bgterm import Session


def bare_calls(terminal: BareTerminal, length: int) -> Calls:
    def calls(count: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter()
            os.write(terminal.master, b"\n")
            got = 0
            while got < length:
                got += len(os.read(terminal.master, 65536))
            times.append(perf_counter() - began)
        return times

    return calls


def bgterm_calls(session: Session, length: int) -> Calls:
    def calls(count: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter()
            got = session.write_stdin("\n", 10_000).bytes_returned
            while got < length:
                got += session.poll(10_000).bytes_returned
            times.append(perf_counter() - began)
        return times

    return calls


def rows(scale: Scale) -> list[Row]:
    measured: list[Row] = []
    with flood_file(scale.flood_bytes // 5) as (path, lines):
        size = os.path.getsize(path)
        for mode, length in (("raw", size), ("cooked", size + lines)):  # cooked: the terminal adds a \r to each line
            argv = printing(path, raw=mode == "raw")
            # Nothing may be dropped: the program waits whenever its reader is behind, as it does for the bare loop.
            with BareTerminal(*argv) as terminal, Session.start(list(argv), overflow="block") as session:
                terminal.read_until(b"\n")
                session.poll(10_000, until="started\r?\n")
                contestants = {"bare": bare_calls(terminal, length), "bgterm": bgterm_calls(session, length)}
                timing = paired(contestants, batches=scale.drains, calls=1)
            rate = {name: length / timed.p50 / 1e6 for name, timed in timing.items()}
            target = Target("ratio", "at least", 0.9)
            measured.append(Row(f"draining, {mode}", "MB/s", rate["bgterm"], rate["bare"], target))
    return measured
