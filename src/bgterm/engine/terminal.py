"""One live terminal: a pseudo-terminal, the program in it, its output and its input, and who waits on it.

Who reads. The terminal has one lock, held for moments and never while anybody sleeps. Whoever holds it may
read the terminal; the bytes go to the buffer, so it does not matter who did. What matters is who *sleeps* on
it: a caller that waits becomes the leader and sleeps on the terminal itself, so it is woken by the kernel and
by nobody in between. While there is a leader the I/O thread is not armed for this terminal; when the leader
goes, it is armed again. Others who wait (more threads, asyncio) are followers: whoever changes something
wakes them, and when the leader goes, one of them leads.

What ends. `exited` and `hung_up` are two events: a grandchild may hold the terminal long after the
program has exited, and what it writes still arrives. The exit is only made known after the terminal was read
empty, so the tail of the program's output is there by then.

Who closes. `close` closes the descriptors at once, or leaves it to the leader that sleeps on them: a number
that is given back to the kernel while somebody sleeps on it could be the next terminal's.
"""

from __future__ import annotations

import os
import signal
import termios
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from fcntl import ioctl
from functools import partial
from threading import Lock, Thread
from typing import TypeVar
from weakref import WeakSet

from bgterm.engine import pty, pump
from bgterm.engine.attendance import Attendance, Sleeper
from bgterm.engine.child import Child
from bgterm.engine.ending import kill
from bgterm.engine.input import InputQueue
from bgterm.engine.lock import LastLock, locked_shortly
from bgterm.engine.noted import give_back
from bgterm.engine.observers import Observer, Observers
from bgterm.engine.output import OutputBuffer
from bgterm.engine.processes import MARK_VARIABLE, Process, Program, holders, process, with_outer_marks
from bgterm.engine.pump import LEASE_S, ONCE, READ, WRITE
from bgterm.engine.spawn import Argument, spawn
from bgterm.engine.undisturbed import undisturbed
from bgterm.engine.waker import Attempt, Waker, waker

T = TypeVar("T")

_closers: WeakSet[Thread] = WeakSet()
"""They close terminals whose locks were held: see `Terminal.close`."""

_PULL_BYTES = 65536
"""What a caller takes at a time."""

_READ_BYTES = 4096
"""A pty gives at most 4095 bytes at a time (n_tty.c), and to offer it more costs: the space is allocated first."""

_FULL_READ_BYTES = 4000
"""After a read that is much shorter than a pty can give there is nothing more at this moment."""

_ESCAPE = 0x1B
"""As a number: to look for bytes in bytes costs CPython an exception that it raises and catches."""

_FAIR_BYTES = 16384
"""What the I/O thread reads of one terminal before it turns to the next."""

_TAIL_BYTES = 1 << 20
"""More than the kernel keeps of a terminal's output (tty_buffer.c), so a tail is never cut; and an end, should
a grandchild go on writing."""

_KILL_SECONDS = 2.0
"""How long a program whose start failed may take to die of SIGKILL: one that hangs in the kernel is left to it."""

_TIOCSIG = 0x40045436
"""Signal the foreground process group from the master (ioctl_tty(2))."""

_VEOF = termios.VEOF

_UNKNOWN = -1
"""What a descriptor is armed for where a call that was to tell was interrupted."""


def finish_closing(seconds: float) -> None:
    """Wait, at most so long, for the terminals whose closing was left to a thread."""
    deadline = time.monotonic() + seconds
    for closer in list(_closers):
        closer.join(max(deadline - time.monotonic(), 0))


class Terminal:
    """See the module. Methods that say "lock held" are called with `lock` held, the others without."""

    __slots__ = (
        "__weakref__",
        "_arm_fd",
        "_armed",
        "_is_lent",
        "_left_at",
        "_looked_at",
        "_observers",
        "_opened",
        "_pump",
        "_stumbled",
        "_watched",
        "attendance",
        "child",
        "closed",
        "device",
        "exited",
        "hung_up",
        "input",
        "input_mark",
        "last_input",
        "last_output",
        "lock",
        "master",
        "output",
        "owes_answer",
        "program",
        "slave",
    )

    def __init__(self, *, limit_bytes: int, keep_all: bool) -> None:
        """Begin without a program: nothing of the system is held before `start`.

        `limit_bytes` bounds what is kept of the output. With `keep_all` the terminal is not read while that
        much is unread, so that the program waits; without it the oldest bytes are forgotten.
        """
        self.program = Program(-1, 0, os.urandom(16).hex().encode())
        self.child = Child()
        self.master = self.slave = -1
        self._opened: list[int] = []  # what is neither of them yet
        self.device = 0
        self.output = OutputBuffer(limit_bytes, keep_all=keep_all)
        self.input = InputQueue(-1)
        self.lock: Lock | LastLock = Lock()
        self.exited = False
        """The program has exited, and its tail has been read."""
        self.hung_up = False
        """Nobody holds the terminal any more: no output can come."""
        self.closed = self.owes_answer = False  # the program has asked its terminal something, and waits for the answer
        self.last_output = self.last_input = 0.0
        self.input_mark = 0
        """The end of the output when something was last typed."""
        self._observers = Observers()
        self.attendance = Attendance()
        # When the terminal was read last, whether or not something was there, and that time of the last call that led.
        self._looked_at = self._left_at = 0.0
        # It is left to its callers; a system call has failed for no reason of the terminal's.
        self._is_lent = self._stumbled = False
        self._watched: tuple[int, ...] = ()
        self._armed = READ | ONCE

    # The start.

    def start(
        self, argv: Sequence[Argument], *, cwd: str | None, env: Mapping[str, str], rows: int, cols: int, utf8: bool
    ) -> None:
        """Start `argv` in a new terminal; those who observe it see the output from its first byte on.

        Each thing that it makes is known here from the moment that it is there. Whoever starts a terminal calls
        `abort` where this raises (OSError and its kinds, see `spawn` and `open_pty`; KeyboardInterrupt anywhere).
        """
        TERMINALS.add(self)
        self._pump = pump.pump()
        self._arm_fd = self._pump.arm
        path = pty.open_pty(self._opened, rows, cols, utf8=utf8)
        # No call in between: see `noted`.
        self.master, self.slave = self._opened
        self._opened = []
        self.device = os.fstat(self.slave).st_rdev
        self.input = InputQueue(self.master)
        marks = with_outer_marks(os.fsdecode(self.program.mark))
        spawn(argv, {**env, MARK_VARIABLE: marks}, cwd, path, self.child.spawned)
        found = process(self.child.pid)
        self.program = self.program._replace(pid=self.child.pid, started=found.started if found else 0)
        self.child.watch()
        self._watched = (self.master, self.child.exit_fd)
        # With the lock: a report about the former owner of a number may call our handler at any time, and must
        # find both descriptors known.
        with self.lock:
            self._pump.add(self.master, self._serve, READ | ONCE)
            self._pump.add(self.child.exit_fd, self._serve_exit, READ | ONCE)

    def abort(self) -> None:
        """Take back a start that failed or was interrupted, wherever it stood: nothing of it stays.

        Can be done again, where it was interrupted itself.
        """
        self.closed = True
        if not locked_shortly(self.lock, self._abort):
            self._abort()

    def _abort(self) -> None:
        self._close_terminal()  # which gives back descriptors to look for programs with
        if self.child.pid and not self.child.exited:
            try:
                kill([self.program])
            finally:
                self.child.end(_KILL_SECONDS)
        self._close_fds()

    # Reading: lock held.

    def pull(self, limit: int = _PULL_BYTES) -> int:
        """Read what the terminal has now, about `limit` bytes at most; return how much it was. Lock held."""
        got = self._read(limit)
        if got:
            self.attendance.tell()
        return got

    def _read(self, limit: int) -> int:
        got = 0
        output = self.output
        escapes = False
        while got < limit and not self.hung_up:
            room = min(_READ_BYTES, self._room()) if output.keeps_all else _READ_BYTES
            if room <= 0:
                self._watch()
                break
            try:
                data = output.receive(self.master, room)
            except BlockingIOError:
                break
            except OSError as error:
                data = pty.nothing_more(self.master, error)
            if not data:  # the same on BSD
                self.hung_up = True
                self._watch()
                break
            got += len(data)
            escapes = escapes or _ESCAPE in data
            if len(data) < _FULL_READ_BYTES:
                break
        self._looked_at = time.monotonic()
        if got:
            self.last_output = self._looked_at
            observers = self._observers
            if escapes or observers.attentive or observers.shown + got != output.end:
                observers.show(output)
            else:
                observers.shown = output.end
            if output.end - output.start > output.limit:
                output.forget_excess()
        return got

    def observe(self, observer: Observer) -> None:
        """From now on show the output to `observer`. Lock held."""
        self._observers.add(observer, self.output)

    def drain(self, limit: int = _TAIL_BYTES) -> int:
        """Read until the terminal is empty, or about `limit` bytes; return how much it was. Lock held."""
        got = 0
        while got < limit and (size := self.pull()):
            got += size
        return got

    def _room(self) -> int:
        """How much may be read of a program that waits for its reader."""
        tail = _TAIL_BYTES if self.child.exited and not self.exited else 0
        return self.output.room() + tail

    def _watch(self) -> None:
        """Say what a leader sleeps on: it would not sleep on a terminal that is readable and may not be read."""
        if self.exited:
            watched: tuple[int, ...] = ()
        elif self.hung_up or self.is_full():
            watched = (self.child.exit_fd,)
        else:
            watched = (self.master, self.child.exit_fd)
        if watched != self._watched:
            self._watched = watched
            self.attendance.tell()

    def is_full(self) -> bool:
        """Whether no more output can arrive before some is consumed. Lock held."""
        return self.output.keeps_all and self._room() <= 0

    def notice_exit(self) -> bool:
        """Look whether the program has exited; its tail is read before that is known. Lock held."""
        if self.exited:
            return True
        if not self.child.reap():
            return False
        self.drain()
        self.input.discard()
        if self.slave >= 0:
            # From here on the end of the terminal is to be seen: it tells that nobody else holds it.
            slave, self.slave = self.slave, -1
            os.close(slave)
            self.drain()
        self.exited = True
        self._watch()
        self.attendance.tell()
        return True

    def last_look(self) -> None:
        """Look for the exit before the terminal is closed, if it is not. Lock held."""
        if not self.closed:
            self.notice_exit()

    def consume(self, offset: int) -> None:
        """Move the cursor to `offset`: a program that waited for that may go on. Lock held."""
        self.output.consume(offset)
        if self.output.keeps_all:
            self._arm()
            self._watch()

    def make_room(self, keep: int) -> None:
        """Consume all, and keep it from the offset `keep` on: a program that waited may go on. Lock held."""
        self.output.consume_all(keep)
        self._arm()
        self._watch()

    # Typing: lock held.

    def type(self, data: bytes) -> None:
        """Type `data`; what the program does not take yet is queued. Raises OSError: nothing was typed. Lock held."""
        self.input.add(data)
        self.input_mark = self.output.end
        self.last_input = time.monotonic()
        self._flush()

    def reply(self, data: bytes) -> None:
        """Type an answer to the program's question to its terminal, which is not a user's input. Lock held."""
        self.input.add(data)
        self._flush()

    def _flush(self) -> None:
        try:
            self.input.flush()
        except OSError:  # as in `_serve`
            self._stumble()
        if self.input.queue:
            self._arm()

    def flush_input(self) -> None:
        """Forget what was typed and not read yet. Lock held."""
        self.input.discard()
        if self.slave >= 0:
            pty.flush_input(self.slave)
        self._arm()

    def end_of_file(self) -> bytes:
        """What must be typed to be read as the end of input. Lock held.

        In canonical mode the character ends a line where one has been begun, and only a second one, at the
        start of a line, is read as the end (termios(3): VEOF).
        """
        mode = termios.tcgetattr(self.master)
        character: bytes = mode[6][_VEOF]
        if not mode[3] & termios.ICANON:
            return character
        return character * 2 if self.input.in_line() else character

    # Signals and size.

    def foreground_group(self) -> int:
        """The process group that has the terminal, 0 where there is none. Lock held."""
        try:
            return os.tcgetpgrp(self.master)
        except OSError:
            return 0

    def groups(self) -> set[int]:
        """The process groups of the session that can be told without /proc: the program's, and the foreground's."""
        return {0 if self.child.exited else self.program.pid, self.foreground_group()} - {0, -1}

    def interrupt(self) -> None:
        """Send SIGINT to the foreground process group, as a typed Ctrl-C does in cooked mode. Lock held."""
        try:
            ioctl(self.master, _TIOCSIG, int(signal.SIGINT))
        except OSError:
            group = self.foreground_group()
            if group > 0:
                os.killpg(group, signal.SIGINT)

    def resize(self, rows: int, cols: int) -> None:
        """Change the size; the kernel sends SIGWINCH to the foreground. Lock held."""
        pty.set_size(self.master, rows, cols)

    def size(self) -> tuple[int, int]:
        """Rows and columns. Lock held."""
        return pty.size(self.master)

    def holders(self) -> list[Process]:
        """Who of those that the program started has the terminal open now; takes a look at all of /proc."""
        return [] if self.closed or self.hung_up else holders(self.program, self.device)

    # Waiting.

    # No loop stands directly inside a `with` or a `try` that must clean up: signal handlers also run at the backward
    # jump of a loop, and CPython from 3.12 on leaves that jump out of the exception table of the block around it.

    def wait(self, attempt: Attempt[T], begin: Callable[[], None] | None = None) -> T:
        """Call `begin`, sleep until `attempt` has an outcome, and return that. Raises what either raises.

        `begin` types: the lead is taken before, or the I/O thread could wake up for the answer first.
        """
        own = waker()
        if own.interrupted is not None:
            undisturbed(_recover, own)
        try:
            with self.lock:
                self.attend(own)
                if begin is not None:
                    begin()
                now = time.monotonic()
                outcome = attempt(now)
                if outcome is not None:
                    self.leave(own)
                    return outcome
                own.asleep = True  # from here on a signal handler's news are news
            return self._sleep(own, attempt, now)
        except BaseException:
            # Noted before any call, so that whatever Ctrl-C may interrupt now, the thread's next wait makes up for it.
            own.asleep = False
            own.interrupted = self, attempt
            undisturbed(_recover, own)
            raise

    def _sleep(self, own: Waker, attempt: Attempt[T], now: float) -> T:
        while True:
            events = own.sleep(attempt.look_at - now, self._watched if self.attendance.leader is own else ())
            with self.lock:
                if events:
                    self._take(events)
                now = time.monotonic()
                outcome = attempt(now)
                if outcome is not None:
                    self.leave(own)
                    return outcome
                self._lead_on(own)
                own.asleep = True

    def _lead_on(self, sleeper: Sleeper) -> None:
        """Lead where nobody does any more, or one who may be late."""
        if self.attendance.leader is not sleeper:
            self.attendance.followers.remove(sleeper)
            self.attend(sleeper)

    def lead(self, sleeper: Sleeper, watch: Callable[[tuple[int, ...]], None]) -> None:
        """Let `sleeper`, which follows or leads, lead by a poller of its own, unless somebody else leads. Lock held.

        `watch` tells the poller what to look at: nothing, where it does not lead. It does so with the lock held, so
        what is closed is closed before that, or is out of the poller by it. Where the poller can look at no more
        (OSError: no descriptor is left), others read.
        """
        if self.closed:
            watch(())
            return
        self._lead_on(sleeper)
        leads = self.attendance.leader is sleeper
        try:
            watch(self._watched if leads else ())
        except OSError:
            watch(())
            self._depose()

    def take(self, sleeper: Sleeper, events: list[tuple[int, int]]) -> None:
        """Read what is ready of that, if `sleeper` leads still. Lock held."""
        if self.attendance.leader is sleeper and not self.closed:
            self._take(events, _FAIR_BYTES)

    def _take(self, events: list[tuple[int, int]], limit: int = _PULL_BYTES) -> None:
        for fd, _ in events:
            if fd != self.master:
                self.notice_exit()
            elif self._read(limit) and self.attendance.followers:
                self.attendance.tell()

    def look(self) -> bool:
        """See what is there now, for somebody who does not sleep; whether anything was. Lock held."""
        return bool(self.pull()) | self.notice_exit()

    def attend(self, sleeper: Sleeper, *, may_lead: bool = True) -> None:
        """From now on `sleeper` is woken by every change, and leads if it may and nobody else does. Lock held."""
        if not self.attendance.join(sleeper, may_lead=may_lead):
            self._is_lent = False
        self._arm()

    def leave(self, sleeper: Sleeper) -> None:
        """The end of `attend`; harmless where it was never begun. Lock held."""
        attendance = self.attendance
        if attendance.leader is sleeper:
            attendance.leader = None
            if attendance.followers:
                self._is_lent = False  # they cannot lead, or have to come to it first
            else:
                self._lend()
        elif sleeper in attendance.followers:
            attendance.followers.remove(sleeper)
        if self.closed:
            if not attendance.is_prompt:
                self._close_fds()
            return
        if attendance.followers:
            attendance.tell()
        self._arm()

    def recover(self, own: Waker, attempt: Attempt[object]) -> None:
        """See `engine.waker.Recoverable`."""
        with self.lock:
            self.leave(own)
            attempt.give_back()
            own.interrupted = None
            if not self.closed:
                self.look()  # what was read and not stored, or noticed and not told, must not wait for more to come

    # The I/O thread.

    def look_again(self, look: Callable[[], bool]) -> None:
        """Let the I/O thread call `look`, which takes the lock, after `LEASE_S`, and again while it returns True."""
        self._pump.lend(look)

    def _serve(self, mask: int) -> None:
        with self.lock:
            self._armed = ONCE
            if self.closed:
                return
            try:
                if self.attendance.leader is None:
                    self.pull(_FAIR_BYTES)
                elif not self.attendance.is_prompt and mask & ~WRITE:
                    self._lend_to_leader()
                if mask & WRITE:
                    self.input.flush()
            except OSError:  # no memory, a sandbox: who waits and reads is told, and here it is tried again
                self._stumble()
            finally:
                self._arm()

    def _serve_exit(self, _mask: int) -> None:
        with self.lock:
            if self.closed:
                if not self.attendance.is_prompt:
                    self._close_fds()
                return
            try:
                if self.notice_exit():
                    self._arm()
            except OSError:  # as in `_serve`
                self._stumble()

    def _lend(self) -> None:
        """Leave the terminal to callers that come again at once: see `Pump`."""
        if not self._is_lent and self._looked_at - self._left_at < LEASE_S:
            self._pump.lend(self._reclaim)
            self._is_lent = True
        self._left_at = self._looked_at

    def _lend_to_leader(self) -> None:
        """Leave it to a leader that may be late, for as long as it is not."""
        if not self._is_lent:
            self._pump.lend(self._reclaim)
            self._is_lent = True

    def _stumble(self) -> None:
        """Try again by the clock: the kernel would report the same descriptor as ready at once, over and over."""
        self._pump.lend(self._reclaim)
        self._stumbled = True
        self.attendance.tell()  # of what was read before

    def _reclaim(self) -> bool:
        with self.lock:
            if self.closed:
                return False
            try:
                if self.attendance.is_prompt:
                    self._is_lent = False
                elif time.monotonic() - self._looked_at >= LEASE_S:
                    self._is_lent = False
                    if self.attendance.leader is not None and self.pull(_FAIR_BYTES):
                        self.attendance.depose()  # it has not come to it, and leads again when it does
                if self._stumbled:
                    self._stumbled = False
                    if not self.exited:
                        self._arm_fd(self.child.exit_fd, READ | ONCE)
                self._arm()
            except OSError:
                self._stumbled = True
            return self._is_lent or self._stumbled

    def _arm(self) -> None:
        """Tell the I/O thread what it has to do here."""
        mask = ONCE
        if self._stumbled:
            pass
        elif not (self.attendance.is_prompt or self._is_lent or self.hung_up or self.is_full()):
            mask |= READ | WRITE if self.input.queue else READ
        elif self.input.queue:
            mask |= WRITE
        if mask != self._armed and self.master >= 0:
            self._armed = mask
            try:
                self._arm_fd(self.master, mask)
            except BaseException:
                self._armed = _UNKNOWN
                raise

    # The end.

    def close(self, also: Callable[[], None] = lambda: None) -> None:
        """Close the terminal: the kernel hangs up whoever still has it. Whoever waits here is woken.

        `also` closes what the observers hold. It is called with the lock held, so that no output is on its way there.
        """
        self.closed = True
        if not locked_shortly(self.lock, partial(self._finish_closing, also)):
            # A signal handler closes what its own thread has locked, and must return for the lock to be released.
            closer = Thread(target=self._close_later, args=(also,), name="bgterm-close", daemon=True)
            closer.start()
            _closers.add(closer)

    def _close_later(self, also: Callable[[], None]) -> None:
        with self.lock:
            self._finish_closing(also)

    def _finish_closing(self, also: Callable[[], None]) -> None:
        also()
        if not self.attendance.is_prompt:  # an event loop's poller forgets what is closed
            self._close_fds()
        self.attendance.wake()  # this thread too: a signal handler may be what closes

    def _close_fds(self) -> None:
        """Give back what is still held; can be done again."""
        self._close_terminal()
        if self.child.exit_fd >= 0:
            if self.child.reap():
                self._pump.remove(self.child.exit_fd)
                self.child.close()
            else:  # the program goes on: it is reaped when it exits
                try:
                    self._arm_fd(self.child.exit_fd, READ | ONCE)
                except FileNotFoundError:  # a start that failed had not come to it
                    self._pump.add(self.child.exit_fd, self._serve_exit, READ | ONCE)
        elif self.child.exited:
            self.child.close()  # what an interruption left of it

    def _close_terminal(self) -> None:
        if self.master >= 0:
            self._pump.remove(self.master)
            master, self.master = self.master, -1
            os.close(master)
        if self.slave >= 0:
            slave, self.slave = self.slave, -1
            os.close(slave)
        give_back(self._opened)

    def keep_to(self, threads: Collection[int]) -> None:
        """The interpreter ends: see `LastLock`. The I/O thread reads from now on, also where a daemon thread led."""
        if not isinstance(self.lock, LastLock):
            self.lock = LastLock(self.lock, threads)
        locked_shortly(self.lock, self._depose)

    def _depose(self) -> None:
        self.attendance.depose()
        self._arm()

    def abandon(self) -> None:
        """In a forked child: give the descriptors back, and touch nothing that is the parent's."""
        self.lock = Lock()
        self.closed = True
        self.attendance = Attendance()
        give_back([fd for fd in (self.master, self.slave) if fd >= 0])
        self.master = self.slave = -1
        give_back(self._opened)
        self.child.close()


def _recover(own: Waker) -> None:
    """Recover from the wait of this thread that was interrupted, unless that was done."""
    if own.interrupted is not None:
        terminal, attempt = own.interrupted
        terminal.recover(own, attempt)


TERMINALS: WeakSet[Terminal] = WeakSet()
"""Every terminal of this process that was started; each enters itself."""


def _after_fork() -> None:
    for terminal in list(TERMINALS):
        terminal.abandon()
    TERMINALS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
