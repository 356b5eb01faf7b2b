"""How soon is a program known to wait, what does one look cost, and what does waiting cost?"""

from __future__ import annotations

import os
import shutil
import statistics
import time

from bench.pairing import percentile
from bench.row import Row, Target
from bench.scale import FULL, Scale
from bgterm import READY, Session
from bgterm.local.endpoint import LocalEndpoint
from bgterm.local.live import Live

PROGRAMS: dict[str, tuple[list[str], str]] = {
    "bash": (["bash", "--norc"], "echo $((2+2))"),
    "dash": (["dash"], "echo $((2+2))"),
    "zsh": (["zsh", "-f"], "echo $((2+2))"),
    "fish": (["fish"], "math 2+2"),
    "python": (["python3", "-q"], "2+2"),
    "sqlite3": (["sqlite3"], "select 2+2;"),
    "lua": (["lua5.4"], "print(2+2)"),
    "R": (["R", "--no-save", "-q"], "2+2"),
    "bc": (["bc", "-q"], "2+2"),
    "gdb": (["gdb", "-q", "-nx"], "print 2+2"),
    "script": (["script", "-qc", "bash --norc", "/dev/null"], "echo $((2+2))"),
    "ipython": (["ipython", "--no-banner"], "2+2"),
    "irb": (["irb"], "2+2"),
    "node": (["node"], "2+2"),
    "erl": (["erl"], "2+2."),
    "jshell": (["jshell"], "2+2"),
}
_LOOKS = 200


def _live(session: Session) -> Live:
    assert isinstance(session.endpoint, LocalEndpoint)
    return session.endpoint.live


def latencies(session: Session, line: str, steps: int) -> tuple[list[float], str]:
    """The milliseconds from the last output to the return, of so many steps; and how surely the program was ready."""
    terminal = _live(session).terminal
    confidence = session.run(line, 60_000).status.confidence
    times: list[float] = []
    for _ in range(steps):
        result = session.write_stdin(line + "\r", 60_000, until=READY)
        times.append((time.monotonic() - terminal.last_output) * 1000)
        assert result.reason == "ready", result
    return times, confidence


def look_microseconds(session: Session) -> float:
    """What one look costs, the 20th percentile of many short batches."""
    session.status()
    live = _live(session)
    terminal, readiness = live.terminal, live.readiness()
    batches: list[float] = []
    now = time.monotonic()
    for batch in range(40):
        began = time.perf_counter()
        for number in range(_LOOKS // 10):
            with terminal.lock:
                # Each a second after the one before: what was found is not just taken to hold.
                readiness.look(now + batch * 100 + number)
        batches.append((time.perf_counter() - began) / (_LOOKS // 10) * 1e6)
    return percentile(20, batches)


def open_read_close_microseconds() -> float:
    """The yardstick for a look: one file of /proc opened, read and closed."""
    batches: list[float] = []
    for _ in range(40):
        began = time.perf_counter()
        for _ in range(100):
            fd = os.open("/proc/self/stat", os.O_RDONLY)
            os.read(fd, 1024)
            os.close(fd)
        batches.append((time.perf_counter() - began) / 100 * 1e6)
    return percentile(20, batches)


def waiting_share(seconds: float) -> float:
    """How much of a core a wait for READY takes while the program is busy, in percent."""
    with Session.start(["sleep", "1000"]) as session:
        session.poll(100, until=READY)
        began, cpu = time.monotonic(), time.process_time()
        session.poll(seconds * 1000, until=READY)
        return (time.process_time() - cpu) / (time.monotonic() - began) * 100


def rows(scale: Scale) -> list[Row]:
    os.environ |= {"PS1": "$ ", "TERM": "xterm-256color"}
    found: list[Row] = []
    steps = 100 if scale is FULL else 5
    for name, (argv, line) in PROGRAMS.items():
        if shutil.which(argv[0]) is None:
            continue
        with Session.start(argv) as session:
            times, confidence = latencies(session, line, steps)
            look = look_microseconds(session) if name in {"bash", "gdb", "script", "node"} else None
        note = f"p95 {percentile(95, times):.2f} ms; {confidence}"
        found.append(Row(f"{name}: ready, after its last output, p50", "ms", statistics.median(times), note=note))
        if look is not None:
            target = Target("figure", "at most", 60) if name == "bash" else None
            yardstick = "bare: one file of /proc opened, read, closed"
            file = open_read_close_microseconds()
            found.append(Row(f"{name}: one look at it, ready", "µs", look, file, target, yardstick))
    share = waiting_share(scale.idle_seconds)
    found.append(Row("waiting for a busy program: CPU", "% of a core", share, target=Target("figure", "at most", 1)))
    return found
