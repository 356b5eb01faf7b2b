"""A character of three bytes that is not whole yet when it is read, and one that does not fit into a page."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.peers.judged import judged
from bench.peers.outcome import Outcome, Result
from bench.peers.program import Peer, Program
from bench.peers.running import Contestant
from bench.peers.scale import Scale

PATIENCE_S = 20
PAGE_BYTES = 4
"""Not a multiple of three."""

PROGRAM = r"""stty raw -echo; printf 'started\r\nab\342\202'; head -c 1 >/dev/null
printf '\254 \342\202\254\342\202\254\342\202\254\342\202\254 end\r\n'; exec sleep 1000"""

EXPECTED = "ab€ €€€€ end"


class Work:
    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def read(self) -> str:
        """What the reads give together: one before the character is whole, then page by page."""
        program = self.peer.start("sh", "-c", PROGRAM)
        seen = self._until(program, "ab", "")
        program.type("x")
        return self._until(program, "end", seen)

    def _until(self, program: Program, end: str, seen: str) -> str:
        until = time.monotonic() + PATIENCE_S
        while end not in seen:
            if time.monotonic() > until:
                break
            page = program.some(PAGE_BYTES)
            # The screens return all that they show, not what is new.
            seen = page if page.startswith("started") else seen + page
        return seen


def judge(contestant: Contestant) -> Outcome:
    seen: str = contestant.ask("read")
    right = EXPECTED in seen
    shown = seen.partition("started")[2].strip()
    return Outcome(contestant.name, words="whole" if right else f"broken: {shown[:60]}", right=right)


def results(_scale: Scale) -> Iterator[Result]:
    row = Result("split_character", "a UTF-8 character across a page", "", "right", [])
    yield judged(row, "split_character", judge)
