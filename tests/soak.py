"""A mixed load for a given time: shells, REPLs, floods, kills and closes, and every byte checked against what was sent.

    python tests/soak.py --minutes 10

Prints what was done, how many bytes were checked, which faults were injected, and what was lost. The exit code is 1 if
anything was lost, or left behind.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable

import bgterm
from belongings import Belongings
from bgterm.errors import SessionExitedError, UnknownSessionError
from faults.processes import bearing, terminals
from faults.streams import counted, counted_bytes, differing
from waiting import eventually

TAG = f"SOAK={os.getpid()}"
ENVIRONMENT = {**os.environ, "SOAK": str(os.getpid()), "PS1": "$ ", "TERM": "xterm-256color"}
LONGEST_MS = 60_000
"""No step takes as long: who waits longer has been forgotten."""

DIGEST = (
    "import hashlib, os, tty\n"
    "tty.setraw(0)\n"
    "print('up', flush=True)\n"
    "left, digest = {size}, hashlib.sha256()\n"
    "while left:\n"
    "    data = os.read(0, min(left, 65536))\n"
    "    left -= len(data)\n"
    "    digest.update(data)\n"
    "print(digest.hexdigest(), flush=True)\n"
)


class Lost(Exception):  # noqa: N818 - what it says
    """Something did not arrive, or arrived twice, or did not end."""


class Load:
    """What one thread does, over and over, and what came of it."""

    def __init__(self, seed: int, counts: Counter[str], lock: threading.Lock) -> None:
        self.random = random.Random(seed)
        self._counts, self._lock = counts, lock

    def count(self, what: str, number: int = 1) -> None:
        with self._lock:
            self._counts[what] += number

    def checked(self, sent: bytes, received: bytes) -> None:
        """Both must be the same."""
        lost = differing(sent, received)
        self.count("bytes checked", len(sent))
        if lost:
            raise Lost(f"{lost} of {len(sent)} bytes")

    def start(self, command: str | list[str], **options: object) -> bgterm.Session:
        self.count("sessions")
        return bgterm.Session.start(command, env=ENVIRONMENT, **options)  # type: ignore[arg-type]

    def shell(self) -> None:
        """Lines through a shell, each answer checked."""
        with self.start(["bash", "--norc", "--noediting"]) as session:
            session.write_stdin("stty -echo; PS1=; PS2=; echo u''p\n", max_output_bytes=0)
            self.until(session, "up\r\n")
            for _ in range(self.random.randrange(1, 50)):
                word = str(self.random.randrange(10 ** self.random.randrange(1, 200)))
                page = session.write_stdin(f"echo {word}\n", LONGEST_MS, until=r"\r\n$")
                self.checked(f"{word}\r\n".encode(), page.data)

    def repl(self) -> None:
        """Expressions in a Python, each at its prompt."""
        with self.start([sys.executable, "-q", "-S", "-E"]) as session:
            self.until(session, ">>> $")
            for _ in range(self.random.randrange(1, 30)):
                a, b = self.random.randrange(10**9), self.random.randrange(10**9)
                page = session.write_stdin(f"{a} * {b}\n", LONGEST_MS, until=rf"\n{a * b}\r\n>>> $")
                if page.match is None:
                    raise Lost(f"the answer to {a} * {b}: {page}")
                self.count("bytes checked", len(str(a * b)))

    def flood(self) -> None:
        """All of a flood, in pages of any size, by one to three threads."""
        lines = self.random.randrange(1, 60_000)
        readers = self.random.randrange(1, 4)
        session = self.start(counted(lines), overflow="block", max_buffer_bytes=self.random.choice([5000, 100_000]))
        pages: list[bgterm.PollResult] = []

        def read() -> None:
            while True:
                page = session.poll(LONGEST_MS, self.random.choice([100, 5000, None]))
                pages.append(page)
                if not page.running and not page.remaining_bytes:
                    return

        threads = [threading.Thread(target=read) for _ in range(readers - 1)]
        with session:
            for thread in threads:
                thread.start()
            read()
            for thread in threads:
                thread.join()
        pages.sort(key=lambda page: (page.start_offset, page.end_offset))
        self.checked(counted_bytes(lines), b"".join(page.data for page in pages))

    def dropping_flood(self) -> None:
        """What is kept of a flood stands where its offset says, and the rest is counted."""
        lines = self.random.randrange(1, 60_000)
        expected = counted_bytes(lines)
        with self.start(counted(lines), max_buffer_bytes=self.random.choice([1000, 50_000])) as session:
            end = 0
            while (page := session.poll(LONGEST_MS, 3000)).running or page.remaining_bytes or page.data:
                if page.start_offset != end + page.dropped_bytes:
                    raise Lost(f"a gap that was not counted at {end}")
                self.checked(expected[page.start_offset : page.end_offset], page.data)
                self.count("bytes dropped, and counted", page.dropped_bytes)
                end = page.end_offset
            if end != len(expected):
                raise Lost("the tail")

    def killed_flood(self) -> None:
        """A flood up to the moment when its program is killed."""
        with self.start(["seq", "1000000", "9000000"], overflow="block") as session:
            data = b""
            for _ in range(self.random.randrange(1, 20)):
                data += session.poll(LONGEST_MS).data
            session.kill()
            self.count("faults: SIGKILL of a program in a flood")
            while (page := session.poll(LONGEST_MS)).running or page.remaining_bytes:
                data += page.data
            data += page.data
            if page.exit_code != -signal.SIGKILL:
                raise Lost(f"the exit code: {page.exit_code}")
            self.checked(counted_bytes(len(data) // 9 + 1)[: len(data)], data)

    def typing(self) -> None:
        """Any bytes typed to a program in a raw terminal, whose digest must be ours."""
        data = self.random.randbytes(self.random.randrange(1, 400_000))
        with self.start([sys.executable, "-S", "-E", "-c", DIGEST.format(size=len(data))]) as session:
            self.until(session, "up\n")
            place = 0
            while place < len(data):
                size = self.random.randrange(1, 100_000)
                session.write_stdin(data[place : place + size], max_output_bytes=0)
                place += size
            page = session.poll(LONGEST_MS, until="[0-9a-f]{64}")
            if page.match is None or page.match[0] != hashlib.sha256(data).hexdigest():
                raise Lost(f"input of {len(data)} bytes")
            self.count("bytes checked", len(data))

    def closed_while_waited_for(self) -> None:
        """Whoever waits on a session that is closed is told."""
        session = self.start("cat")
        told: list[str] = []

        def wait() -> None:
            try:
                told.append(session.poll(LONGEST_MS, until="never").reason)
            except UnknownSessionError:
                told.append("closed")

        threads = [threading.Thread(target=wait) for _ in range(3)]
        for thread in threads:
            thread.start()
        session.close(kill_after_ms=self.random.choice([0, 1000]))
        self.count("faults: close while three threads wait")
        for thread in threads:
            thread.join(LONGEST_MS / 1000)
        if len(told) != len(threads) or not {"exit", "closed"}.issuperset(told):
            raise Lost("a waiter was not told")

    def stubborn_tree(self) -> None:
        """A tree that ignores what it can, closed; the end of the run shows that nothing of it is left."""
        with self.start(
            "trap '' HUP TERM; setsid sleep 1000 & nohup sleep 1000 & (sleep 1000 &); echo up; wait"
        ) as session:
            self.until(session, "up\r\n")
            session.close(kill_after_ms=20)
            self.count("faults: close of a tree that ignores signals")

    def stopped(self) -> None:
        """A program that is stopped and goes on."""
        with self.start("stty -echo; echo up; exec cat") as session:
            self.until(session, "up\r\n")
            for number in range(10):
                os.kill(session.info().pid, signal.SIGSTOP)
                self.count("faults: SIGSTOP of a program")
                data = session.write_stdin(f"{number}\n").data
                os.kill(session.info().pid, signal.SIGCONT)
                while not data.endswith(b"\n"):
                    page = session.poll(LONGEST_MS)
                    if not page.data:
                        raise Lost(f"line {number}")
                    data += page.data
                self.checked(b"%d\r\n" % number, data)

    def exits(self) -> None:
        """Exit codes and tails."""
        code = self.random.randrange(256)
        with self.start(f"printf {code:03d}; exit {code}") as session:
            if session.wait(LONGEST_MS) != code:
                raise Lost(f"exit code {code}")
            self.checked(b"%03d" % code, session.read().data)
            try:
                session.write_stdin("x")
            except SessionExitedError:
                self.count("faults: input to a program that has exited")
            else:
                raise Lost("input to a program that has exited")

    def until(self, session: bgterm.Session, pattern: str) -> None:
        page = session.poll(LONGEST_MS, until=pattern)
        if page.match is None:
            raise Lost(f"{pattern!r}: {page}")


def run(minutes: float, threads: int, seed: int) -> int:
    """Run the load; return how many losses there were."""
    counts: Counter[str] = Counter()
    lock = threading.Lock()
    bgterm.close(bgterm.start_session("true"))  # what the library keeps for ever is there before anything is counted
    before, terminals_before = Belongings.now(), terminals()
    deadline = time.monotonic() + minutes * 60

    def work(load: Load) -> None:
        steps: list[Callable[[], None]] = [
            load.shell,
            load.repl,
            load.flood,
            load.dropping_flood,
            load.killed_flood,
            load.typing,
            load.closed_while_waited_for,
            load.stubborn_tree,
            load.stopped,
            load.exits,
        ]
        while time.monotonic() < deadline:
            step = load.random.choice(steps)
            try:
                step()
            except Exception:  # noqa: BLE001 - whatever it is, it is a loss
                load.count("losses")
                traceback.print_exc()

    workers = [threading.Thread(target=work, args=(Load(seed + n, counts, lock),)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    left = 0
    if not eventually(lambda: not Belongings.now().beyond(before)):
        left += len(Belongings.now().beyond(before))
        print("left behind:", *Belongings.now().beyond(before), sep="\n  ")
    if not eventually(lambda: not [pid for pid in bearing(TAG) if pid != os.getpid()]):
        left += len(bearing(TAG))
        print("programs left behind:", bearing(TAG))
    print(f"{minutes:g} minutes, {threads} threads, seed {seed}, Python {sys.version.split()[0]}")
    for what, number in sorted(counts.items()):
        if what != "losses":
            print(f"{number:>14,} {what}")
    print(f"{sum(number for what, number in counts.items() if what.startswith('faults')):>14,} faults injected")
    print(f"{terminals() - terminals_before:>14,} more terminals in the system than before")
    print(f"{left:>14,} processes, descriptors or threads left behind")
    print(f"{counts['losses']:>14,} losses")
    return counts["losses"] + left


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--threads", type=int, default=6)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    arguments = parser.parse_args()
    sys.exit(1 if run(arguments.minutes, arguments.threads, arguments.seed) else 0)


if __name__ == "__main__":
    main()
