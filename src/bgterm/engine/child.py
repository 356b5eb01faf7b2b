"""The program in the terminal: a process of ours, from its start to its exit code."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from array import array

from bgterm.engine.noted import all_noted, give_back, noted


class Child:
    """A child process whose exit is an event on a descriptor.

    `exit_fd` is readable from the moment it has exited. The exit is never concluded from the terminal's end:
    a grandchild may hold the terminal long after the child, and a child may close it long before.
    """

    __slots__ = ("_opened", "_pidfd", "exit_code", "exit_fd", "exited", "spawned")

    def __init__(self) -> None:
        """Begin before there is a child: see `spawned`."""
        self.spawned = array("i")
        """Who starts the child adds its pid, within a call of C (see `engine.spawn`)."""
        self.exited = False
        self.exit_code: int | None = None
        """Negative for a signal. None while running, and where somebody else reaped the child."""
        self.exit_fd = -1
        self._pidfd: int | None = None
        self._opened: list[int] = []

    @property
    def pid(self) -> int:
        """The child's, or 0 before there is one."""
        return self.spawned[-1] if self.spawned else 0

    def watch(self) -> None:
        """Have the exit be an event. Raises OSError where no descriptor is left."""
        try:
            self._pidfd = self.exit_fd = noted(self._opened, os.pidfd_open, self.pid)
        except (AttributeError, OSError):  # a kernel before 5.4, a sandbox that knows no pidfd, macOS
            self.exit_fd = _open_exit_fd(self.pid, self._opened)

    def reap(self) -> bool:
        """Look whether the child has exited, and take its exit code; never waits."""
        if self.exited:
            return True
        kind, number = (os.P_PID, self.pid) if self._pidfd is None else (os.P_PIDFD, self._pidfd)
        try:
            # The code is noted before the child is reaped: a signal handler that raises in between loses nothing.
            found = os.waitid(kind, number, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if found is None:
                return False
            code = found.si_status
            self.exit_code = code if found.si_code == os.CLD_EXITED else -code
            os.waitid(kind, number, os.WEXITED | os.WNOHANG)
        except ChildProcessError:
            pass  # the host ignores SIGCHLD, so that the kernel reaps (wait(2)), or it waits for any child itself
        self.exited = True
        return True

    def send_signal(self, number: int) -> None:
        """Signal the child, unless it has exited: a pidfd means this process alone, a pid may get another owner."""
        if self.reap():
            return
        try:
            if self._pidfd is None:
                os.kill(self.pid, number)
            else:
                signal.pidfd_send_signal(self._pidfd, number)
        except ProcessLookupError:
            pass

    def end(self, seconds: float) -> None:
        """Kill the child and wait until it has exited, so long at most. It is still to be reaped."""
        if self.exit_fd < 0:
            self.watch()
        self.send_signal(signal.SIGKILL)
        poll = select.poll()
        poll.register(self.exit_fd, select.POLLIN)
        poll.poll(seconds * 1000)

    def close(self) -> None:
        """Give the descriptor back. Can be done again."""
        self.exit_fd = -1
        give_back(self._opened)


def _open_exit_fd(pid: int, opened: list[int]) -> int:
    """A descriptor that is readable once the child has exited, where there is no pidfd."""
    if sys.platform == "darwin":
        queue = select.kqueue()
        event = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
        try:
            queue.control([event], 0)
        except ProcessLookupError:
            pass  # it has exited already: the thread below notices at once
        else:
            return noted(opened, os.dup, queue.fileno())
    return _exit_pipe(pid, opened)


def _exit_pipe(pid: int, opened: list[int]) -> int:
    """The same where the kernel offers no event: a thread waits for the child, without reaping it."""
    all_noted(opened, os.pipe)
    read_end, ends = opened[-2], opened[-1:]  # the thread's
    del opened[-1]

    def wait() -> None:
        try:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:
            pass
        finally:
            give_back(ends)  # the end of the pipe is the event

    try:
        threading.Thread(target=wait, name=f"bgterm-exit-{pid}", daemon=True).start()
    except BaseException:
        give_back(ends)
        raise
    return read_end
