"""The grammar of the API: a verb has the same name, parameters and result wherever it is met."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import bgterm
from bgterm import Session, SessionInfo, SessionManager
from verbs import properties, verbs

MANAGERS_OWN = {"list_sessions", "sessions", "close_all", "wait_any"}
"""Verbs about many sessions: a single one has none of them."""


def parameters(verb: Callable[..., Any]) -> list[tuple[str, object, object]]:
    """Name, kind and default of each parameter, without `self` and the session's id."""
    found = inspect.signature(verb).parameters.values()
    return [(one.name, one.kind, one.default) for one in found if one.name not in {"self", "sid"}]


@pytest.mark.parametrize("name", sorted(verbs(SessionManager) - {"open", "sessions", "start", "start_session"}))
def test_the_module_has_the_managers_verb(name: str) -> None:
    assert parameters(getattr(bgterm, name)) == parameters(getattr(SessionManager, name))
    assert name in bgterm.__all__


@pytest.mark.parametrize("name", sorted(verbs(Session)))
def test_the_manager_has_the_sessions_verb_with_an_id_before_its_parameters(name: str) -> None:
    of_manager = getattr(SessionManager, name)
    assert parameters(of_manager) == parameters(getattr(Session, name))
    assert list(inspect.signature(of_manager).parameters)[1] == "sid"
    assert (
        inspect.signature(of_manager).return_annotation == inspect.signature(getattr(Session, name)).return_annotation
    )


def test_what_only_a_manager_has_is_about_many_sessions() -> None:
    assert verbs(SessionManager) - verbs(Session) - MANAGERS_OWN == {"open", "start", "start_session"}


def test_what_a_session_tells_without_a_call_is_in_its_info_too() -> None:
    assert properties(Session) == {"running", "exit_code"}
    assert properties(Session) <= set(SessionInfo._fields)


def test_a_session_is_started_as_an_id_is() -> None:
    assert parameters(Session.start) == parameters(bgterm.start_session)


@pytest.mark.parametrize("name", bgterm.__all__)
def test_a_public_name_is_there_and_says_what_it_is(name: str) -> None:
    public = getattr(bgterm, name)
    if inspect.isroutine(public) or inspect.isclass(public):
        assert inspect.getdoc(public)


@pytest.mark.parametrize("name", sorted(verbs(SessionManager) | verbs(Session)))
def test_times_and_sizes_say_their_unit_in_their_names(name: str) -> None:
    for home in (Session, SessionManager):
        for parameter, _, _ in parameters(getattr(home, name, lambda: None)):
            assert not parameter.endswith(("_s", "_seconds", "_sec", "timeout", "_kb", "_size")), (
                f"{home}.{name}({parameter})"
            )
