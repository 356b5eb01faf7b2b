"""The sizes that a terminal has had."""

from __future__ import annotations

from typing import NamedTuple


class SizeChange(NamedTuple):
    """The size of a terminal from an offset of its output on."""

    offset: int
    rows: int
    cols: int
