"""How often a fault is injected, and the record of what it cost.

`FAULTS_SCALE=10 pytest tests/faults` injects ten times as many; `FAULTS_RECORD=path` writes what was injected and lost
to a JSON file, of which `python tests/tables.py` makes the table in docs/reliability.md.
"""

from __future__ import annotations

import os
import platform

from records import Record

SCALE = float(os.environ.get("FAULTS_SCALE", "1"))
_FAULTS = Record("FAULTS_RECORD")


def times(ordinarily: int) -> int:
    """How often to inject a fault that an ordinary run of the suite injects `ordinarily` times."""
    return max(int(ordinarily * SCALE), 1)


def record(fault: str, injected: int, lost: int = 0, of: str = "") -> None:
    """Note that `fault` was injected so often and what was lost, and require that nothing was."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    _FAULTS.add(python, fault, injected=injected, lost=lost, of=of)
    assert lost == 0, f"{fault}: {lost} lost of {injected} ({of})"
