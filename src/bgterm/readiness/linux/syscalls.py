"""The numbers of the system calls in which a program can wait for its terminal.

Source: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux.
A machine that is not listed has no numbers, so every question about it is answered "cannot be known".
"""

from __future__ import annotations

import platform
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

C = TypeVar("C")


class Call(Enum):
    """How a call names the descriptors that it waits for."""

    READ = "one descriptor, the first argument"
    SENDFILE = "one descriptor, the second argument"
    POLL = "an array of pollfd, timeout in milliseconds"
    PPOLL = "an array of pollfd, timeout by address"
    SELECT = "a set of bits, timeout by address"
    EPOLL = "an epoll descriptor, timeout in milliseconds"
    EPOLL_PWAIT2 = "an epoll descriptor, timeout by address"
    RESTART = "a call that went on after a signal: poll's arguments, if it was poll"
    IO_URING = "descriptors that the kernel does not show"


_X86_64 = {
    Call.READ: (0, 17, 19, 295, 327, 275, 326),  # read pread64 readv preadv preadv2 splice copy_file_range
    Call.SENDFILE: (40,),
    Call.POLL: (7,),
    Call.PPOLL: (271,),
    Call.SELECT: (23, 270),  # select pselect6
    Call.EPOLL: (232, 281),  # epoll_wait epoll_pwait
    Call.EPOLL_PWAIT2: (441,),
    Call.RESTART: (219,),
    Call.IO_URING: (426,),
}

_AARCH64 = {
    Call.READ: (63, 67, 65, 69, 286, 76, 285),
    Call.SENDFILE: (71,),
    Call.PPOLL: (73,),
    Call.SELECT: (72,),
    Call.EPOLL: (22,),
    Call.EPOLL_PWAIT2: (441,),
    Call.RESTART: (128,),
    Call.IO_URING: (426,),
}


class Rest(Enum):
    """Calls in which a thread sleeps until somebody else does something."""

    FOR_A_CHILD = "until a child ends"
    FOR_A_LOCK = "a futex: the fourth argument is the address of a timeout"
    FOR_A_SIGNAL = "until a signal"
    FOR_A_SIGNAL_IN_TIME = "until a signal: the third argument is the address of a timeout"
    WRITING = "until what it writes is taken, the first argument"


_X86_64_REST = {
    Rest.FOR_A_CHILD: (61, 247),  # wait4 waitid
    Rest.FOR_A_LOCK: (202,),
    Rest.FOR_A_SIGNAL: (34, 130),  # pause rt_sigsuspend
    Rest.FOR_A_SIGNAL_IN_TIME: (128,),
    Rest.WRITING: (1, 20),  # write writev
}

_AARCH64_REST = {
    Rest.FOR_A_CHILD: (260, 95),
    Rest.FOR_A_LOCK: (98,),
    Rest.FOR_A_SIGNAL: (133,),
    Rest.FOR_A_SIGNAL_IN_TIME: (137,),
    Rest.WRITING: (64, 66),
}

_BY_MACHINE = {"x86_64": _X86_64, "aarch64": _AARCH64}
_REST_BY_MACHINE = {"x86_64": _X86_64_REST, "aarch64": _AARCH64_REST}


def calls_of(machine: str) -> dict[bytes, Call]:
    """The waiting calls of a machine by their number, written as `/proc/PID/syscall` writes it."""
    return _by_number(_BY_MACHINE.get(machine, {}))


def _by_number(table: Mapping[C, tuple[int, ...]]) -> dict[bytes, C]:
    return {b"%d" % number: call for call, numbers in table.items() for number in numbers}


CALLS = calls_of(platform.machine())
RESTS = _by_number(_REST_BY_MACHINE.get(platform.machine(), {}))
CALLS_AND_RESTS: dict[bytes, Call | Rest] = {**CALLS, **RESTS}
