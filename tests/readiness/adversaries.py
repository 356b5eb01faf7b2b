"""Adversaries: programs drawn by chance that wait, work and print in ways that could deceive.

    python tests/readiness/adversaries.py FIRST [COUNT [AT_A_TIME]]

runs those of the seeds from FIRST on and tells what was found; one seed alone tells each step.
"""

from __future__ import annotations

import collections
import concurrent.futures
import dataclasses
import os
import random
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from bgterm import READY
from bgterm.manager import SessionManager
from bgterm.session import Session
from readiness.adversary.program import PROMPTS, START, TEXTS
from readiness.adversary.waits import WAITS
from readiness.adversary.works import CARRIERS, SPENT

TESTS = Path(__file__).parents[1]
ENV = {
    **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
    "PS1": "shell$ ",
    "TERM": "xterm-256color",
    "LC_ALL": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}

SHELLS = {"bash": ("bash", "--norc"), "zsh": ("zsh", "-f"), "fish": ("fish", "--no-config"), "dash": ("dash", "-i")}
STARTS = {
    "directly": "{}",
    **dict.fromkeys(SHELLS, "{}"),
    "sh -c": "sh -c {quoted}",
    "setsid": "setsid -w {}",
    "su": "su root -s /bin/sh -c {quoted}",
    "sudo": "sudo -n {}",
    "script": "script -qec {quoted} /dev/null",
    "a pipeline": "sh -c {piped}",
}
"""From where it is started: a shell's prompt, or by way of another program."""

FLOWS = ("sequential", "slices", "slices", "listening", "listening", "listening", "kernel")
"""The first does not listen while it works, the second does for short times, the others do all the time: while somebody
else works, or for a timer or the network."""

_OFTEN = 12
_TIMED = {name for name in WAITS if name not in {"read", "readv"}}
_TAKE_OTHERS = {
    name for name in WAITS if name not in {"read", "readv", "vtime", "non-blocking", "sigio", "reader-thread"}
}
_BELLS = ("self", "signal", "pipe", "socketpair", "eventfd", "signalfd")
_TIMERS = ("alarm", "posix-timer", "thread-of-timer")
_KERNEL = ("timerfd", "network")

ASKS_WITHIN_S = 30
SURE_WITHIN_S = 0.3
QUIET_WITHIN_MS = 15_000


@dataclasses.dataclass(frozen=True)
class Adversary:
    """What was drawn."""

    seed: int
    start: str
    lines: int
    words: Mapping[str, str]

    def __str__(self) -> str:
        words = " ".join(f"{key}={value}" for key, value in self.words.items())
        return f"seed {self.seed}: started by {self.start}, {self.lines} lines, {words}"

    def argv(self, folder: str) -> tuple[list[str], str]:
        """The program to start, and what is typed into it to start the adversary, "" for nothing."""
        words = [sys.executable, "-S", "-c", START, str(TESTS), folder, *(f"{k}={v}" for k, v in self.words.items())]
        command = shlex.join(words)
        typed = STARTS[self.start].format(
            command, quoted=shlex.quote(command), piped=shlex.quote(f"{command} | cat; true")
        )
        if self.start in SHELLS:
            return list(SHELLS[self.start]), typed + "\n"
        return (words, "") if self.start == "directly" else (shlex.split(typed), "")


def draw(seed: int, starts: Iterable[str] = STARTS) -> Adversary:
    """The adversary of a seed."""
    chance = random.Random(seed)
    flow = chance.choice(FLOWS)
    readers = {
        "sequential": set(WAITS),
        "slices": _TIMED,
        "listening": set(WAITS),
        "kernel": _TAKE_OTHERS - {"reader-child", "poll-of-many"},
    }
    reader = chance.choice(sorted(readers[flow]))
    carriers = _KERNEL if flow == "kernel" else (*CARRIERS, *_TIMERS)
    words = {
        "flow": flow,
        "reader": reader,
        "carrier": chance.choice(carriers),
        "spent": chance.choice(sorted(SPENT)),
        "seconds": chance.choice(["0.05", "0.1", "0.2", "0.3"]),
        "notify": chance.choice(_BELLS if reader in _TAKE_OTHERS else _BELLS[:2]),
        "text": chance.choice(sorted(TEXTS)),
        "parts": chance.choice(["1", "1", "3"]),
        "bit": chance.choice(sorted(TEXTS)),
        "end": chance.choice(["newline", "newline", "space"]),
        "prompt": chance.choice(sorted(PROMPTS)),
        "modes": chance.choice(["cooked", "cooked", "no-echo", "raw"]),
        "tty": chance.choice(["0", "0", "/dev/tty"]),
        "out": chance.choice(["1", "1", "2"]),
    }
    if flow == "sequential":
        del words["carrier"]
    if flow != "listening":
        words["notify"] = "self"
    start = chance.choice(["directly"] * _OFTEN + sorted(starts))
    return Adversary(seed, start, chance.randint(1, 4), words)


@dataclasses.dataclass
class Account:
    """What running them has shown."""

    runs: int = 0
    steps: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter[str])
    """The answers, by confidence."""
    wrong: list[str] = dataclasses.field(default_factory=list[str])

    def add(self, other: Account) -> None:
        self.runs += other.runs
        self.steps += other.steps
        self.wrong += other.wrong


class Play:
    """One adversary in a session."""

    def __init__(self, manager: SessionManager, adversary: Adversary, *, tells: bool = False) -> None:
        self.adversary = adversary
        self.account = Account(1)
        self.manager = manager
        self.tells = tells

    def run(self) -> Account:
        with tempfile.TemporaryDirectory(prefix="bgterm-adversary-") as folder:
            argv, typed = self.adversary.argv(folder)
            session = self.manager.open(self.manager.start_session(argv, folder, ENV))
            try:
                if typed:
                    session.poll(ASKS_WITHIN_S * 1000, until=READY, min_confidence="quiet")
                for line in range(1, self.adversary.lines + 2):
                    if not self.step(session, folder, line, session.write_stdin(typed).data):
                        break
                    typed = "go\r" if self.adversary.words["modes"] == "raw" else "go\n"
            finally:
                session.close(kill_after_ms=300)
        return self.account

    def asked(self, folder: str) -> int:
        try:
            return os.stat(f"{folder}/asks").st_size
        except FileNotFoundError:
            return 0

    def step(self, session: Session, folder: str, number: int, data: bytes) -> bool:
        """Wait until it asks for the `number`th time; whether it may go on. `data` came already."""
        begin = time.monotonic()
        asked_at = None
        while True:
            found = session.poll(50, until=READY)
            data += found.data
            asked = self.asked(folder)
            if found.reason == "ready":
                assert found.status is not None
                shown = number == 1 or b"done" in data
                if asked < number or not shown:
                    return self.fail(f"line {number}: ready too early: {found.status}, shown {data[-200:]!r}")
                return self.note(number, found.status.confidence)
            if found.reason == "exit" or os.path.exists(f"{folder}/error"):
                return self.fail(f"line {number}: it broke: {self.error(folder)} {data[-500:]!r}")
            now = time.monotonic()
            if asked >= number and asked_at is None:
                asked_at = now
            if asked_at is not None and now - asked_at > SURE_WITHIN_S:
                break
            if asked_at is None and now - begin > ASKS_WITHIN_S:
                return self.fail(f"line {number}: it never asked: {found.status}, shown {data[-500:]!r}")
        before = found.status
        found = session.poll(QUIET_WITHIN_MS, until=READY, min_confidence="quiet")
        if found.reason != "ready" or found.status is None:
            return self.fail(f"line {number}: never found ready: {found.status}, shown {data[-200:]!r}")
        return self.note(number, found.status.confidence, f" after {before}")

    def error(self, folder: str) -> str:
        try:
            return Path(folder, "error").read_text()
        except FileNotFoundError:
            return ""

    def note(self, number: int, confidence: str, more: str = "") -> bool:
        self.account.steps[confidence] += 1
        if self.tells:
            print(f"  line {number}: {confidence}{more}")
        return True

    def fail(self, what: str) -> bool:
        self.account.wrong.append(f"{self.adversary}\n    {what}")
        return False


def play_all(seeds: Iterable[int], at_a_time: int = 16) -> Account:
    """Run the adversaries of these seeds."""
    starts = usable_starts()
    account = Account()
    with SessionManager() as manager, concurrent.futures.ThreadPoolExecutor(at_a_time) as pool:

        def play(seed: int) -> Account:
            return Play(manager, draw(seed, starts)).run()

        for done in pool.map(play, seeds):
            account.add(done)
    return account


def usable_starts() -> list[str]:
    """From where they can be started on this machine."""
    return [start for start in STARTS if start == "directly" or usable(start)]


def usable(start: str) -> bool:
    """Whether a program that starts it is here, and may."""
    name = {"sh -c": "sh", "a pipeline": "sh"}.get(start, start)
    return shutil.which(name) is not None and (name not in {"su", "sudo"} or not os.geteuid())


def _main(first: int, count: int = 1, at_a_time: int = 16) -> None:
    if count == 1:
        with SessionManager() as manager:
            adversary = draw(first, usable_starts())
            print(adversary)
            account = Play(manager, adversary, tells=True).run()
    else:
        account = play_all(range(first, first + count), at_a_time)
    for wrong in account.wrong:
        print(wrong)
    print(
        f"{account.runs} run, {sum(account.steps.values())} answers: {dict(account.steps)}, {len(account.wrong)} wrong"
    )


if __name__ == "__main__":
    _main(*map(int, sys.argv[1:]))
