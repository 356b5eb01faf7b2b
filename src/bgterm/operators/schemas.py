"""The operations as the common model APIs want tools described: by name, purpose and JSON schema."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal

from bgterm.operators.sessions import PTYSessionManager

Form = Literal["openai", "openai-responses", "anthropic", "mcp"]

_PARAMETER = re.compile(r"^(\w+): (.*(?:\n    .*)*)", re.MULTILINE)
_JSON_TYPES: Mapping[object, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def tool_schemas(form: Form = "openai") -> list[dict[str, Any]]:
    """Describe `create_session`, `write`, `close` and `list_sessions` for a model, from their signatures.

    Parameters
    ----------
    form: whose shape the descriptions have: "openai" (Chat Completions, and the many APIs that took it over),
        "openai-responses", "anthropic" (Messages), or "mcp" (Model Context Protocol).

    What a model then asks for is a call of the `PTYSessionManager`'s method of that name, with the arguments by
    keyword. Raises ValueError for an unknown form.
    """
    operations = (
        PTYSessionManager.create_session,
        PTYSessionManager.write,
        PTYSessionManager.close,
        PTYSessionManager.list_sessions,
    )
    return [_in_form(form, operation.__name__, _purpose(operation), _schema(operation)) for operation in operations]


def _in_form(form: Form, name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    tool = {"name": name, "description": description}
    match form:
        case "openai":
            return {"type": "function", "function": {**tool, "parameters": schema}}
        case "openai-responses":
            return {"type": "function", **tool, "parameters": schema, "strict": False}
        case "anthropic":
            return {**tool, "input_schema": schema}
        case "mcp":
            return {**tool, "inputSchema": schema}
    raise ValueError(f"there is no form {form!r}: use one of {', '.join(typing.get_args(Form))}")


def _purpose(operation: Callable[..., object]) -> str:
    """The documentation without its parameters, and without what the programmer alone can meet."""
    before, _, after = (inspect.getdoc(operation) or "").partition("\nParameters\n")
    paragraphs = [*before.split("\n\n"), *(part for part in after.split("\n\n") if part.startswith("Returns "))]
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs if paragraph.split())


def _schema(operation: Callable[..., object]) -> dict[str, Any]:
    described = dict(_PARAMETER.findall(inspect.getdoc(operation) or ""))
    hints = typing.get_type_hints(operation)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for name, parameter in inspect.signature(operation).parameters.items():
        if name == "self":
            continue
        properties[name] = {**_type(hints[name]), "description": " ".join(described.get(name, "").split())}
        if parameter.default is parameter.empty:
            required.append(name)
        else:
            properties[name]["default"] = parameter.default
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _type(hint: Any) -> dict[str, Any]:
    """A type as JSON schema. Raises KeyError for one that JSON does not have."""
    if isinstance(hint, types.UnionType):  # with None
        schema = _type(typing.get_args(hint)[0])
        return {**schema, "type": [schema["type"], "null"]}
    if typing.get_origin(hint) is Mapping:
        _, value = typing.get_args(hint)
        return {"type": "object", "additionalProperties": _type(value)}
    return {"type": _JSON_TYPES[hint]}
