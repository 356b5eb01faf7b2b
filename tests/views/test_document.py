"""What docs/views.md shows is what happens."""

from __future__ import annotations

import pytest

from test_readme import Block, python_blocks, run


@pytest.mark.program("vim")
@pytest.mark.parametrize("block", python_blocks("docs/views.md"), ids=lambda block: f"line {block.line}")
def test_a_block_of_the_document_prints_what_it_says(block: Block) -> None:
    if "vim" in block.code:
        pytest.importorskip("pyghostty")
    assert run(block.code) == block.printed
