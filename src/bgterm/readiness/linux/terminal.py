"""Linux's answers about one terminal: steps 2 to 5, and the certain part of 7, of the procedure (see `look.py`)."""

from __future__ import annotations

import math
import os
import select
import time
from typing import TYPE_CHECKING

from bgterm.readiness.linux.activity import Awakening, Sleep, cpu_seconds, runs
from bgterm.readiness.linux.blocked import TerminalWait, UnseenWaitError, seconds_of, terminal_wait
from bgterm.readiness.linux.foreground import ForegroundGroup, Search
from bgterm.readiness.linux.nested import InnerMaster, borrow, group_on, inner_master
from bgterm.readiness.linux.place import Places
from bgterm.readiness.linux.procfs import command_line, command_of
from bgterm.readiness.linux.rest import timers_of
from bgterm.readiness.linux.slave import Modes, Slave
from bgterm.readiness.linux.wakeups import count_of_wakeups, own_wakeups
from bgterm.readiness.observation import Finding, Multiplexer, Observation
from bgterm.readiness.programs import FULL_SCREEN, MULTIPLEXERS, WOKEN_BY_THEMSELVES

if TYPE_CHECKING:
    from collections.abc import Callable

    from bgterm.engine.terminal import Terminal
    from bgterm.readiness.observation import Place

_DEPTH_MAX = 4  # of terminals within terminals
_TWO_LOOKS_S = 0.003
_OFTEN_S = 0.25
"""Who wakes more rarely keeps a timer of another kind than to see whether others are done."""
_ASLEEP = frozenset({Finding.READING, Finding.LISTENING})
_ON_THE_WAY = Finding.WORKING, "its output may still be on the way"


class LinuxTerminal:
    """A terminal on Linux, from outside: `slave` is its slave end, `root` the process above all that can have it."""

    def __init__(
        self,
        slave: Slave,
        foreground_group: Callable[[], int],
        root: int,
        depth: int = 0,
        awakening: Awakening | None = None,
    ) -> None:
        self._slave = slave
        self._foreground_group = foreground_group
        self._processes = ForegroundGroup(root, slave.device)
        self._depth = depth
        self._places = Places()
        self._awakening = awakening or Awakening()
        self._sleep = Sleep()
        self._command = (0, "")
        self._still_since = 0.0
        self._event_loop: tuple[int, ...] = ()
        self.drawn_by: Multiplexer | None = None
        self._listener: tuple[TerminalWait, int, Modes] | None = None
        """Who listens, the foreground process group, and the modes of its terminal."""
        self._inner: LinuxTerminal | None = None
        """The terminal behind a relay."""
        self._asleep_since = math.inf  # the program behind a relay

    @classmethod
    def of(cls, terminal: Terminal) -> LinuxTerminal:
        """One of our own terminals."""
        return cls(Slave(terminal.slave), terminal.foreground_group, terminal.child.pid)

    def command(self, pid: int) -> str:
        """The arguments with which a process was started."""
        if pid != self._command[0]:
            self._command = (pid, command_of(pid))
        return self._command[1]

    def arguments(self, pid: int) -> list[str]:
        """The same, one by one."""
        return [word.decode(errors="replace") for word in command_line(pid)]

    def place(self, observation: Observation) -> Place | None:
        """Where in its program the main thread of the process that was observed sleeps."""
        return self._places.of(observation.pid, observation.name)

    def executable(self, pid: int) -> str:
        """The name of the file that a process runs."""
        try:
            return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
        except OSError:
            return ""

    def cpu_seconds(self, group: int) -> float:
        """CPU time that the members of a process group have used."""
        return cpu_seconds(self._processes.members(group))

    def at_work(self, most: int, timed: bool = False, woken: bool = False) -> int:
        """How many could bring output by themselves to what the last look found, counted up to one more than `most`."""
        if self._inner is not None:
            return self._inner.at_work(most, timed, woken)
        if self._listener is None:
            return most + 1
        wait, group, modes = self._listener
        is_timed = _is_timed(wait, modes)
        try:
            working = count_of_wakeups(wait) + _timers(wait, modes) + (is_timed and not timed)
            if working <= most:
                working += self._processes.at_work(wait, group, most - working)
            if is_timed and woken and working <= most:
                # Whoever worked may have ended, and who wakes for a time has not seen it yet.
                seen = seconds_of(wait.thread) > _OFTEN_S or self._awakening.seen(wait.thread, self._still_since)
                return working if seen else most + 1
        except OSError:  # the terminal is going away
            return most + 1
        self._awakening.forget()
        return working

    def runs(self, pid: int) -> bool:
        """Whether any thread of a process runs, or is about to."""
        return runs(pid)

    def sleeps_since(self, group: int, now: float) -> float | None:
        """Since when no member of the group has had a turn on a CPU."""
        return self._sleep.since(self._processes.members(group), now)

    def observe(self, still_since: float) -> Observation:
        """Look at the terminal now. Nothing was read from it or typed since `still_since` (time.monotonic)."""
        self._still_since = still_since
        self._listener = self._inner = None
        if unread := self._slave.unread_input():
            return Observation(Finding.UNREAD_INPUT, why=f"{unread} typed bytes are not read yet")
        group = self._foreground_group()
        if group <= 0:
            return Observation(Finding.WORKING, why="no process has the terminal")
        search = self._processes.search(group, still_since)
        self.drawn_by = None
        observation = Observation(Finding.WORKING, group, search.pid, search.name)
        if search.wait is None:
            observation.finding, observation.why = _without_reader(search)
        else:
            return self._waiting(search.wait, group, observation)
        if observation.finding is not Finding.WORKING:
            modes = self._slave.modes()
            observation.canonical, observation.echo = modes.canonical, modes.echo
        return observation

    def _waiting(self, wait: TerminalWait, group: int, observation: Observation) -> Observation:
        """The program waits for the terminal: for it alone, as a relay to an inner terminal, or in an event loop."""
        if wait.process.name in MULTIPLEXERS:
            self.drawn_by = Multiplexer(wait.process.name, wait.thread.pid, self._slave.path)
        modes = self._slave.modes()
        observation.canonical, observation.echo = modes.canonical, modes.echo
        observation.finding = Finding.LISTENING
        self._listener = wait, group, modes
        by_itself = _is_timed(wait, modes) or _timers(wait, modes) > 0
        alone = not wait.other_fds
        if by_itself and alone:
            observation.why = "it listens for input, and wakes for other things"
            return observation
        if not by_itself and (alone or (wait.process.name in WOKEN_BY_THEMSELVES and own_wakeups(wait))):
            if self._processes.is_idle(wait, group):
                observation.finding = Finding.READING
                observation.why = "it waits for nothing but input" + ("" if alone else ", or a wake-up of its own")
                return observation
            if alone:
                observation.why = "it waits for input, and something beside it works, or waits for other things"
                return observation
        loop = (wait.thread.pid, wait.thread.tid, wait.timed, *wait.other_fds)
        if loop != self._event_loop:
            # mc has a shell behind its screen, but what is typed goes to mc.
            looks_inside = self._depth < _DEPTH_MAX and observation.name not in FULL_SCREEN
            inner = inner_master(wait.thread.pid) if looks_inside else None
            if inner is not None:
                return self._inside(inner, wait)
            # As long as it waits for the same, it is taken for the same: that is the less sure of the answers.
            self._event_loop = loop
        observation.why = "it listens for input among other things"
        return observation

    def _inside(self, inner: InnerMaster, relay: TerminalWait) -> Observation:
        """Look at the terminal behind a relay."""
        try:
            master = borrow(inner)
        except OSError:
            return self._inside_by_two_looks(inner, relay)
        try:
            if not _group_of(master):
                return _not_taken()
            slave = Slave.of(master)
            try:
                observation = self._look_inside(slave, lambda: _group_of(master), relay)
            finally:
                slave.close()
            if observation.finding in _ASLEEP and _readable(master):
                observation.finding, observation.why = _ON_THE_WAY
        except OSError:
            return Observation(Finding.WORKING, why="the inner terminal is going away")
        finally:
            os.close(master)
        return self._relay_idle(relay, observation)

    def _look_inside(self, slave: Slave, foreground_group: Callable[[], int], relay: TerminalWait) -> Observation:
        self._inner = LinuxTerminal(slave, foreground_group, relay.thread.pid, self._depth + 1, self._awakening)
        return self._inner.observe(self._still_since)

    def _relay_idle(self, relay: TerminalWait, observation: Observation) -> Observation:
        """Only if the relay still sleeps has it passed on all that the inner program wrote before it slept."""
        if observation.finding in _ASLEEP:
            try:
                idle = terminal_wait(relay.thread, self._slave.device) is not None
            except (PermissionError, UnseenWaitError):
                idle = False
            if not idle:
                observation.finding, observation.why = _ON_THE_WAY
        return observation

    def _inside_by_two_looks(self, inner: InnerMaster, relay: TerminalWait) -> Observation:
        """The kernel does not lend the relay's master, so nobody can ask whether output is still in it.

        Then the program must be found asleep twice, with time in between for the relay to pass everything on.
        """
        if not group_on(inner.index, inner.pid):
            return _not_taken()
        try:
            slave = Slave.at(inner.index)
        except OSError:
            return Observation(Finding.UNSEEN, why="its inner terminal cannot be opened")
        try:
            observation = self._look_inside(slave, lambda: group_on(inner.index, inner.pid), relay)
        finally:
            slave.close()
        self._relay_idle(relay, observation)
        if observation.finding not in _ASLEEP:
            self._asleep_since = math.inf
            return observation
        now = time.monotonic()
        if not self._still_since < self._asleep_since <= now:
            self._asleep_since = now
        if now - self._asleep_since < _TWO_LOOKS_S:
            observation.finding, observation.why = _ON_THE_WAY
        return observation


def _without_reader(search: Search) -> tuple[Finding, str]:
    """What it means that no member of the group was found waiting for the terminal."""
    if search.stopped:
        return Finding.STOPPED, "it is stopped"
    if search.unseen:
        return Finding.UNSEEN, "what it waits for cannot be seen (a 32-bit program, a hidden process)"
    if search.rings:
        return Finding.LISTENING, "it waits in an io_uring, for what does not show"
    if search.refused:
        return Finding.REFUSED, "the kernel does not tell what it does"
    if search.looks_now_and_then:
        return Finding.LISTENING, "it may look for input now and then"
    return Finding.WORKING, "it does not wait for input"


def _not_taken() -> Observation:
    """Nobody has the inner terminal. It is not opened then: when it is closed again, the relay would see the end."""
    return Observation(Finding.WORKING, why="nobody has its inner terminal")


def _is_timed(wait: TerminalWait, modes: Modes) -> bool:
    return wait.timed or (wait.reads and modes.reads_end_by_themselves)


def _timers(wait: TerminalWait, modes: Modes) -> int:
    return timers_of(wait.thread.pid, wait.process, canonical=modes.canonical)


def _group_of(master: int) -> int:
    try:
        return os.tcgetpgrp(master)
    except OSError:  # nobody has it as controlling terminal (any more)
        return 0


def _readable(master: int) -> bool:
    """Whether a master has output. Asking also pushes what was written through the kernel's work queue."""
    poll = select.poll()
    poll.register(master, select.POLLIN)
    return bool(poll.poll(0))
