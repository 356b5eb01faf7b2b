"""The grammar of escape sequences: ECMA-48 and DEC's terminals, as xterm reads them (ctlseqs).

Patterns are given as text (verbose syntax), for regexes over bytes and over decoded text alike. Introducers are the
7-bit ones: the bytes 0x80-0x9F are parts of UTF-8 characters, never C1 controls. A control character inside a
sequence takes effect as if it stood before it, CAN and SUB abort a sequence, ESC begins a new one.
"""

from __future__ import annotations

ESC = "\x1b"

CONTROLS = r"\x00-\x17\x19\x1c-\x1f\x7f"
"""A character class: the controls that neither end nor begin a sequence."""

FUNCTION_END = r"(?: [0-~\x18\x1a] | (?= [^\x00-\x1a\x1c-\x7f] | \Z ) )"
"""A final byte. What can be no part of a sequence ends it as well: CAN, SUB, ESC, a character."""

STRING = r"""
    (?: \] [^\x07\x18\x1a\x1b]*+ (?: [\x07\x18\x1a] | (?= \x1b | \Z ) )
      | [PX^_k] [^\x18\x1a\x1b]*+ (?: [\x18\x1a] | (?= \x1b | \Z ) )
    )
"""
"""What follows ESC in OSC, DCS, SOS, PM and APC, and in the ESC k by which programs name a window of tmux or screen.

Strings run until ST, which is ESC and a backslash, so it is enough that ESC ends them. BEL ends an OSC alone.
"""


def function(inside: str = "") -> str:
    """Return the pattern of what follows ESC in a control function: CSI, or two characters, or a designation.

    Parameters
    ----------
    inside: a character class of the controls that may stand inside; they take effect before the function.
    """
    return rf"(?: \[ [ -?{inside}]*+ | (?! [][PX^_k] ) [ -/{inside}]*+ ) {FUNCTION_END}"


UNFINISHED = rf"""
    \x1b ([{CONTROLS}]*+)
    (?: (\Z) | (\[ [ -?{CONTROLS}]*+) | ([ -/] [ -/{CONTROLS}]*+)
      | (\] [^\x07\x18\x1a]*+) | ([PX^_k] [^\x18\x1a]*+) ) \Z
"""
"""What the end of the output may have cut, from its ESC on. The last group that matched tells its kind."""

BEGINNINGS = ("", "", "\x1b", "\x1b[", "\x1b ", "\x1b]", "\x1bP")
"""For each kind the shortest beginning that leaves a terminal in the same state."""

CSI_KIND, FIRST_STRING_KIND = 3, 5
