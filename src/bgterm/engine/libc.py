"""posix_spawn(3) of the C library itself, which closes every descriptor in the child: Python's does from 3.13 on.

To list the descriptors and close each that would be handed down is no match for it. It takes 1.6 µs for each that is
open, which is three for each session, and what another thread opens meanwhile is missed.
"""

from __future__ import annotations

import ctypes
import functools
import os
from array import array
from collections.abc import Mapping, Sequence

_OPAQUE_BYTES = 1024
"""Enough for posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t (glibc: 336, 80 and 128 bytes)."""

_SETSIGDEF, _SETSIGMASK, _SETSID = 0x04, 0x08, 0x80  # glibc: posix/spawn.h


class ClosingSpawn:
    """Starts programs as leaders of sessions of their own, with three descriptors each, all of a terminal's.

    Raises AttributeError where the C library has no posix_spawn_file_actions_addclosefrom_np(3): glibc has it from
    2.34 on, musl has not.
    """

    def __init__(self, default_signals: Sequence[int]) -> None:
        libc = ctypes.PyDLL(None)  # with the interpreter's lock held, as by os.posix_spawn
        self._spawn = libc.posix_spawn
        self._begin = libc.posix_spawn_file_actions_init
        self._end = libc.posix_spawn_file_actions_destroy
        self._open = libc.posix_spawn_file_actions_addopen
        self._dup2 = libc.posix_spawn_file_actions_adddup2
        self._close_from = libc.posix_spawn_file_actions_addclosefrom_np
        self._attributes = ctypes.create_string_buffer(_OPAQUE_BYTES)
        signals = ctypes.create_string_buffer(_OPAQUE_BYTES)
        libc.sigemptyset(signals)
        libc.posix_spawnattr_init(self._attributes)
        libc.posix_spawnattr_setsigmask(self._attributes, signals)
        for number in default_signals:
            libc.sigaddset(signals, number)
        libc.posix_spawnattr_setsigdefault(self._attributes, signals)
        libc.posix_spawnattr_setflags(self._attributes, ctypes.c_short(_SETSIGDEF | _SETSIGMASK | _SETSID))

    def __call__(
        self,
        executable: str,
        arguments: Sequence[str | bytes | os.PathLike[str] | os.PathLike[bytes]],
        env: Mapping[str, str],
        terminal: str,
        errors: str | None,
        spawned: array[int],
    ) -> None:
        """Add the pid to `spawned`, or 0: the C library writes it there before any signal handler can run.

        `terminal` is opened for all three standard descriptors, but `errors` for the last of them where it is given.

        Raises OSError with the path in it, and ValueError for what cannot be an argument or a variable.
        """
        argv = _strings([os.fsdecode(argument) for argument in arguments])
        environment = _strings(["=".join(variable) for variable in env.items()])
        actions = ctypes.create_string_buffer(_OPAQUE_BYTES)
        self._begin(actions)
        try:
            self._open(actions, 0, terminal.encode(), os.O_RDWR, 0)
            self._dup2(actions, 0, 1)
            if errors is None:
                self._dup2(actions, 0, 2)
            else:
                self._open(actions, 2, errors.encode(), os.O_RDWR, 0)
            self._close_from(actions, 3)
            spawned.append(0)
            pid = ctypes.c_int.from_buffer(spawned, (len(spawned) - 1) * spawned.itemsize)
            error = self._spawn(
                ctypes.byref(pid), os.fsencode(executable), actions, self._attributes, argv, environment
            )
        finally:
            self._end(actions)
        if error:
            raise OSError(error, os.strerror(error), executable)


def _strings(values: Sequence[str]) -> ctypes.Array[ctypes.c_char_p]:
    strings = os.fsencode("\0".join(values)).split(b"\0") if values else []  # at once: a call for each takes longer
    if len(strings) != len(values):
        raise ValueError("embedded null byte")
    return (ctypes.c_char_p * (len(strings) + 1))(*strings, None)


@functools.cache
def closing_spawn(default_signals: tuple[int, ...]) -> ClosingSpawn | None:
    """What starts programs so, or None where the C library cannot."""
    try:
        return ClosingSpawn(default_signals)
    except (AttributeError, OSError):
        return None
