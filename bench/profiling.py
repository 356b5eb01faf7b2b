"""Where the time of one echo round trip goes: system calls, counted, and Python, by function: `make profile`."""

from __future__ import annotations

import cProfile
import os
import pstats
import re
import select
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from time import perf_counter_ns

from bench.bare import BareTerminal
from bench.pairing import Calls, paired
from bench.round_trip import ECHO, bare_calls, bgterm_calls
from bgterm import Session

COUNTED = 2000
PROFILED = 20_000
SHOWN = 25


def by_hand(terminal: BareTerminal, length: int) -> Calls:
    """Do the bare loop with the waiting that a bounded call needs: a poll with a limit, and reads that never block."""
    master = terminal.master
    os.set_blocking(master, False)
    poller = select.poll()
    poller.register(master, select.POLLIN)

    def calls(count: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter_ns()
            os.write(master, b"x\n")
            got = 0
            while got < length:
                poller.poll(1000)
                got += len(os.read(master, 65536))
            times.append((perf_counter_ns() - began) / 1000)
        return times

    return calls


def bare_round_trips(count: int) -> None:
    argv, length = ECHO
    with BareTerminal(*argv) as terminal:
        terminal.read_until(b"\n")
        bare_calls(terminal, length)(count)


def bgterm_round_trips(count: int) -> None:
    argv, length = ECHO
    with Session.start(list(argv)) as session:
        session.poll(10_000, until="started\r?\n")
        bgterm_calls(session, length)(count)


CONTESTANTS: dict[str, Callable[[int], None]] = {"bare": bare_round_trips, "bgterm": bgterm_round_trips}


def system_calls(name: str) -> Counter[str]:
    """Count the system calls of some round trips: those of a run with them, less those of a run with one."""
    counted: list[Counter[str]] = []
    for count in (1, 1 + COUNTED):
        with tempfile.NamedTemporaryFile("r", suffix=".strace") as trace:
            subprocess.run(
                ["strace", "-qq", "-f", "-o", trace.name, sys.executable, "-m", "bench.profiling", name, str(count)],
                check=True,
            )
            counted.append(calls_of_host(trace))
    return counted[1] - counted[0]


def calls_of_host(trace: Iterable[str]) -> Counter[str]:
    """Count the system calls of the first process of a trace, all its threads together, without its programs'."""
    calls: dict[str, Counter[str]] = {}
    programs: set[str] = set()
    for line in trace:
        found = re.match(r"(\d+)\s+(\w+)\(", line)
        if found:
            thread, call = found.groups()
            if call == "execve" and calls:
                programs.add(thread)
            calls.setdefault(thread, Counter())[call] += 1
    hosts: Counter[str] = Counter()
    for thread, counted in calls.items():
        if thread not in programs:
            hosts += counted
    return hosts


def main() -> None:
    """Show all of it."""
    if len(sys.argv) == 3:
        CONTESTANTS[sys.argv[1]](int(sys.argv[2]))
        return
    argv, length = ECHO
    with BareTerminal(*argv) as bare, BareTerminal(*argv) as polled, Session.start(list(argv)) as session:
        for terminal in (bare, polled):
            terminal.read_until(b"\n")
        session.poll(10_000, until="started\r?\n")
        contestants = {
            "write, read": bare_calls(bare, length),
            "write, poll, read": by_hand(polled, length),
            "bgterm": bgterm_calls(session, length),
        }
        for name, timing in paired(contestants).items():
            print(f"{name:20} {timing.p50:7.1f} µs")
    if shutil.which("strace") is None:
        print("\nstrace is not installed: system calls are not counted")
    else:
        for name in CONTESTANTS:
            print(f"\nsystem calls of a round trip, {name}:")
            for call, times in system_calls(name).most_common():
                if times >= COUNTED // 100:
                    print(f"{times / COUNTED:8.2f} {call}")
    print(f"\n{PROFILED:,} round trips, by function; the profiler makes calls of Python functions dearer than they are")
    profiler = cProfile.Profile()
    with Session.start(list(argv)) as session:
        session.poll(10_000, until="started\r?\n")
        calls = bgterm_calls(session, length)
        calls(100)
        profiler.runcall(calls, PROFILED)
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(SHOWN)


if __name__ == "__main__":
    main()
