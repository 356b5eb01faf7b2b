"""How often a fault is injected, and the record of what it cost.

`FAULTS_SCALE=10 pytest tests/faults` injects ten times as many; `FAULTS_RECORD=path` writes what was injected and lost
to a JSON file, of which `python tests/faults/table.py` makes the table in docs/reliability.md.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform

SCALE = float(os.environ.get("FAULTS_SCALE", "1"))
RECORD = os.environ.get("FAULTS_RECORD")


def times(ordinarily: int) -> int:
    """How often to inject a fault that an ordinary run of the suite injects `ordinarily` times."""
    return max(int(ordinarily * SCALE), 1)


def record(fault: str, injected: int, lost: int = 0, of: str = "") -> None:
    """Note that `fault` was injected so often and what was lost, and require that nothing was."""
    if RECORD is not None:
        with open(RECORD, "a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # several workers write
            file.seek(0)
            rows = json.loads(file.read() or "{}")
            row = {"injected": injected, "lost": lost, "of": of}
            rows.setdefault(f"{platform.python_implementation()} {platform.python_version()}", {})[fault] = row
            file.truncate(0)
            file.write(json.dumps(rows, indent=1, sort_keys=True) + "\n")
    assert lost == 0, f"{fault}: {lost} lost of {injected} ({of})"
