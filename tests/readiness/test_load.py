"""Back-to-back steps while every core is busy with something else: none comes back before its answer."""

from __future__ import annotations

import os

import pytest

from bgterm.manager import SessionManager
from faults.counts import record, times
from readiness.extent import busy_cores

PROGRAMS = {
    "bash": (["bash", "--norc"], "echo $(({a}+{b}))"),
    "python3": (["python3", "-q"], "print({a}+{b})"),
    "sqlite3": (["sqlite3"], "select {a}+{b};"),
    "node": (["node"], "{a}+{b}"),
    "script": (["script", "-qc", "bash --norc", "/dev/null"], "echo $(({a}+{b}))"),
}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.program(name)) for name in PROGRAMS])
def test_no_step_comes_back_before_its_answer_on_a_busy_machine(manager: SessionManager, name: str) -> None:
    argv, template = PROGRAMS[name]
    session = manager.open(manager.start_session(argv, env={**os.environ, "PS1": "$ ", "TERM": "xterm-256color"}))
    wrong = 0
    with busy_cores():
        for number in range(steps := times(100)):
            a, b = 100_000 + number, 200_000 + 3 * number
            result = session.run(template.format(a=a, b=b), 60_000)
            wrong += str(a + b) not in result.data.decode() or result.timed_out
    record(f"{name}: steps back to back while all cores are busy", steps, wrong, "steps")
