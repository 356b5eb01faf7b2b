"""Programs in bare terminals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from readiness.terminals import Program, Start


@pytest.fixture
def start() -> Iterator[Start]:
    """Start programs; they are ended after the test."""
    programs: list[Program] = []

    def start_program(*argv: str, env: Mapping[str, str] | None = None, cwd: str | None = None) -> Program:
        programs.append(Program(argv, env, cwd))
        return programs[-1]

    yield start_program
    for program in programs:
        program.end()
