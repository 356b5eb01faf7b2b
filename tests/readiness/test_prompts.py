from __future__ import annotations

import pytest

from bgterm.readiness.backoff import Backoff
from bgterm.readiness.prompts import ANYBODY, NOBODY, AtWork, Prompts, looks_like_prompt

SCRIPT = "counter --fast"


def twice(name: str, row: str) -> Prompts:
    prompts = Prompts()
    prompts.learn(name, SCRIPT, row, 2)
    prompts.learn(name, SCRIPT, row, 1)
    return prompts


def test_digits_in_a_prompt_stand_for_any_digits() -> None:
    prompts = twice("counter", "step 7> ")
    assert prompts.known("counter", SCRIPT, "step 1024> ")
    assert not prompts.known("counter", SCRIPT, "step> ")
    assert not prompts.known("another", SCRIPT, "step 1> ")


def test_a_prompt_is_learned_when_it_is_seen_a_second_time() -> None:
    prompts = Prompts()
    prompts.learn("counter", SCRIPT, "step 7> ", 0)
    assert not prompts.known("counter", SCRIPT, "step 8> ")
    prompts.learn("counter", SCRIPT, "step 8> ", 0)
    assert prompts.known("counter", SCRIPT, "step 9> ")


def test_what_one_script_shows_is_no_prompt_of_another() -> None:
    assert not twice("node", "app> ").known("node", "node other.js", "app> ")


def test_a_learned_prompt_is_one_where_no_more_are_at_work_than_when_it_was_learned() -> None:
    assert twice("counter", "step 7> ").known("counter", SCRIPT, "step 8> ") == AtWork(1, woken=True)


@pytest.mark.parametrize("row", ["Loading...", "Downloading 20%", "Step 3/10 "])
def test_a_row_that_does_not_look_like_a_prompt_is_not_learned(row: str) -> None:
    assert not twice("loader", row).known("loader", SCRIPT, row)


def test_versions_of_a_program_share_its_prompts() -> None:
    prompts = Prompts()
    assert prompts.known("ipython3", "", "In [12]: ")
    assert prompts.known("python3.13", "", "In [1]: ")


def test_a_well_known_prompt_is_known_behind_output_without_a_newline_too() -> None:
    assert Prompts().known("python3", "python3 -m asyncio", "foo>>> ")
    assert not Prompts().known("python3", "python3 -m asyncio", "foo...")


@pytest.mark.parametrize("command", ["python3", "python3 -q", "/usr/bin/python3.12 -E -i x.py", "python -m asyncio"])
def test_the_prompt_of_python_itself_is_one_whoever_works(command: str) -> None:
    assert Prompts().known("python3", command, ">>> ") == ANYBODY


@pytest.mark.parametrize("command", ["python3 -c print('>>>')", "python3 x.py", "python3 -u -m app", "python3 x -i"])
def test_what_looks_like_it_in_another_program_is_one_where_nobody_works(command: str) -> None:
    assert Prompts().known("python3", command, ">>> ") == NOBODY


def test_looks_become_rare_while_nothing_happens_and_frequent_after_output() -> None:
    backoff = Backoff()
    delays = [round(1000 * (backoff.next(7.0, 8.0) - 8.0)) for _ in range(8)]
    assert delays == [1, 1, 2, 4, 8, 16, 20, 20]
    assert round(1000 * (backoff.next(8.0, 9.0) - 9.0)) == 1
    assert round(1000 * (backoff.next(8.0, 20.0) - 20.0)) == 50


@pytest.mark.parametrize(
    "row",
    [
        "$ ",
        "me@host:~# ",
        "host% ",
        "db=> ",
        "\u276f ",
        "\u279c  ~ ",
        "\u279c  bgterm git:(main) \u2717 ",
        "\u03bb ",
        "~ \ue0b0 ",
        "\u00bb ",
    ],
)
def test_a_row_that_ends_in_a_sign_looks_like_a_prompt(row: str) -> None:
    assert looks_like_prompt(row)


@pytest.mark.parametrize(
    "row",
    ["", "Loading", "Loading: ", "Loading...", "20%", "20 %", "[#####]", "\u2588\u2588\u2588", "\u280b ", "done\u2026"],
)
def test_words_percentages_and_bars_look_like_no_prompt(row: str) -> None:
    assert not looks_like_prompt(row)
