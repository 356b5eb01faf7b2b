"""Signal handlers also run at the backward jump of a loop, and there some versions of CPython forget what is around it.

From 3.12 on the compiler leaves such a jump out of the exception table of the `with` or `try` that the loop stands in:
an exception that a handler raises there passes by the block's end. A lock would stay locked, a descriptor open. A loop
in a function of its own, called inside the block, is safe: the call is in the table.
"""

from __future__ import annotations

import ast
import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

import bgterm

SOURCE = os.path.dirname(bgterm.__file__)
FILES = sorted(glob.glob(os.path.join(SOURCE, "**", "*.py"), recursive=True))

LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp)  # comprehensions are part of their function
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.GeneratorExp)


def cleans_up(block: ast.Try) -> bool:
    """Whether the end of a `try` must not be passed by: it has a `finally`, or takes whatever is raised."""
    return bool(block.finalbody) or any(
        handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id == "BaseException")
        for handler in block.handlers
    )


def unsafe_loops(node: ast.AST, *, inside: bool = False) -> Iterator[int]:
    """The lines of loops below `node` that stand directly in a block which must come to its end."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.AsyncFunctionDef):
            continue  # asyncio turns Ctrl-C into a cancellation, which arrives where the coroutine sleeps
        if inside and isinstance(child, LOOPS):
            yield child.lineno
        elif isinstance(child, ast.With):
            for statement in child.body:
                yield from unsafe_loops(ast.Module([statement], []), inside=True)
        elif isinstance(child, ast.Try) and cleans_up(child):
            protected = [*child.body, *child.orelse]
            yield from unsafe_loops(ast.Module(list(protected), []), inside=True)
            rest = [*(line for handler in child.handlers for line in handler.body), *child.finalbody]
            yield from unsafe_loops(ast.Module(list(rest), []), inside=inside)
        else:
            yield from unsafe_loops(child, inside=inside and not isinstance(child, FUNCTIONS))


@pytest.mark.parametrize("path", FILES, ids=lambda path: os.path.relpath(path, SOURCE))
def test_no_loop_stands_where_its_backward_jump_would_be_unprotected(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        lines = list(unsafe_loops(ast.parse(file.read())))
    assert lines == [], f"{path}: put these loops into functions that are called inside the block"


GAPS = """
import dis, sys, types

def codes(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from codes(constant)

def gaps(path):
    # Two entries of the table that lead to the same `with`, and between them a jump back that leads nowhere.
    with open(path, encoding="utf-8") as file:
        tree = compile(file.read(), path, "exec")
    for code in codes(tree):
        table = list(dis._parse_exception_table(code))
        instructions = list(dis.get_instructions(code))
        for first in table:
            start = next((one for one in instructions if one.offset >= first.target), None)
            ends = {two.start for two in table if (two.target, two.depth) == (first.target, first.depth)}
            next_start = min((start for start in ends if start > first.end), default=first.end)
            handler = [one.opname for one in instructions if first.target <= one.offset][:3]
            for one in instructions:
                covered = any(entry.start <= one.offset < entry.end for entry in table)
                if first.end <= one.offset < next_start and one.opname.startswith("JUMP_BACKWARD") and not covered:
                    if "WITH_EXCEPT_START" in handler:
                        yield f"{path}:{one.positions.lineno} {code.co_qualname}"

found = [gap for path in sys.argv[1:] for gap in gaps(path)]
print("\\n".join(found))
sys.exit(bool(found))
"""


def interpreters() -> list[str]:
    """This Python, and the later ones that are on this machine or that pyenv has."""
    others = [shutil.which(f"python3.{minor}") for minor in range(12, 20)]
    others += glob.glob(os.path.expanduser("~/.pyenv/versions/3.1[2-9]*/bin/python"))
    return [sys.executable, *(path for path in others if path is not None and starts(path))]


def starts(python: str) -> bool:
    """Whether this is an interpreter, and not a shim for one that is switched off."""
    return subprocess.run([python, "-V"], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("python", interpreters())
def test_every_with_is_left_through_its_end_in_the_compiled_code_too(python: str) -> None:
    done = subprocess.run([python, "-c", GAPS, *FILES], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
