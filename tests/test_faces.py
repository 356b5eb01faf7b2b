"""The verbs are written once, in the contract; `make faces` writes them out for every face."""

from __future__ import annotations

import importlib.util
import inspect
import os
from types import ModuleType

import pytest

import bgterm
from bgterm import Session, SessionManager, aio
from bgterm.aio import AsyncSession, AsyncSessionManager
from bgterm.endpoint import Endpoint
from bgterm.local.endpoint import LocalEndpoint
from verbs import verbs

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NO_VERBS = {"closing", "reason"}
CONTRACT = sorted(verbs(Endpoint) - NO_VERBS)
FACES = {
    "bgterm": bgterm,
    "bgterm.aio": aio,
    "Session": Session,
    "SessionManager": SessionManager,
    "AsyncSession": AsyncSession,
    "AsyncSessionManager": AsyncSessionManager,
}


def faces() -> ModuleType:
    spec = importlib.util.spec_from_file_location("faces", os.path.join(PROJECT, "tools", "faces.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("path", "text"), [pytest.param(*one, id=os.path.relpath(one[0], PROJECT)) for one in faces().written()]
)
def test_what_was_written_out_is_the_contract_still(path: str, text: str) -> None:
    with open(path, encoding="utf-8") as file:
        assert file.read() == text, f"{path} is not what the contract says: run `make faces`"


@pytest.mark.parametrize("verb", CONTRACT)
@pytest.mark.parametrize("face", FACES)
def test_each_face_has_each_verb_with_all_its_words_and_its_parameters(face: str, verb: str) -> None:
    method = getattr(FACES[face], verb, None)
    assert method is not None, f"{face} has no {verb}: run `make faces`"
    told, contract = inspect.getdoc(method) or "", inspect.getdoc(getattr(Endpoint, verb)) or ""
    without_sid = [line for line in told.splitlines() if "the session's id or name" not in line and line]
    assert without_sid == [line for line in contract.splitlines() if line]
    has_sid = face not in {"Session", "AsyncSession"}
    assert ("the session's id or name" in told) == has_sid
    parameters = [each for each in inspect.signature(method).parameters if each not in {"self", "sid"}]
    assert parameters == [each for each in inspect.signature(getattr(Endpoint, verb)).parameters if each != "self"]


@pytest.mark.parametrize("verb", CONTRACT)
def test_a_terminal_of_our_own_has_each_verb_with_the_same_parameters(verb: str) -> None:
    assert verb not in LocalEndpoint.__abstractmethods__, f"LocalEndpoint has no {verb} yet"
    own, contract = (inspect.signature(getattr(each, verb)).parameters for each in (LocalEndpoint, Endpoint))
    assert own == contract
