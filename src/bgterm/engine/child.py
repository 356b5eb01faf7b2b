"""The program in the terminal: a process of ours, from its start to its exit code."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading


class Child:
    """A child process whose exit is an event on a descriptor.

    `exit_fd` is readable from the moment it has exited. The exit is never concluded from the terminal's end:
    a grandchild may hold the terminal long after the child, and a child may close it long before.
    """

    __slots__ = ("_pidfd", "exit_code", "exit_fd", "exited", "pid")

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.exited = False
        self.exit_code: int | None = None
        """Negative for a signal. None while running, and where somebody else reaped the child."""
        self._pidfd = _open_pidfd(pid)
        self.exit_fd = _open_exit_fd(pid) if self._pidfd is None else self._pidfd

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

    def close(self) -> None:
        """Give the descriptor back."""
        if self.exit_fd >= 0:
            fd, self.exit_fd = self.exit_fd, -1
            os.close(fd)


def _open_pidfd(pid: int) -> int | None:
    """A pidfd (pidfd_open(2)), or None on a kernel before 5.4, in a sandbox that knows none, and on macOS."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _open_exit_fd(pid: int) -> int:
    """A descriptor that is readable once the child has exited, where there is no pidfd."""
    if sys.platform == "darwin":
        queue = select.kqueue()
        event = select.kevent(pid, select.KQ_FILTER_PROC, select.KQ_EV_ADD, select.KQ_NOTE_EXIT)
        try:
            queue.control([event], 0)
        except ProcessLookupError:
            pass  # it has exited already: the thread below notices at once
        else:
            fd = os.dup(queue.fileno())
            queue.close()
            return fd
    return _exit_pipe(pid)


def _exit_pipe(pid: int) -> int:
    """The same where the kernel offers no event: a thread waits for the child, without reaping it."""
    read_end, write_end = os.pipe()

    def wait() -> None:
        try:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        except ChildProcessError:
            pass
        finally:
            os.close(write_end)  # the end of the pipe is the event

    threading.Thread(target=wait, name=f"bgterm-exit-{pid}", daemon=True).start()
    return read_end
