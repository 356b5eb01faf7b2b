"""What is alive, by the kernel's word."""

from __future__ import annotations

import os


def alive(pid: int) -> bool:
    """Whether there is a process with this pid that is more than a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b")")[2].split()[0] not in {b"Z", b"X"}
    except (FileNotFoundError, ProcessLookupError):
        return False


def ended(pid: int) -> bool:
    """Whether there is none any more."""
    return not alive(pid)


def bearing(variable: str) -> list[int]:
    """The living processes with `variable` ("NAME=value") in the environment that they were started with."""
    found: list[int] = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                environment = file.read().split(b"\0")
        except OSError:
            continue
        if variable.encode() in environment and alive(int(name)):
            found.append(int(name))
    return found


def terminals() -> int:
    """How many pseudo-terminals the system has given out."""
    with open("/proc/sys/kernel/pty/nr", encoding="ascii") as file:
        return int(file.read())
