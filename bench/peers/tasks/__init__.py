"""The tasks, one file each: what a contestant does in its process (`Work`), and what is made of it (`results`)."""

from __future__ import annotations

TASKS = (
    "echo",
    "draining",
    "starting",
    "steps",
    "regex",
    "many",
    "idle",
    "stalled",
    "killed_host",
    "long_line",
    "split_character",
)
"""Modules of this package, in the order in which the tables show them."""
