"""A thread's files in /proc, kept open: to read one again costs a third of opening it for every look."""

from __future__ import annotations

import os

from bgterm.readiness.linux.procfs import ProcessStat, parsed_stat


class Thread:
    """One thread, for as long as this object lives: another that gets its number later is not taken for it.

    Whatever is read raises OSError once the thread is gone, and PermissionError where the kernel refuses.
    """

    __slots__ = ("_files", "pid", "tid")

    def __init__(self, pid: int, tid: int) -> None:
        self.pid = pid
        self.tid = tid
        self._files: dict[str, int] = {}

    def syscall(self) -> bytes:
        """The system call that it sleeps in, its arguments, stack and instruction pointer; or "running"."""
        return self._read("syscall", 256, 0)

    def stat(self) -> ProcessStat:
        """What it is and does."""
        return parsed_stat(self._read("stat", 1024, 0))

    def memory(self, address: int, size: int) -> bytes:
        """A piece of its process's memory."""
        memory = self._read("mem", size, address)
        if not memory:  # the file shows what was there before an exec
            os.close(self._files.pop("mem"))
            memory = self._read("mem", size, address)
        return memory

    def _read(self, name: str, size: int, offset: int) -> bytes:
        fd = self._files.get(name)
        if fd is None:
            path = f"/proc/{self.pid}/task/{self.tid}/{name}"
            fd = self._files[name] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        return os.pread(fd, size, offset)

    def __del__(self) -> None:
        for fd in self._files.values():
            os.close(fd)
