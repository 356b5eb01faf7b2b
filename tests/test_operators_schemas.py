"""The operations as tools: what a model is told is what the methods take."""

from __future__ import annotations

import inspect
import json
import typing
from typing import Any

import pytest

from bgterm.operators import PTYSessionManager, tool_schemas
from bgterm.operators.schemas import Form

OPERATIONS = ["create_session", "write", "close", "list_sessions"]
SAMPLES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "null": (type(None),),
}


def schemas() -> dict[str, dict[str, Any]]:
    return {tool["name"]: tool["input_schema"] for tool in tool_schemas("anthropic")}


@pytest.mark.parametrize("form", typing.get_args(Form))
def test_every_form_names_describes_and_specifies_the_four_operations(form: Form) -> None:
    tools = tool_schemas(form)
    assert json.loads(json.dumps(tools)) == tools
    place = {
        "openai": "parameters",
        "openai-responses": "parameters",
        "anthropic": "input_schema",
        "mcp": "inputSchema",
    }
    for tool, name in zip(tools, OPERATIONS, strict=True):
        assert tool.get("type") == ("function" if form.startswith("openai") else None)
        described = tool["function"] if form == "openai" else tool
        assert described["name"] == name
        assert described["description"]
        assert described[place[form]]["type"] == "object"


def test_the_form_is_that_of_chat_completions_unless_another_is_asked_for() -> None:
    assert tool_schemas() == tool_schemas("openai")


def test_an_unknown_form_raises() -> None:
    with pytest.raises(ValueError, match="openai"):
        tool_schemas("smoke signals")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_schema_has_the_parameters_and_defaults_of_the_signature(name: str) -> None:
    schema = schemas()[name]
    parameters = list(inspect.signature(getattr(PTYSessionManager, name)).parameters.values())[1:]
    assert list(schema["properties"]) == [one.name for one in parameters]
    assert schema["required"] == [one.name for one in parameters if one.default is one.empty]
    assert schema["additionalProperties"] is False
    for one in parameters:
        described = schema["properties"][one.name]
        assert described["description"]
        if one.default is not one.empty:
            assert described["default"] == one.default
            kinds = described["type"] if isinstance(described["type"], list) else [described["type"]]
            assert isinstance(one.default, tuple(kind for name in kinds for kind in SAMPLES[name]))


def test_types_are_those_of_json() -> None:
    properties = schemas()["create_session"]["properties"]
    assert properties["cmd"]["type"] == "string"
    assert properties["workdir"]["type"] == ["string", "null"]
    assert properties["env"]["type"] == ["object", "null"]
    assert properties["env"]["additionalProperties"] == {"type": "string"}
    assert properties["login"]["type"] == "boolean"
    assert properties["yield_time_ms"]["type"] == "number"
    assert properties["max_output_chars"]["type"] == "integer"


def test_what_only_the_programmer_can_meet_is_not_told_to_the_model() -> None:
    for tool in tool_schemas("anthropic"):
        assert "Raises" not in tool["description"]
        assert "Parameters" not in tool["description"]
