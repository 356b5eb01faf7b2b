"""A prompt that somebody has told: of a router, a serial line, a program at the far end of a connection."""

from __future__ import annotations

import re

from bgterm.arguments import text_pattern


def told_prompt(prompt: object) -> re.Pattern[str] | None:
    """A prompt as somebody tells it: a regex. Raises re.error, TypeError for what is none."""
    return None if prompt is None else text_pattern("prompt", prompt, ", or None where nobody tells it")


def ends_in(prompt: re.Pattern[str], row: str) -> bool:
    """Whether the row ends in this prompt, not looking at spaces behind it."""
    text = row.rstrip()
    return any(
        found.end() >= len(text) and found.group().strip() for each in (row, text) for found in prompt.finditer(each)
    )
