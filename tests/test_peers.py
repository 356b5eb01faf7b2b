"""The comparison with other libraries: what is shown follows from what was measured."""

from __future__ import annotations

import importlib

import pytest

from bench.peers.adapters import BARE, NAMES
from bench.peers.figures import ahead, place, standing
from bench.peers.outcome import Outcome, Result
from bench.peers.pages import BEGIN, END, filled
from bench.peers.tables import full, short
from bench.peers.tasks import TASKS

MACHINE = {"processor": "P", "cores": 2, "system": "S", "python": "CPython 3", "free_threaded": False}


def row(bgterm: float | None, pexpect: float | None, **options: str) -> Result:
    values: dict[str, str] = {"task": "echo", "title": "echo", "unit": "µs", "better": "less"} | options
    outcomes = [
        Outcome(BARE, 1.0, ratio=1.0),
        Outcome("bgterm", bgterm, ratio=bgterm, cannot="" if bgterm else "it broke"),
        Outcome("pexpect", pexpect, cannot="" if pexpect else "no such wait"),
    ]
    made = Result.from_json({**values, "outcomes": []})
    made.outcomes, made.machine = outcomes, MACHINE
    return made


@pytest.mark.parametrize(
    ("figures", "better", "said"),
    [
        ((2.0, 6.0), "less", "first: 3 × pexpect"),
        ((6.0, 2.0), "less", "behind pexpect by 3 ×"),
        ((6.0, 2.0), "more", "first: 3 × pexpect"),
        ((2.0, 2.02), "less", "level with pexpect"),
        ((2.0, None), "less", "the only one"),
        ((None, 2.0), "less", "no figure"),
    ],
)
def test_a_row_says_where_bgterm_stands(figures: tuple[float | None, float | None], better: str, said: str) -> None:
    assert standing(row(*figures, better=better)) == said


def test_the_bare_loop_is_no_peer() -> None:
    assert ahead(row(4.0, 2.0)) == 0.5


def test_who_cannot_is_shown_with_the_reason_and_without_a_figure() -> None:
    assert "| pexpect | cannot | | | | no such wait |" in full({"echo": row(2.0, None)})


def test_the_short_table_shows_the_best_of_the_others() -> None:
    assert "| echo | 2 µs | 1 µs | pexpect: 6 µs | first: 3 × pexpect |" in short({"echo": row(2.0, 6.0)})


def test_a_row_can_be_read_back_from_its_file() -> None:
    measured = row(2.0, 6.0)
    assert Result.from_json(measured.as_json()) == measured


def test_rows_of_fewer_sessions_come_first() -> None:
    assert sorted(["many_200", "echo", "many_8"], key=place) == ["echo", "many_8", "many_200"]


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    assert filled(f"a {BEGIN} old {END} b", "new") == f"a {BEGIN}\n\nnew\n\n{END} b"
    with pytest.raises(ValueError, match="no <!--"):
        filled("a page without", "new")


@pytest.mark.parametrize("task", TASKS)
def test_every_task_can_be_loaded(task: str) -> None:
    module = importlib.import_module(f"bench.peers.tasks.{task}")
    assert callable(module.results)
    assert callable(module.Work)


@pytest.mark.parametrize("module", [*NAMES.values(), "bare"])
def test_every_adapter_can_be_loaded_without_its_library(module: str) -> None:
    assert importlib.import_module(f"bench.peers.adapters.{module}").Contestant.about
