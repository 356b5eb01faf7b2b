"""Event loops that a coroutine must work on, each in asyncio's debug mode."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

T = TypeVar("T")

WITHIN_SECONDS = 30

Run = Callable[[Coroutine[Any, Any, Any]], Any]


async def bounded(coroutine: Coroutine[Any, Any, T], within_seconds: float = WITHIN_SECONDS) -> T:
    async with asyncio.timeout(within_seconds):
        return await coroutine


def on_asyncio(coroutine: Coroutine[Any, Any, T], within_seconds: float = WITHIN_SECONDS) -> T:
    with asyncio.Runner(debug=True) as runner:
        return runner.run(bounded(coroutine, within_seconds))


def on_uvloop(coroutine: Coroutine[Any, Any, T]) -> T:
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        coroutine.close()
        pytest.skip("uvloop is not installed")
    with asyncio.Runner(debug=True, loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(bounded(coroutine))


try:
    on_uvloop(asyncio.sleep(0))  # libuv makes some descriptors for the whole process: before anything is counted
except pytest.skip.Exception:
    pass

LOOPS: dict[str, Run] = {"asyncio": on_asyncio, "uvloop": on_uvloop}
