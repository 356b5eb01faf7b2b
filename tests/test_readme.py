"""Everything that the README shows runs, as a reader would run it: each block by itself, in a Python of its own.

And what the documents point to is there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

ROOT = os.path.join(os.path.dirname(__file__), os.pardir)


@dataclass(frozen=True)
class Block:
    line: int
    code: str
    printed: str | None
    """What a `text` block right below says that the code prints."""


def python_blocks(name: str) -> list[Block]:
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        text = file.read()
    fence = re.compile(r"^```python\n(.*?)^```\n(?:\n?^```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)
    return [Block(text[: found.start()].count("\n") + 1, found[1], found[2]) for found in fence.finditer(text)]


BLOCKS = python_blocks("README.md")


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_the_readme_has_python_blocks() -> None:
    assert len(BLOCKS) > 3


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"line {block.line}")
def test_a_block_of_the_readme_runs_and_prints_what_it_says(block: Block) -> None:
    printed = run(block.code)
    if block.printed is not None:
        assert printed == block.printed


def test_the_quick_start_computes_and_waits() -> None:
    printed = run(BLOCKS[0].code)
    assert "4" in printed
    assert re.search(r"^done\r?$", printed, re.MULTILINE)


def test_the_demo_shows_the_quick_start_and_what_came_back() -> None:
    demo = os.path.join(ROOT, "examples", "demo.py")
    done = subprocess.run([sys.executable, demo], capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr
    assert ">>> sid = start_session(" in done.stdout
    assert re.search(r"^done\r?$", done.stdout, re.MULTILINE)


def documents() -> list[str]:
    folders = (ROOT, os.path.join(ROOT, "docs"))
    return [
        os.path.join(folder, name) for folder in folders for name in sorted(os.listdir(folder)) if name.endswith(".md")
    ]


@pytest.mark.parametrize("path", documents(), ids=os.path.basename)
def test_a_link_to_a_file_leads_to_a_file(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        prose = re.sub(r"^```.*?^```$", "", file.read(), flags=re.MULTILINE | re.DOTALL)
    links: list[str] = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose)
    folder = os.path.dirname(path)
    assert [link for link in links if not os.path.exists(os.path.join(folder, link))] == []


def test_every_document_is_in_the_index() -> None:
    with open(os.path.join(ROOT, "docs", "index.md"), encoding="utf-8") as file:
        index = file.read()
    names = [name for name in os.listdir(os.path.join(ROOT, "docs")) if name.endswith(".md") and name != "index.md"]
    assert [name for name in names if f"({name})" not in index] == []
