"""Bracketed paste: text between marks, which a line editor takes as it is instead of as keys (ctlseqs).

Text that holds the mark of its end would end the paste early, and the rest of it would be typed: data would become
commands. Terminals make such marks harmless, and so is it done here: they lose their ESC.
"""

from __future__ import annotations

import re

BEGINS, ENDS = "\x1b[200~", "\x1b[201~"

# The introducer, as ESC [ or as one 8-bit character, and whatever in front of it could become one. A bracket takes its
# place, and the number stays to be seen: so nothing is joined that was apart, and one sweep is enough.
_INTRODUCER = re.compile(
    r"(?<![\x1b\x9b\[]) [\x1b\x9b\[]++ (?: (?<=\x1b\[) | (?<=\x9b) ) (?= 0*+201 (?: [:;][0-9:;]*+ )? ~ )", re.VERBOSE
)


def pasted(text: str) -> str:
    """Return what a terminal types for `text` when it is pasted: between marks, and without an end mark in it."""
    return BEGINS + without_ends(text) + ENDS


def without_ends(text: str) -> str:
    """Return `text` with no mark in it that ends a paste, in whatever form a program may read it."""
    return _INTRODUCER.sub("[", text)


def pasted_bytes(data: bytes, encoding: str) -> bytes:
    """As `pasted`, of text that is encoded already; bytes that are no text in `encoding` stay as they are."""
    try:
        text = data.decode(encoding, "surrogateescape")
        clean = without_ends(text)
        if clean != text:
            data = clean.encode(encoding, "surrogateescape")
    except UnicodeError:  # of an encoding that knows no surrogates: what can be said of its bytes is ASCII
        data = without_ends(data.decode("latin-1")).encode("latin-1")
    return BEGINS.encode() + data + ENDS.encode()
