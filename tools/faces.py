"""Write the faces' verbs out from the contract: `make faces`.

Each abstract method of `Endpoint` that returns something begun is a verb. Sessions and managers, their coroutines, and
the functions of the modules `bgterm` and `bgterm.aio` have all of them, with the same parameters and the same words:
written out as plain definitions, so that editors, type checkers and `help` show them as they are.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

SOURCE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src", "bgterm")
WIDTH = 120
BEGUN = "Begun"
NOT_OF_ONE_SESSION = ("start_session", "wait_any", "list_sessions", "close", "close_all")
"""The functions that are written by hand in the managers."""
ONLY_ASYNC = ("stream",)


class Verb(NamedTuple):
    """A verb of the contract."""

    name: str
    parameters: tuple[str, ...]
    """As they are written, `*` among them, without `self`."""
    one_a_line: bool
    arguments: tuple[str, ...]
    """What passes them on."""
    result: str
    words: str
    """The docstring as it is written, quotes and all."""


class Face(NamedTuple):
    """A file with one class, which has a method for each verb."""

    path: str
    head: str
    sid: bool
    """Whether its methods are told which session."""
    asynchronous: bool
    body: tuple[str, ...]
    """The lines of a method; `{verb}` and `{arguments}` are the verb's."""


_IMPORTS = """
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

{ours}
if TYPE_CHECKING:
    from bgterm.views.line_search import FoundLine
    from bgterm.views.screen import Screen
"""
_FIRST = "# Written by `make faces` from endpoint.py, where its words are: nothing is changed here.\n"
_VALUES = (
    "from bgterm.readiness.confidence import ENOUGH",
    "from bgterm.results import CommandResult, Confidence, PollResult, SessionInfo, Status",
    "from bgterm.until import Until",
)


def _head(title: str, imports: tuple[str, ...], name: str, words: str, rest: str) -> str:
    ours = "\n".join(sorted([*imports, *_VALUES])) + "\n"
    return (
        f'{_FIRST}\n"""{title}"""\n\nfrom __future__ import annotations\n{_IMPORTS.format(ours=ours)}\n'
        f'_MAX_BYTES = 65536\n\n\nclass {name}:\n    """{words}"""\n\n{rest}'
    )


FACES = (
    Face(
        "session_verbs.py",
        _head(
            "The verbs of a session.",
            ("from bgterm.endpoint import Endpoint",),
            "SessionVerbs",
            "What `Session` has from the contract.",
            "    __slots__ = ()\n\n    endpoint: Endpoint\n",
        ),
        sid=False,
        asynchronous=False,
        body=("begun = self.endpoint.{verb}({arguments})", "return begun.outcome()"),
    ),
    Face(
        "manager_verbs.py",
        _head(
            "The verbs of a manager's sessions.",
            ("from bgterm.session import Session",),
            "ManagerVerbs",
            "What `SessionManager` has from the contract.",
            "    def open(self, sid: int | str) -> Session:\n"
            '        """Return the open session with this id or name. Raises UnknownSessionError."""\n'
            "        raise NotImplementedError\n",
        ),
        sid=True,
        asynchronous=False,
        body=("begun = self.open(sid).endpoint.{verb}({arguments})", "return begun.outcome()"),
    ),
    Face(
        "aio/session_verbs.py",
        _head(
            "The verbs of a session, as coroutines.",
            ("from bgterm.aio.turns import outcome", "from bgterm.session import Session"),
            "AsyncSessionVerbs",
            "What `AsyncSession` has from the contract.",
            "    __slots__ = ()\n\n    session: Session\n",
        ),
        sid=False,
        asynchronous=True,
        body=("begun = self.session.endpoint.{verb}({arguments})", "return await outcome(begun)"),
    ),
    Face(
        "aio/manager_verbs.py",
        _head(
            "The verbs of a manager's sessions, as coroutines.",
            ("from bgterm.aio.turns import outcome", "from bgterm.manager import SessionManager"),
            "AsyncManagerVerbs",
            "What `AsyncSessionManager` has from the contract.",
            "    manager: SessionManager\n",
        ),
        sid=True,
        asynchronous=True,
        body=("begun = self.manager.open(sid).endpoint.{verb}({arguments})", "return await outcome(begun)"),
    ),
)


def verbs() -> list[Verb]:
    """Those of the contract, in its order."""
    with open(os.path.join(SOURCE, "endpoint.py"), encoding="utf-8") as file:
        text = file.read()
    contract = next(node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == "Endpoint")
    return [_verb(node, text) for node in contract.body if isinstance(node, ast.FunctionDef) and _begins(node)]


def _begins(method: ast.FunctionDef) -> bool:
    returns = method.returns
    return isinstance(returns, ast.Subscript) and isinstance(returns.value, ast.Name) and returns.value.id == BEGUN


def _verb(method: ast.FunctionDef, text: str) -> Verb:
    arguments, words, returns = method.args, method.body[0], method.returns
    if not (isinstance(words, ast.Expr) and isinstance(returns, ast.Subscript)):
        raise SystemExit(f"{method.name} has no docstring")
    lines = text.splitlines()[method.lineno - 1 : words.lineno - 1]
    by_keyword = [
        argument.value
        for decorator in method.decorator_list
        if isinstance(decorator, ast.Call)
        for argument in decorator.args
        if isinstance(argument, ast.Constant)
    ]
    parameters: list[str] = []
    passed: list[str] = []
    positional = arguments.args[1:]
    defaults = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults]
    for argument, default in zip(positional, defaults, strict=True):
        if argument.arg in by_keyword:
            parameters.append("*")
        parameters.append(_parameter(argument, default, text))
        passed.append(argument.arg)
    if arguments.vararg is not None:
        parameters.append(f"*{_parameter(arguments.vararg, None, text)}")
        passed.append(f"*{arguments.vararg.arg}")
    return Verb(
        method.name,
        tuple(parameters),
        len(lines) > len(positional) + 2,
        tuple(passed),
        ast.get_source_segment(text, returns.slice) or "",
        ast.get_source_segment(text, words) or "",
    )


def _parameter(argument: ast.arg, default: ast.expr | None, text: str) -> str:
    written = ast.get_source_segment(text, argument) or argument.arg
    return written if default is None else f"{written} = {ast.get_source_segment(text, default)}"


def face(of: Face, contract: list[Verb]) -> str:
    """The text of its file."""
    text = of.head + "".join(f"\n{_method(of, verb)}" for verb in contract)
    body = text.partition("\n\n\nclass ")[2]
    # What none of its verbs speaks of is not imported.
    return "\n".join(line for line in text.split("\n") if _needed(line, body)) + "\n" * (not text.endswith("\n"))


def _needed(line: str, body: str) -> bool:
    found = re.fullmatch(r" *(?:from bgterm\.\S+ )?import (.+)", line)
    return found is None or any(re.search(rf"\b{name}\b", body) for name in found[1].split(", "))


def _method(of: Face, verb: Verb) -> str:
    parameters = ["self", *(["sid: int | str"] if of.sid else []), *verb.parameters]
    start = f"    {'async ' * of.asynchronous}def {verb.name}("
    signature = _fitting(start, parameters, f") -> {verb.result}:", one_a_line=verb.one_a_line)
    words = _of_which_session(verb.words) if of.sid else verb.words
    lines = "".join(f"{_line(line.format(verb=verb.name, arguments='...'), verb.arguments)}\n" for line in of.body)
    return f"{signature}\n        {words}\n{lines}"


def _line(line: str, arguments: tuple[str, ...]) -> str:
    before, dots, after = f"        {line}".partition("...")
    return _fitting(before, arguments, after) if dots else before


def _fitting(start: str, items: Sequence[str], end: str, *, one_a_line: bool = False) -> str:
    """A signature or a call, as the formatter would have it."""
    line = f"{start}{', '.join(items)}{end}"
    if len(line) <= WIDTH and not one_a_line:
        return line
    margin = " " * (len(start) - len(start.lstrip()))
    inner = f"{margin}    {', '.join(items)}"
    if len(inner) <= WIDTH and not one_a_line:
        return f"{start}\n{inner}\n{margin}{end}"
    return f"{start}\n" + "".join(f"{margin}    {item},\n" for item in items) + f"{margin}{end}"


def _of_which_session(words: str) -> str:
    """The words with what `sid` is."""
    sid = "sid: the session's id or name."
    before, parameters, after = words.partition("        Parameters\n        ----------\n")
    if parameters:
        return f"{before}{parameters}        {sid}\n{after}"
    first, separator, rest = words.partition("\n\n")
    if separator:
        return f"{first}\n\n        `sid` is the session's id or name.\n\n{rest}"
    text = first.removesuffix('"""').rstrip()
    return f'{text}\n\n        `sid` is the session\'s id or name.\n        """'


def front_door(text: str, functions: list[str], manager: str) -> str:
    """The text of an `__init__`, with a function for each verb of `manager`, and `__all__`."""
    assigned = re.compile(rf"(?:^\w+ = {manager}\.\w+\n)+", re.MULTILINE)
    old = set(re.findall(rf"^(\w+) = {manager}\.\w+$", text, re.MULTILINE))
    text = assigned.sub("".join(f"{name} = {manager}.{name}\n" for name in functions), text)
    before, _, listed = text.partition("__all__ = ")
    names = ({*ast.literal_eval(listed)} - old) | {*functions}
    ordered = sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    return f"{before}__all__ = [\n" + "".join(f'    "{name}",\n' for name in ordered) + "]\n"


def written() -> Iterator[tuple[str, str]]:
    """The path and the text of each file that is written, wholly or in parts."""
    contract = verbs()
    for each in FACES:
        yield os.path.join(SOURCE, each.path), face(each, contract)
    functions = [*NOT_OF_ONE_SESSION, *(verb.name for verb in contract)]
    doors: Mapping[str, tuple[list[str], str]] = {
        "__init__.py": (functions, r"_manager.default"),
        "aio/__init__.py": ([*functions, *ONLY_ASYNC], r"_manager"),
    }
    for name, (having, manager) in doors.items():
        path = os.path.join(SOURCE, name)
        with open(path, encoding="utf-8") as file:
            yield path, front_door(file.read(), having, manager)


def main() -> None:
    """Write them."""
    for path, text in list(written()):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
