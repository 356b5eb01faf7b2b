"""A coroutine has the name, the parameters and the results of its namesake."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import bgterm
from bgterm import Session, SessionManager, aio
from bgterm.aio import AsyncSession
from verbs import properties, verbs

BOTH = {"start", "open"}
OWN = {"stream"}


def parameters(verb: Callable[..., Any]) -> list[inspect.Parameter]:
    signature = inspect.signature(verb)
    return [one for one in signature.parameters.values() if one.name != "self"]


@pytest.mark.parametrize("name", sorted(verbs(SessionManager) - {"open", "sessions", "start"}))
def test_the_module_has_every_verb_as_a_coroutine(name: str) -> None:
    coroutine = getattr(aio, name)
    assert inspect.iscoroutinefunction(coroutine)
    assert parameters(coroutine) == parameters(getattr(bgterm, name))
    assert inspect.signature(coroutine).return_annotation == inspect.signature(getattr(bgterm, name)).return_annotation
    assert inspect.getdoc(coroutine)
    assert name in aio.__all__


@pytest.mark.parametrize("name", sorted(verbs(Session)))
def test_the_session_has_every_verb_as_a_coroutine(name: str) -> None:
    coroutine = getattr(AsyncSession, name)
    assert inspect.iscoroutinefunction(coroutine)
    assert parameters(coroutine) == parameters(getattr(Session, name))
    assert inspect.signature(coroutine).return_annotation == inspect.signature(getattr(Session, name)).return_annotation
    assert inspect.getdoc(coroutine)


@pytest.mark.parametrize("name", sorted(properties(Session)))
def test_the_session_tells_the_same_without_a_call(name: str) -> None:
    assert name in properties(AsyncSession)
    assert getattr(AsyncSession, name).fget.__annotations__ == getattr(Session, name).fget.__annotations__


@pytest.mark.parametrize("name", sorted(BOTH))
def test_a_session_is_started_and_opened_with_the_same_parameters(name: str) -> None:
    assert parameters(getattr(AsyncSession, name)) == parameters(getattr(Session, name))


def test_what_it_has_beside_that_is_told() -> None:
    assert verbs(AsyncSession) - verbs(Session) - BOTH == OWN
    assert set(aio.__all__) - set(bgterm.__all__) == {"AsyncSession", "AsyncSessionManager", *OWN}
    assert parameters(aio.stream)[1:] == parameters(AsyncSession.stream)
