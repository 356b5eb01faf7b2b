"""An adversary: it asks, works on what was typed, and asks again, as its description says.

    python -S -c START TESTS FOLDER reader=select flow=listening ...

It says in `FOLDER/asks` that it is done and asks again: one byte for each time, before it prints its prompt.
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
import socket
import termios
import threading
from collections.abc import Callable
from functools import partial

from readiness.adversary.waits import WAITS, Wait
from readiness.adversary.works import CARRIERS, SPENT, complain, late_server

START = "import sys; sys.path[0] = sys.argv[1]; from readiness.adversary.program import main; main(*sys.argv[2:])"

TEXTS = {
    "nothing": "",
    "words": "working",
    "dots": "...",
    "percent": "\rDownloading 50%",
    "its-prompt": "{prompt}",
    "angle": "> ",
    "dollar": "$ ",
    "python": ">>> ",
    "host": "me@host:~$ ",
    "question": "Go on? [y/N] ",
    "password": "Password: ",
    "any-key": "Press any key to continue",
    "paste-mark": "\x1b[?2004h> ",
    "shell-marks": "\x1b]133;A\x07$ \x1b]133;B\x07",
    "alternate": "\x1b[?1049h\x1b[Hmenu",
    "node": "\x1b[1G\x1b[0J> \x1b[3G",
}
"""What it prints while it works; without a newline, so that the cursor stands behind it."""

PROMPTS = {
    "R": "R> ",
    "name": "Name: ",
    "counter": "adv[{count}]> ",
    "python": ">>> ",
    "question": "Go on? [y/N] ",
    "no-space": "value:",
}


class Adversary:
    """What it has, while it runs."""

    def __init__(self, folder: str, words: dict[str, str]) -> None:
        self.words = words
        self.asks_file = os.open(f"{folder}/asks", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        self.seconds = float(words["seconds"])
        self.out = int(words["out"])
        self.count = 0
        self.tty = self.terminal(words["tty"])
        self.modes(words["modes"])
        self.hears, self.tells = self.bell(words["notify"])
        self.wait: Wait = WAITS[words["reader"]](self.tty, [] if self.hears < 0 else [self.hears])
        self.typed = b""
        self.told = False

    def terminal(self, name: str) -> int:
        if name == "/dev/tty":
            with contextlib.suppress(OSError):  # no controlling terminal
                return os.open(name, os.O_RDWR)
        return 0

    def modes(self, name: str) -> None:
        if name == "cooked":
            return
        modes = termios.tcgetattr(self.tty)
        modes[3] &= ~termios.ECHO if name == "no-echo" else ~(termios.ECHO | termios.ICANON)
        termios.tcsetattr(self.tty, termios.TCSANOW, modes)

    def bell(self, kind: str) -> tuple[int, Callable[[], object]]:
        """A descriptor that hears, -1 for none, and what tells it."""
        if kind == "pipe":
            hears, tells = os.pipe()
            return hears, partial(os.write, tells, b"x")
        if kind == "socketpair":
            near, far = socket.socketpair()
            self.near = near
            return near.fileno(), partial(far.send, b"x")
        if kind == "eventfd":
            fd = os.eventfd(0)
            return fd, partial(os.eventfd_write, fd, 1)
        if kind == "signalfd":
            from readiness.adversary.kernel import signalfd  # noqa: PLC0415 - ctypes takes time

            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
            return signalfd(signal.SIGUSR1), partial(os.kill, os.getpid(), signal.SIGUSR1)
        if kind == "signal":
            signal.signal(signal.SIGUSR1, self.on_signal)
            return -1, partial(os.kill, os.getpid(), signal.SIGUSR1)
        return -1, self.ask

    def on_signal(self, *_: object) -> None:
        self.ask()

    def write(self, text: str) -> None:
        os.write(self.out, text.encode())

    def prompt(self) -> str:
        return PROMPTS[self.words["prompt"]].format(count=self.count)

    def ask(self) -> None:
        """It is done, and asks."""
        self.count += 1
        end = "" if self.count == 1 else f"done {self.count}" + ("\r\n" if self.words["end"] == "newline" else " ")
        os.write(self.asks_file, b"x")
        self.write(end + self.prompt())

    def spend(self) -> None:
        """Work, and print on the way."""
        parts = int(self.words["parts"])
        for part in range(parts):
            SPENT[self.words["spent"]](self.seconds / parts)
            if part < parts - 1:
                self.write(TEXTS[self.words["bit"]].format(prompt=self.prompt()))

    def line(self) -> None:
        """Wait for a line."""
        while True:
            typed, others = self.wait()
            if others:
                self.hear(others)
            if typed and self.takes(typed):
                return

    def takes(self, typed: bytes) -> bool:
        """Whether a line is typed to its end."""
        self.typed += typed
        ended = self.typed.endswith((b"\r", b"\n"))
        if ended:
            self.typed = b""
        return ended

    def hear(self, others: set[int]) -> None:
        for fd in others:
            os.read(fd, 128)
        self.told = True
        if self.words["flow"] == "listening":
            self.ask()

    def sequentially(self) -> None:
        """It does not listen while it works."""
        self.spend()
        self.ask()

    def in_slices(self) -> None:
        """It listens for short times while somebody else works: a key would abort that."""
        done, does = os.pipe()
        os.set_blocking(done, False)
        self.carry(partial(os.write, does, b"x"))
        while True:
            self.wait(0.02)
            with contextlib.suppress(BlockingIOError):
                if os.read(done, 1):
                    break
        os.close(done)
        os.close(does)
        self.ask()

    def listening(self) -> None:
        """It listens for the next line while somebody else works."""
        self.carry(self.tells)

    def carry(self, done: Callable[[], object]) -> None:
        """Have somebody work."""
        carrier = self.words["carrier"]

        def handler(*_: object) -> None:
            done()

        if carrier == "alarm":
            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)
        elif carrier == "posix-timer":
            from readiness.adversary.kernel import posix_timer  # noqa: PLC0415

            signal.signal(signal.SIGUSR2, handler)
            posix_timer(self.seconds, signal.SIGUSR2)
        elif carrier == "thread-of-timer":
            threading.Timer(self.seconds, done).start()
        else:

            def work() -> None:
                self.spend()
                done()

            CARRIERS[carrier](work)

    def waits_for_a_kernel(self) -> None:
        """It listens, and for a descriptor that the kernel or the network writes to."""
        if self.words["carrier"] == "timerfd":
            from readiness.adversary.kernel import timerfd  # noqa: PLC0415

            fd = timerfd(self.seconds)
            connection = None
        else:
            connection = late_server(self.seconds)
            fd = connection.fileno()
        wait = WAITS[self.words["reader"]](self.tty, [fd])
        while True:
            typed, others = wait()
            if fd in others:
                os.read(fd, 8)
                break
            self.typed += typed
        if connection is None:
            os.close(fd)
        else:
            connection.close()
        self.typed = b""
        self.ask()

    def run(self) -> None:
        flows = {
            "sequential": self.sequentially,
            "slices": self.in_slices,
            "listening": self.listening,
            "kernel": self.waits_for_a_kernel,
        }
        self.ask()
        while True:
            self.line()
            self.write(TEXTS[self.words["text"]].format(prompt=self.prompt()))
            flows[self.words["flow"]]()


def main(folder: str, *words: str) -> None:
    """Run until the terminal goes."""
    os.environ["ADVERSARY"] = folder
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))  # whatever goes wrong
    try:
        Adversary(folder, dict(word.split("=", 1) for word in words)).run()
    except (OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno not in {errno.EIO, errno.EPIPE}:
            complain()
        os._exit(0)
    except BaseException:
        complain()
        raise
