"""What `import bgterm` adds to the start of Python."""

from __future__ import annotations

import os
import subprocess
import sys
from time import perf_counter

from bench.pairing import Calls, paired
from bench.row import Row, Target
from bench.scale import Scale

# An installed package has its bytecode; the first, uncounted calls write it.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def starting_python(code: str) -> Calls:
    def calls(count: int) -> list[float]:
        times: list[float] = []
        for _ in range(count):
            began = perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)
            times.append((perf_counter() - began) * 1000)
        return times

    return calls


def rows(scale: Scale) -> list[Row]:
    contestants = {"bare": starting_python("pass"), "bgterm": starting_python("import bgterm")}
    timing = paired(contestants, batches=scale.batches, calls=2)
    added = timing["bgterm"].p50 - timing["bare"].p50
    return [
        Row(
            "import bgterm, over bare Python",
            "ms",
            added,
            target=Target("figure", "at most", 30),
            note=f"bare Python starts in {timing['bare'].p50:.1f} ms",
        ),
    ]
