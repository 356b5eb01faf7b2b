"""What a person would see: plain text, the screen, the transcript."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from time import perf_counter

from bench.draining import bgterm_calls
from bench.flood import flood_file, printing
from bench.pairing import Calls, Timing, paired
from bench.row import Row, Target
from bench.scale import Scale
from bgterm import Session
from bgterm.views.escapes import EscapeStripper
from bgterm.views.plain import plain

PAGE = 1 << 20

# One of each kind that fills terminals.
LISTING = "\x1b[01;34mdirectory-name\x1b[0m  \x1b[01;32mexecutable.sh\x1b[0m  README.md pyproject.toml\r\n"
DIFF = "\x1b[32m+    return self.something_or_other(argument, other)\x1b[m\r\n"
PROSE = "The quick brown fox jumps over the lazy dog, and over the lazy dog again.\r\n"
PROGRESS = "\r\x1b[K   {0:>3}% [{1:50}] {0} of 100 MB"


def page_of(line: str) -> str:
    return line * (PAGE // len(line))


def progress_bars() -> str:
    bar = "".join(PROGRESS.format(done, "#" * (done // 2)) for done in range(101)) + "\r\n"
    return bar * (PAGE // len(bar))


def timed(work: Callable[[], object]) -> Calls:
    def calls(count: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter()
            work()
            times.append(perf_counter() - began)
        return times

    return calls


def stripped(data: bytes) -> bytes:
    return EscapeStripper().feed(data)


def rate(timing: Timing, size: int) -> float:
    return size / timing.p50 / 1e6


def texts(scale: Scale) -> list[Row]:
    pages = {
        "text": page_of(PROSE),
        "ls in colours": page_of(LISTING),
        "a diff in colours": page_of(DIFF),
        "progress bars": progress_bars(),
    }
    plain_at_least, stripped_at_least = Target("figure", "at least", 50), Target("figure", "at least", 100)
    measured: list[Row] = []
    for name, page in pages.items():
        data = page.encode()
        contestants = {
            "plain": timed(partial(plain, page)),
            "stripped": timed(partial(stripped, data)),
        }
        timing = paired(contestants, batches=scale.batches, calls=3)
        measured += [
            Row(f"plain, {name}", "MB/s", rate(timing["plain"], len(data)), None, plain_at_least),
            Row(f"without escapes, {name}", "MB/s", rate(timing["stripped"], len(data)), None, stripped_at_least),
        ]
    return measured


def screens(scale: Scale) -> list[Row]:
    try:
        from bgterm.views.emulator import Emulator  # noqa: PLC0415 - an extra, which may be missing
    except ModuleNotFoundError:
        return []
    data = page_of(LISTING).encode()
    emulator = Emulator(24, 80)
    feeding = paired({"feed": timed(lambda: emulator.feed(data))}, batches=scale.batches, calls=3)
    rows = [
        Row("screen, output read", "MB/s", rate(feeding["feed"], len(data)), None, Target("figure", "at least", 50))
    ]
    with Session.start(["cat"]) as session:
        session.write_stdin(LISTING * 24, 1000)
        looking = paired({"look": timed(session.screen)}, batches=scale.batches, calls=20)
        screen = session.screen()
        drawing = paired({"draw": timed(screen.to_svg)}, batches=scale.batches, calls=5)
    rows.append(Row("screen, a look", "µs", looking["look"].p50 * 1e6, None, Target("figure", "at most", 2000)))
    rows.append(Row("screen, an SVG picture", "ms", drawing["draw"].p50 * 1e3, None))
    return rows


def transcripts(scale: Scale) -> list[Row]:
    with flood_file(scale.flood_bytes // 5) as (path, lines), tempfile.TemporaryDirectory() as folder:
        length = os.path.getsize(path) + lines  # the terminal adds a \r to each line
        argv = list(printing(path, raw=False))
        kept = os.path.join(folder, "transcript")
        with (
            Session.start(argv, overflow="block") as without,
            Session.start(argv, overflow="block", transcript=kept, max_transcript_bytes=length) as session,
        ):
            without.poll(10_000, until="started\r?\n")
            session.poll(10_000, until="started\r?\n")
            contestants = {"without": bgterm_calls(without, length), "with": bgterm_calls(session, length)}
            timing = paired(contestants, batches=scale.drains, calls=1)
    figures = {name: rate(timed, length) for name, timed in timing.items()}
    note = "beside the same without a transcript"
    target = Target("ratio", "at least", 0.7)
    return [Row("draining with a transcript", "MB/s", figures["with"], figures["without"], target, note)]


def rows(scale: Scale) -> list[Row]:
    return [*texts(scale), *screens(scale), *transcripts(scale)]
