"""The house as CONTRIBUTING draws it: each room uses only the rooms below it, and the front door costs nothing."""

from __future__ import annotations

import ast
import graphlib
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator

import pytest

import bgterm

SOURCE = os.path.dirname(bgterm.__file__)


def rooms_from_the_top_down() -> list[str]:
    """The map in CONTRIBUTING, line by line."""
    with open(os.path.join(os.path.dirname(__file__), os.pardir, "CONTRIBUTING.md"), encoding="utf-8") as file:
        return re.findall(r"^  (\w+)(?:\.py|/) ", file.read(), re.MULTILINE)


ROOMS = rooms_from_the_top_down()

LOOKED_UP_WHEN_ASKED = {
    ("results", "views"): "PollResult.plain and head_tail show the text of a result",
}
"""Imports upwards that are allowed inside a function: the room below works without them."""


def source_files() -> list[str]:
    return [
        os.path.join(folder, name) for folder, _, names in os.walk(SOURCE) for name in names if name.endswith(".py")
    ]


def room_of(path: str) -> str:
    return os.path.relpath(path, SOURCE).split(os.sep)[0].removesuffix(".py")


def test_the_map_names_every_room() -> None:
    rooms = {room_of(path) for path in source_files()}
    assert rooms - set(ROOMS) == set(), "say in CONTRIBUTING's map where these rooms stand"
    assert set(ROOMS) - rooms == set(), "these rooms are in CONTRIBUTING's map alone"


def modules_named(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
    elif statement.module == "bgterm":
        yield from (f"bgterm.{alias.name}" for alias in statement.names)
    else:
        yield statement.module or ""


def imports(path: str) -> Iterator[tuple[int, str, bool]]:
    """Each import of one of our rooms: its line, the room, and whether a function makes it when it is called."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read(), path)
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for module in modules_named(node):
                if module.startswith("bgterm."):
                    yield node.lineno, module.split(".")[1], node in inside


@pytest.mark.parametrize("path", source_files(), ids=lambda path: os.path.relpath(path, SOURCE))
def test_a_room_imports_only_rooms_below_it(path: str) -> None:
    room = room_of(path)
    for line, imported, when_asked in imports(path):
        if imported == room or (when_asked and (room, imported) in LOOKED_UP_WHEN_ASKED):
            continue
        assert imported in ROOMS[ROOMS.index(room) :], (
            f"{path}:{line}: {room} imports {imported}, which is not below it"
        )


def module_of(path: str) -> str:
    path = os.path.relpath(path, os.path.dirname(SOURCE)).removesuffix(".py").removesuffix("/__init__")
    return path.replace(os.sep, ".")


def modules_imported(path: str, modules: Collection[str]) -> set[str]:
    """Those of `modules` that a file imports anywhere, also for types alone."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read(), path)
    named: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            named |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
    return named & set(modules) - {"bgterm"}  # whose __init__ is the front door


def test_no_two_modules_need_each_other() -> None:
    paths = {module_of(path): path for path in source_files()}
    graphlib.TopologicalSorter(
        {module: modules_imported(path, paths) - {module} for module, path in paths.items()}
    ).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("path", source_files(), ids=lambda path: os.path.relpath(path, SOURCE))
def test_rooms_are_imported_by_their_full_name(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read(), path)
    relative = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
    assert relative == []


def modules_after(statement: str) -> set[str]:
    """What is loaded after `statement` in a Python that sees the standard library and our source, nothing else."""
    code = f"import sys; sys.path.insert(0, {os.path.dirname(SOURCE)!r}); {statement}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    return set(done.stdout.split())


def test_the_front_door_needs_the_standard_library_alone() -> None:
    loaded = modules_after("import bgterm") - modules_after("pass")
    foreign = {name for name in loaded if name.split(".")[0] not in {*sys.stdlib_module_names, "bgterm"}}
    assert foreign == set()


def test_the_front_door_loads_nothing_heavy_before_it_is_used() -> None:
    heavy = {
        "asyncio",
        "bgterm.aio",
        "bgterm.operators",
        "ctypes",
        "dataclasses",
        "inspect",
        "json",
        "logging",
        "platform",
        "socket",
        "subprocess",
        "typing_extensions",
    }
    assert modules_after("import bgterm") & heavy == set()


def test_importing_starts_no_thread_and_opens_no_descriptor() -> None:
    code = (
        "import os, threading; before = os.listdir('/dev/fd');"
        "import bgterm; assert os.listdir('/dev/fd') == before; assert threading.active_count() == 1"
    )
    subprocess.run([sys.executable, "-c", code], timeout=30, check=True)
