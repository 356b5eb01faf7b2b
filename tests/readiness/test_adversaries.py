"""Programs drawn by chance try to deceive: none is taken for ready before it says itself that it asks, each is then.

`make readiness` runs thousands, an ordinary run of the suite some; `python tests/readiness/adversaries.py SEED` runs
one alone.
"""

from __future__ import annotations

import itertools
import os

import pytest

from readiness.adversaries import FLOWS, draw, play_all
from records import READINESS

RUNS = 5_600 if os.environ.get("BGTERM_READINESS") == "all" else 210
WORDS = {
    "sequential": "It does not listen while it works",
    "slices": "It listens for short times while others work",
    "listening": "It listens all the time while others work",
    "kernel": "It listens, and for a timer or the network",
}


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("flow", WORDS)
def test_no_adversary_is_taken_for_ready_too_early_or_never(flow: str) -> None:
    runs = RUNS * FLOWS.count(flow) // len(FLOWS)
    seeds = itertools.islice((seed for seed in itertools.count(1) if draw(seed).words["flow"] == flow), runs)
    account = play_all(seeds)
    READINESS.add(
        "Adversaries",
        WORDS[flow],
        programs=account.runs,
        answers=sum(account.steps.values()),
        wrong=len(account.wrong),
        **{confidence: account.steps[confidence] for confidence in ("certain", "prompt", "marks", "quiet")},
    )
    assert account.runs == runs
    assert not account.wrong, "\n".join(account.wrong)
