"""A scripted REPL of 100 steps, python and bash: the bench that matters to an agent.

The contestants take turns of ten steps. Two of them are told the prompt by hand; two others need to be told it or the
answer for every program; one waits a fixed time, as agents' tools do; bgterm is told nothing.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.pairing import percentile
from bench.row import Row, Target
from bench.scale import FULL, Scale

_CONTESTANTS = os.path.join(os.path.dirname(__file__), "peers", "contestants.py")
_SOURCE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "src")
_ENVIRONMENT = os.path.join(os.path.dirname(__file__), "peers", ".venv")
_PACKAGES = ("pexpect==4.9.0", "ptymini==0.0.8", "fastmux==0.0.3")

_NOTES = {
    "pexpect": "pexpect 4.9 replwrap: told the prompt (bash: it sets one of its own)",
    "ptymini": "ptymini 0.0.8: told the prompt as a pattern",
    "fastmux": "fastmux 0.0.3 through tmux: told the answer as a pattern, as the old prompt still shows",
    "fixed": "a fixed wait of 250 ms, as agents' tools do: told nothing, and wrong for whatever takes longer",
}
_TURNS, _STEPS = 10, 10


def peers_python() -> str | None:
    """The Python of an environment where the peers are, None where they cannot be had."""
    python = os.path.join(_ENVIRONMENT, "bin", "python")
    if not os.path.exists(python):
        venv.create(_ENVIRONMENT, with_pip=True)
    command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *_PACKAGES]
    return python if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0 else None


@contextmanager
def contestant(name: str, program: str, python: str) -> Iterator[subprocess.Popen[str]]:
    """A contestant that has started its program."""
    process = subprocess.Popen(
        [python, _CONTESTANTS, name, program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": _SOURCE},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{name} could not start {program}")
        yield process
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait()
        if name == "fastmux":
            subprocess.run(["tmux", "kill-session", "-t", f"bench-{process.pid}"], check=False, stderr=subprocess.DEVNULL)


def turn(process: subprocess.Popen[str], steps: int) -> list[float]:
    """Let a contestant make so many steps."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{steps}\n")
    process.stdin.flush()
    times: list[float] = json.loads(process.stdout.readline())
    return times


def measured(program: str, names: dict[str, str], turns: int) -> dict[str, list[float]]:
    """The milliseconds of every step of every contestant."""
    times: dict[str, list[float]] = {name: [] for name in names}
    with ExitStack() as stack:
        running = {name: stack.enter_context(contestant(name, program, python)) for name, python in names.items()}
        for process in running.values():
            turn(process, 2)  # what is made once
        for number in range(turns):
            order = list(running) if number % 2 == 0 else list(reversed(running))
            for name in order:
                times[name] += turn(running[name], _STEPS)
    return times


def rows(scale: Scale) -> list[Row]:
    python = peers_python()
    names = {"bgterm": sys.executable, "bare": sys.executable, "fixed": sys.executable}
    names |= dict.fromkeys(("pexpect", "ptymini", "fastmux"), python) if python else {}
    found: list[Row] = []
    for program in ("python", "bash"):
        times = measured(program, names, _TURNS if scale is FULL else 1)
        p50 = {name: statistics.median(taken) for name, taken in times.items()}
        found += [
            Row(
                f"{program} REPL: step, p50",
                "ms",
                p50["bgterm"],
                p50["bare"],
                Target("figure", "at most", 0.5),
                "one call a step, told nothing; bare: read until the prompt, which is known",
            ),
            Row(f"{program} REPL: step, p95", "ms", percentile(95, times["bgterm"]), percentile(95, times["bare"])),
            Row(f"{program} REPL: all {len(times['bgterm'])} steps", "ms", sum(times["bgterm"]), sum(times["bare"])),
        ]
        patterned = {name: p50[name] for name in ("pexpect", "ptymini", "fastmux") if name in p50}
        if patterned:
            fastest = min(patterned, key=patterned.__getitem__)
            found.append(
                Row(
                    f"{program} REPL: step, p50, of {fastest}'s, the fastest that was told a pattern",
                    "×",
                    p50["bgterm"] / p50[fastest],
                    target=Target("figure", "at most", 1.5),
                )
            )
        found += [
            Row(f"{program} REPL: step, p50, {name}", "ms", p50[name], note=note)
            for name, note in _NOTES.items()
            if name in p50
        ]
    return found
