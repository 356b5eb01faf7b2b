"""What /proc tells of a process to anybody, even of one that belongs to somebody else (proc(5))."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bgterm.readiness.programs import MULTI_CALL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


_FEW = 64
"""So many processes are asked for by their number sooner than by a list of all."""


def slurp(path: str, size: int = 4096) -> bytes:
    """The first `size` bytes of a small file. `open()` would cost four times as much."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(fd, size)
    finally:
        os.close(fd)


@dataclass(slots=True)
class ProcessStat:
    """A process or thread as /proc/PID/stat has it."""

    name: str
    state: bytes
    """`b"S"` asleep, `b"R"` running, `b"D"` in the disk, `b"T"` stopped, `b"t"` stopped by a debugger, `b"Z"` dead."""
    parent: int
    group: int
    session: int
    terminal: int
    """The device number of its controlling terminal, 0 where it has none."""
    terminal_group: int
    """The foreground process group of that terminal."""
    cpu_ticks: int
    faults_of_children: int
    """Page faults of the children that it has waited for: 0 only where there was none."""
    thread_count: int
    started: int
    """When, in clock ticks after boot."""
    ignored: int
    """The signals that the process ignores: bit `n - 1` for signal `n`."""
    caught: int
    """The signals for which the process has a handler."""


def parsed_stat(stat: bytes) -> ProcessStat:
    """What a stat file says."""
    # The name may hold spaces and parentheses: what follows it begins at the last one.
    end = stat.rindex(b")")
    fields = stat[end + 2 :].split(None, 32)
    name = stat[stat.index(b"(") + 1 : end].decode(errors="replace")
    parent, group, session, terminal, terminal_group, _, _, faults = map(int, fields[1:9])
    count, started, ignored, caught = map(int, (fields[17], fields[19], fields[30], fields[31]))
    ticks = int(fields[11]) + int(fields[12])
    return ProcessStat(
        name,
        fields[0],
        parent,
        group,
        session,
        terminal,
        terminal_group,
        ticks,
        faults,
        count,
        started,
        ignored,
        caught,
    )


def process_stat(pid: int) -> ProcessStat | None:
    """The process, None where there is none."""
    try:
        return parsed_stat(slurp(f"/proc/{pid}/stat", 1024))
    except OSError:
        return None


def newest_pid() -> int:
    """The process or thread that was started last, 0 where that cannot be known. Numbers are given in turn."""
    try:
        return int(slurp("/proc/loadavg").rpartition(b" ")[2])
    except (OSError, ValueError):
        return 0


def oldest(pids: Collection[int]) -> int:
    """That of these numbers which was given first: they are given in turn, and begin anew behind the highest."""
    newest = newest_pid()
    return min(pids, key=lambda pid: (pid <= newest, pid))


def is_process(pid: int) -> bool:
    """Whether a number is a process's own, and not that of another thread of it."""
    try:
        _, _, rest = slurp(f"/proc/{pid}/status").partition(b"\nTgid:")
        return int(rest.split(None, 1)[0]) == pid
    except (OSError, IndexError):
        return False


def pids_since(first: int, last: int) -> Iterator[int]:
    """Processes that were started after `first`, up to `last`; also some numbers of threads, and of nobody."""
    if 0 <= last - first <= _FEW:
        yield from range(first + 1, last + 1)
        return
    for name in os.listdir("/proc"):
        if name.isdecimal():
            pid = int(name)
            if first < pid <= last or (last < first and (pid > first or pid <= last)):
                yield pid


def threads(pid: int) -> list[int]:
    """The threads of a process, its main thread first."""
    try:
        tids = [int(tid) for tid in os.listdir(f"/proc/{pid}/task")]
    except OSError:
        return []
    return sorted(tids, key=lambda tid: tid != pid)


def children(pid: int) -> list[int]:
    """The children of a process, whichever of its threads started them."""
    return [child for tid in threads(pid) for child in children_of(pid, tid)]


def children_of(pid: int, tid: int) -> list[int]:
    """The children that one thread of a process has started."""
    try:
        return list(map(int, slurp(f"/proc/{pid}/task/{tid}/children", 65536).split()))
    except OSError:
        return []


def descendants(pid: int) -> Iterator[int]:
    """`pid` and everything below it. /proc as a whole is never scanned: that costs ms on a full machine."""
    seen = {pid}
    queue = [pid]
    for process in queue:
        yield process
        fresh = [child for child in children(process) if child not in seen]
        seen.update(fresh)
        queue += fresh


def name_of(pid: int) -> str:
    """The name of a process as the kernel keeps it (at most 15 bytes), "" where there is none."""
    stat = process_stat(pid)
    return stat.name if stat else ""


def command_line(pid: int) -> list[bytes]:
    """The arguments with which a process was started, none where there is none."""
    try:
        return slurp(f"/proc/{pid}/cmdline").removesuffix(b"\0").split(b"\0")
    except OSError:
        return []


def command_of(pid: int) -> str:
    """The same in one string, "" where there is none."""
    return b" ".join(command_line(pid)).decode(errors="replace").strip()


def program_name(pid: int, name: str) -> str:
    """Which program a process runs that the kernel calls `name`: of many in one its arguments tell."""
    if name not in MULTI_CALL:
        return name
    called, *arguments = command_of(pid).split()[:2] or [name]
    return arguments[0] if arguments and os.path.basename(called) in MULTI_CALL else os.path.basename(called)
