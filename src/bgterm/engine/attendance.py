"""Who waits on a terminal: one of them leads, which is to sleep on it and to read it, the others follow."""

from __future__ import annotations

from typing import Protocol

from bgterm.engine.waker import waker_if_any


class Sleeper(Protocol):
    """Somebody who waits on a terminal and wants to be told of any change."""

    @property
    def may_be_late(self) -> bool:
        """Whether it may be held up by other work, as an event loop is: then a thread that waits leads in its place."""
        ...

    def wake(self) -> None:
        """Look again. Called with the terminal's lock held, from any thread; returns at once."""


class Attendance:
    """All who wait on one terminal. Used with its lock held."""

    __slots__ = ("followers", "leader")

    def __init__(self) -> None:
        self.leader: Sleeper | None = None
        self.followers: list[Sleeper] = []

    def join(self, sleeper: Sleeper, *, may_lead: bool) -> bool:
        """From now on `sleeper` is woken by every change, and leads if it may and nobody else does. Whether it does."""
        if self.leader is not None:
            below = waker_if_any()
            if below is not None and self.leader is below:
                # A signal handler waits where its thread sleeps, which cannot read before the handler returns.
                self.depose()
            elif may_lead and self.leader.may_be_late and not sleeper.may_be_late:
                self.depose()  # it finds out when it is woken next
        if may_lead and self.leader is None:
            self.leader = sleeper
            return True
        self.followers.append(sleeper)
        return False

    @property
    def is_prompt(self) -> bool:
        """Whether somebody leads who reads at once what comes."""
        return self.leader is not None and not self.leader.may_be_late

    def depose(self) -> None:
        """Let the leader follow: somebody else reads from now on."""
        if self.leader is not None:
            self.followers += (self.leader,)
            self.leader = None

    def tell(self) -> None:
        """Wake all who wait, but for the thread that found the news: unless that is in a signal handler, and sleeps."""
        own = waker_if_any()
        self.wake(but=None if own is None or own.asleep else own)

    def wake(self, but: Sleeper | None = None) -> None:
        """Wake all who wait."""
        for sleeper in (self.leader, *self.followers):
            if sleeper is not None and sleeper is not but:
                sleeper.wake()
