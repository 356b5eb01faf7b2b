"""The bench's arithmetic: a figure that is shown is the figure that was measured."""

from __future__ import annotations

import importlib
import itertools

import pytest

from bench.__main__ import BENCHES
from bench.pairing import Timing, paired
from bench.row import Row, Target
from bench.table import markdown

MACHINE = {"processor": "P", "cores": 2, "system": "S", "python": "CPython 3", "free_threaded": False}


def test_noise_in_most_batches_does_not_change_the_figure() -> None:
    quiet, noisy = [5.0] * 100, [50.0] * 100
    timing = Timing.of([quiet, quiet, noisy, noisy, noisy, noisy, noisy, noisy, noisy, noisy])
    assert (timing.p50, timing.p99, timing.p99_all) == (5.0, 5.0, 50.0)


def test_contestants_take_turns_and_change_the_order() -> None:
    order: list[str] = []

    def contestant(name: str) -> list[float]:
        order.append(name)
        return [1.0]

    paired({"a": lambda _: contestant("a"), "b": lambda _: contestant("b")}, batches=4, calls=1)
    assert "".join(order) == "ab" + "abbaabba"


@pytest.mark.parametrize(
    ("target", "figure", "missed_by"),
    [
        (Target("ratio", "at most", 1.5), 30.0, 1.0),
        (Target("ratio", "at least", 0.9), 4.5, 0.5),
        (Target("figure", "at most", 20), 10.0, -0.5),
    ],
)
def test_a_target_says_by_which_part_it_is_missed(target: Target, figure: float, missed_by: float) -> None:
    row = Row("x", "ms", figure, bare=10.0, target=target)
    assert row.missed_by == pytest.approx(missed_by)


def test_the_table_shows_what_the_result_files_say() -> None:
    row = Row("echo", "µs", 30.0, 10.0, Target("ratio", "at most", 1.5), "a note")
    bare = Row("threads", "", 1)
    table = markdown([{"machine": MACHINE, "rows": [row.as_json(), bare.as_json()]}])
    assert "| echo | 30 µs | 10 µs | 3.00 | ≤ 1.5 × bare | missed by 100%; a note |" in table
    assert "| threads | 1 | – | – |  |  |" in table


def test_rows_of_one_machine_share_one_heading() -> None:
    result = {"machine": MACHINE, "rows": [Row("x", "ms", 1.0).as_json()]}
    table = markdown(itertools.repeat(result, 3))
    assert table.count("bare loop") == 1


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_can_be_loaded(name: str) -> None:
    assert callable(importlib.import_module(f"bench.{name}").rows)
