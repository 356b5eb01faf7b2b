"""Records of what tests tried and found: rows in a JSON file, of which `python tests/tables.py` makes tables."""

from __future__ import annotations

import fcntl
import json
import os
from typing import Any

Rows = dict[str, dict[str, Any]]


class Record:
    """The tables of one JSON file, written where an environment variable names it, and else nowhere."""

    def __init__(self, variable: str) -> None:
        self._path = os.environ.get(variable)

    def add(self, table: str, row: str, **columns: object) -> None:
        """Note columns of a row, beside those that it has already; whatever they are, JSON must know it."""
        if self._path is None:
            return
        with open(self._path, "r+" if os.path.exists(self._path) else "a+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # several workers write
            file.seek(0)
            tables: dict[str, Rows] = json.loads(file.read() or "{}")
            tables.setdefault(table, {}).setdefault(row, {}).update(columns)
            ordered = {name: dict(sorted(rows.items())) for name, rows in sorted(tables.items())}
            file.seek(0)
            file.truncate()
            file.write(json.dumps(ordered, indent=1) + "\n")


def tables_of(path: str) -> dict[str, Rows]:
    """What a record holds: rows by table."""
    with open(path, encoding="utf-8") as file:
        tables: dict[str, Rows] = json.load(file)
    return tables


READINESS = Record("READINESS_RECORD")
"""Of tests/readiness: the tables of docs/readiness.md, with the columns in the order in which they were added."""
