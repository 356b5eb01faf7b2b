from __future__ import annotations

from bgterm.readiness.backoff import Backoff
from bgterm.readiness.prompts import Prompts


def test_digits_in_a_prompt_stand_for_any_digits() -> None:
    prompts = Prompts()
    prompts.learn("counter", "step 7> ")
    assert prompts.known("counter", "step 1024> ")
    assert not prompts.known("counter", "step> ")
    assert not prompts.known("another", "step 1> ")


def test_a_row_that_does_not_look_like_a_prompt_is_not_learned() -> None:
    prompts = Prompts()
    prompts.learn("loader", "Loading...")
    assert not prompts.any_known("loader")


def test_versions_of_a_program_share_its_prompts() -> None:
    prompts = Prompts()
    assert prompts.known("ipython3", "In [12]: ")
    assert prompts.known("python3.13", "In [1]: ")


def test_looks_become_rare_while_nothing_happens_and_frequent_after_output() -> None:
    backoff = Backoff()
    delays = [round(1000 * (backoff.next(7.0, 8.0) - 8.0)) for _ in range(8)]
    assert delays == [1, 1, 2, 4, 8, 16, 20, 20]
    assert round(1000 * (backoff.next(8.0, 9.0) - 9.0)) == 1
    assert round(1000 * (backoff.next(8.0, 20.0) - 20.0)) == 50
