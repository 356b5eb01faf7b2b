"""The pages about asyncio and about operators run, block by block, and print what they say."""

from __future__ import annotations

import pytest

from test_readme import Block, python_blocks, run

BLOCKS = [(name, block) for name in ("docs/aio.md", "docs/operators.md") for block in python_blocks(name)]


@pytest.mark.parametrize(("name", "block"), BLOCKS, ids=lambda part: part if isinstance(part, str) else f"{part.line}")
def test_a_block_of_the_page_runs_and_prints_what_it_says(name: str, block: Block) -> None:
    del name
    assert block.printed is not None
    assert run(block.code) == block.printed
