"""What plain text is made of is what a terminal shows: the same streams, row by row and to the cursor's place."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from faults.counts import record, times
from views.beside_a_terminal import in_a_terminal, in_plain_text

pytest.importorskip("pyghostty")

Token = str | Callable[[random.Random], str]


def function(final: str, numbers: list[int]) -> Token:
    """A control function with one of these numbers, or none. (Of a 0, and of more than one, terminals differ.)"""
    return lambda chance: f"\x1b[{chance.choice(['', *numbers])}{final}"


LINES = [
    *(
        "a",
        "bc",
        "word",
        "xyz ",
        "日本",
        "é",
        "e\u0301",
        "0123456789abcdefghij",
        "\r",
        "\r\n",
        "\r\n",
        "\n",
        "\b",
        "\b\b",
    ),
    *("\t", "\x1b7", "\x1b8", "\x1b[s", "\x1b[u", "\x1bM", "\x1bD", "\x1bE", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J"),
    *("\x1b[?K", "\x1b[31m", "\x1b]0;title\x07", "-\x1b[2b", "日\x1b[b", "x\b\x1b[2Z"),
]
WITHIN_LINES: list[Token] = [*LINES, *(function(final, [1, 2, 3]) for final in "ABCDEFG@PX`aejkILM")]
OVER_MANY_ROWS: list[Token] = [
    *WITHIN_LINES,
    *(function(final, [5, 30, 98, 99, 100, 101, 9999, 65535]) for final in "ABCDEFGkaeLMI" * 3),
    *(function(final, [5, 30, 99, 100, 65535]) for final in "@PX" * 3),
    *(["\r\n".join(f"row {number}" for number in range(count)) for count in (3, 50, 99, 100, 150)] * 4),
]


def stream(chance: random.Random, tokens: list[Token], *, most: int) -> str:
    pieces: list[str] = []
    is_saved = False
    for _ in range(chance.randint(1, chance.choice([6, 14, most]))):
        token = chance.choice(tokens)
        piece = token if isinstance(token, str) else token(chance)
        if piece in {"\x1b8", "\x1b[u"} and not is_saved:
            continue  # where the cursor goes then, no stream can know
        is_saved = is_saved or piece in {"\x1b7", "\x1b[s"}
        pieces.append(piece)
    return "".join(pieces)


@pytest.mark.parametrize(
    ("tokens", "count", "most", "widths"),
    [(WITHIN_LINES, 6000, 30, [2, 5, 8, 10, 12, 20, 80]), (OVER_MANY_ROWS, 800, 12, [20, 80])],
    ids=["within lines", "over many rows"],
)
def test_plain_text_is_what_a_terminal_shows(
    request: pytest.FixtureRequest, tokens: list[Token], count: int, most: int, widths: list[int]
) -> None:
    chance = random.Random(20)
    for _ in range(times(count)):
        columns = chance.choice(widths)
        output = stream(chance, tokens, most=most).replace("\r\n", "\n").replace("\n", "\r\n")
        assert in_plain_text(output, columns) == in_a_terminal(output, columns), (columns, output)
    record(f"Plain text beside a terminal emulator, {request.node.callspec.id}", times(count), of="streams that differ")
