"""What a program of the table did when it was told to work, and the account of it."""

from __future__ import annotations

import math
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bgterm.results import CommandResult
from bgterm.session import Session
from inside import live
from readiness.programs.entry import QUESTION, Entry
from waiting import eventually

_SETTLES_MS = 1000


@dataclass
class Account:
    """Of one program, in one session."""

    entry: Entry
    session: Session
    file: Path
    """What the program writes when its work is done."""
    port: int
    answers: int = 0
    wrong: list[str] = field(default_factory=list[str])
    confidence: Counter[str] = field(default_factory=Counter[str])
    delays_ms: list[float] = field(default_factory=list[float])

    def work(self, kind: str, a: int, b: int) -> None:
        """Have this kind of work done, and check what is said of it."""
        entry = self.entry
        writes, told = entry.writes(kind), entry.tell.get(kind, str(a + b))
        self.file.unlink(missing_ok=True)
        result = self._typed(entry.line(kind, a=a, b=b, file=self.file, port=self.port))
        if kind == QUESTION:
            asks = (result.status.state, result.status.prompt.endswith(entry.asks), os.path.exists(self.file))
            self._count(result, [] if asks == ("waiting", True, False) else [f"at the question: {asks}"], kind)
            result = self._typed(entry.answer)
        wrong: list[str] = []
        hard = result.status.confidence != "quiet"
        if result.timed_out:
            wrong.append("no answer though it was done" if not writes or self.file.exists() else "never done")
        elif writes and not self.file.exists() and hard:
            wrong.append("an answer before it was done")
        elif told not in result.data.decode(errors="replace") and hard:
            wrong.append("an answer before what it says")
        elif result.status.state != "waiting":
            wrong.append("waiting, but found otherwise")
        self._count(result, wrong, kind)
        if wrong or not hard:
            self._settle(writes)

    def _typed(self, line: str) -> CommandResult:
        entry = self.entry
        result = self.session.run(line, entry.patience_ms, min_confidence="quiet" if entry.guess else "marks")
        self.delays_ms.append((time.monotonic() - live(self.session).terminal.last_output) * 1000)
        return result

    def _count(self, result: CommandResult, wrong: list[str], kind: str) -> None:
        self.answers += 1
        self.confidence[result.status.confidence] += 1
        self.wrong += [f"{kind}: {each}: {result}" for each in wrong]

    def _settle(self, writes: bool) -> None:
        """What comes next begins when this is over."""
        if writes:
            eventually(self.file.exists, self.entry.patience_ms / 1000)
        self.session.poll(_SETTLES_MS, None, until="(?!)")
        self.session.read(None)

    def columns(self) -> dict[str, object]:
        """For the record."""
        return {
            "answers": self.answers,
            "wrong": len(self.wrong),
            "confidence": dict(self.confidence),
            "p50": round(_quantile(self.delays_ms, 0.5), 3),
            "p95": round(_quantile(self.delays_ms, 0.95), 3),
        }


def _quantile(values: list[float], part: float) -> float:
    return sorted(values)[math.ceil(part * len(values)) - 1]
