"""On what a bench was run: figures mean nothing without it."""

from __future__ import annotations

import os
import platform
import sys
import sysconfig
from collections.abc import Generator
from contextlib import contextmanager


def machine() -> dict[str, str | int | float | bool]:
    """Describe the processor, the system and the Python of this run."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 0,
        "system": f"{platform.system()} {platform.release().split('-')[0]} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "load_before": round(os.getloadavg()[0], 2),
    }


def processor() -> str:
    """Name the processor as the system does."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or "unknown"


@contextmanager
def one_core() -> Generator[None]:
    """Keep this thread, and the programs that it starts, on one core.

    Whether the answer to a keystroke wakes a sleeping core is the scheduler's luck. It costs more than all else that a
    round trip is made of, and would turn the ratio of two contestants into that of their luck.
    """
    if sys.platform != "linux":
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
