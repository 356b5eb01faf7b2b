"""How programs spell any text in a line, so that the line does not hold the text."""

from __future__ import annotations


def spelled(data: bytes, escape: str) -> str:
    """Each byte but letters in the middle of words as an escape."""
    return "".join(
        chr(byte) if number and data[number - 1 : number + 1].isalpha() else escape.format(byte)
        for number, byte in enumerate(data)
    )


def octal(text: str) -> str:
    return spelled(text.encode(), "\\{:03o}")


def decimal(text: str) -> str:
    return spelled(text.encode(), "\\{:03d}")


def code_points(text: str, escape: str = "\\u{:04x}") -> str:
    return "".join(
        character
        if number and (text[number - 1 : number + 1]).isascii() and text[number - 1 : number + 1].isalpha()
        else escape.format(ord(character))
        for number, character in enumerate(text)
    )


def by_printf(text: str) -> str:
    """As sh has it."""
    return f"printf '{octal(text)}'" if text else "true"


def by_print_n(text: str) -> str:
    """As mksh has it."""
    return f"print -n '{octal(text)}'".replace("\\", "\\0") if text else "true"


def by_print(text: str) -> str:
    """As Python has it."""
    return f"print('{code_points(text)}', end='')"


def by_write_char(text: str) -> str:
    """As Common Lisp has it."""
    codes = " ".join(str(ord(character)) for character in text)
    return f"(dolist (c '({codes}) (values)) (write-char (code-char c)))"


def by_bytes(text: str) -> str:
    """As dc has it."""
    return " ".join(f"{byte}P" for byte in text.encode()) or " "
