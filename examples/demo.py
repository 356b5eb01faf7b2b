"""Run the README's quick start for real, statement by statement, and show what came back: `make demo`."""

from __future__ import annotations

import ast
import os
import re
import sys

README = os.path.join(os.path.dirname(__file__), os.pardir, "README.md")


def quick_start() -> str:
    """Give the first Python block of the README."""
    with open(README, encoding="utf-8") as file:
        block = re.search(r"^```python\n(.*?)^```$", file.read(), re.MULTILINE | re.DOTALL)
    if block is None:
        raise LookupError("the README has no Python block")
    return block[1]


def main() -> None:
    """Show each statement as it is typed, then what it printed."""
    dim, plain = ("\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "")
    code = quick_start()
    lines = code.splitlines()
    names: dict[str, object] = {"__name__": "__main__"}
    shown = 0
    for statement in ast.parse(code).body:
        end = statement.end_lineno or statement.lineno
        for line in lines[shown:end]:
            print(f"{dim}>>> {line}{plain}" if line else "", flush=True)
        shown = max(shown, end)
        exec(compile(ast.Module([statement], []), "README.md", "exec"), names)  # noqa: S102 - our own README
    print()


if __name__ == "__main__":
    main()
