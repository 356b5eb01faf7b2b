"""Output of which each byte is known beforehand."""

from __future__ import annotations

FIRST = 1_000_000


def counted(lines: int) -> str:
    """The command line of a program that prints `lines` numbered lines."""
    return f"seq {FIRST} {FIRST + lines - 1}"


def counted_bytes(lines: int) -> bytes:
    """What arrives of it: the terminal makes each newline a carriage return and a newline (termios(3): ONLCR)."""
    return b"".join(b"%d\r\n" % number for number in range(FIRST, FIRST + lines))


def differing(sent: bytes, received: bytes) -> int:
    """How many bytes of `sent` did not arrive in their place, or arrived twice."""
    if sent == received:
        return 0
    same = next((place for place, (a, b) in enumerate(zip(sent, received, strict=False)) if a != b), None)
    return max(len(sent), len(received)) - (min(len(sent), len(received)) if same is None else same)
