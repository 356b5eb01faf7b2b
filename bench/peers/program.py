"""What a task asks of a library: the least that each of them is wrapped in."""

from __future__ import annotations

import resource
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import ClassVar

from bench.flood import printing


class CannotError(Exception):
    """The library has no way to do this; the message says why."""


class Program(ABC):
    """A program that the library has started in a terminal of 80 columns and 24 rows.

    Every method has a bound in time, or the library has none to offer: then the bound is the one of the whole bench.
    """

    @abstractmethod
    def type(self, text: str) -> None:
        """Type `text`, and wait for nothing."""

    @abstractmethod
    def receive(self, length: int) -> None:
        """Take what is printed until `length` bytes more are here."""

    @abstractmethod
    def some(self, max_bytes: int = 65536) -> str:
        """Wait for any output, and take it: at most so many bytes, where the library can be told."""

    def exchange(self, text: str, length: int) -> None:
        """Type `text` and take the `length` bytes that come of it."""
        self.type(text)
        self.receive(length)

    def exchanges(self, count: int, text: str, length: int) -> list[float]:
        """Do `exchange` so many times; the microseconds that each took."""
        times: list[float] = []
        for _ in range(count):
            began = perf_counter_ns()
            self.exchange(text, length)
            times.append((perf_counter_ns() - began) / 1000)
        return times

    def answer(self, line: str, pattern: str, prompt: str) -> str:
        """Type `line` and Enter, wait for what was given by hand, return what came until then.

        `pattern` is a regex that ends with the prompt, `prompt` the prompt itself, for who looks for fixed text.
        """
        raise CannotError("it cannot wait for a pattern")

    def step(self, line: str) -> str:
        """Type `line` and Enter, return what came until the program waits again, with no pattern given."""
        raise CannotError("it cannot tell that the program waits")

    def idle(self, seconds: float) -> None:
        """Wait so long for output that does not come."""
        raise CannotError("its waits have no limit")

    @abstractmethod
    def close(self) -> None:
        """End the program."""


class Peer(ABC):
    """A library. Made once in each process that measures it."""

    package: ClassVar[str | None] = None
    """What the registry calls it, None for what is not installed from there."""
    about: ClassVar[str] = ""
    """How it is used here, and which settings are not its own defaults."""
    blocked: ClassVar[str] = "its caller"
    """Who waits when the library does."""
    keeps: ClassVar[str] = ""
    """Who keeps the programs when the process that uses the library is gone, if that is meant."""
    is_told: ClassVar[bool] = False
    """Whether it is told what a library has to find out: the bare loop is."""
    largest_flood: ClassVar[int | None] = None
    """How much of a flood it is given at a time, None for all."""

    @abstractmethod
    def start(self, *argv: str) -> Program:
        """Start a program."""

    def close(self) -> None:  # noqa: B027 - most have nothing to do
        """End what was started, as far as the library does that."""

    def started(self, *argv: str) -> Program:
        """Start a program that says "started" first, and wait for that."""
        program = self.start(*argv)
        seen = ""
        while "started" not in seen:
            seen += program.some()
        return program

    def flood(self, path: str, length: int, *, raw: bool) -> Callable[[], None]:
        """Return what makes a program print the file at `path` and takes all of it: `length` bytes."""
        program = self.started(*printing(path, raw=raw))
        return lambda: program.exchange("\n", length)

    def round(self, programs: Sequence[Program], text: str, length: int) -> None:
        """Type `text` to all programs, then take the `length` bytes that come of it from each."""
        for program in programs:
            program.type(text)
        for program in programs:
            program.receive(length)

    def cpu_seconds(self) -> float:
        """What this process has used so far, with the helpers that it has waited for."""
        used = 0.0
        for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            usage = resource.getrusage(whose)
            used += usage.ru_utime + usage.ru_stime
        return used
