"""Output as a person would read it: escape sequences gone, what was overwritten or erased gone too.

A progress bar of five thousand updates is one line, an edited command line is the line as it was in the end. The
cursor moves as on a terminal within a line and over the last rows, which is where shells, REPLs and progress bars
redraw. Full-screen programs jump about: each jump begins a new line here, and `screen` is the view made for them.
"""

from __future__ import annotations

import re

from bgterm.views import sequences
from bgterm.views.page import Page
from bgterm.views.row import NARROW

# The sequences that move or erase something in a text. All the others are left out first, in one sweep.
_FINALS = f"[{re.escape(''.join(Page.CONTROL_FUNCTIONS))}]"
_OTHER_SCREEN = r"\[\? (?:1049|1047|47) [hl]"
_ESCAPES = "[78DEMc]"
_LONGEST_CSI = 32  # no terminal's is longer
_NUMBERS = f"[0-9;]{{0,{_LONGEST_CSI - 4}}}+"
_MOVING = rf"(?: \[ {_NUMBERS} {_FINALS} | \[ \? {_NUMBERS} [JK] | {_OTHER_SCREEN} | {_ESCAPES} )"
_MOVING_FUNCTION = re.compile(_MOVING, re.VERBOSE)
_STILL = re.compile(
    rf"\x1b (?: \[[0-9;:]*+m | (?! {_MOVING} ) {sequences.function()} | {sequences.STRING} )", re.VERBOSE
)
_INTERRUPTED = re.compile(
    rf"\x1b (?: [{sequences.CONTROLS}] | \[ [ -?]*+ [{sequences.CONTROLS}] | [ -/]++ [{sequences.CONTROLS}] )",
    re.VERBOSE,
)
_INTERRUPTED_SEQUENCE = re.compile(
    rf"\x1b ([{sequences.CONTROLS}]*+) (?: ( {sequences.function(sequences.CONTROLS)} ) | {sequences.STRING} )",
    re.VERBOSE,
)
_UNFINISHED = re.compile(sequences.UNFINISHED, re.VERBOSE)
_CONTROL = re.compile(f"[{sequences.CONTROLS}]")

_ERASE_RIGHT, _ERASE_ROW = "\x1b[K", "\x1b[2K"
_ERASURES = ("\r\x1b[K", "\r\x1b[2K", "\x1b[2K\r")  # of all that is in the row
_RETURNS_BEFORE_NEWLINE = re.compile(r"(?<!\r)\r++\n")
_C1 = [chr(code) for code in range(0x80, 0xA0)]
_INERT = [chr(code) for code in (*range(8), *range(0x0E, 0x1B), *range(0x1C, 0x20), 0x7F)]

_SPECIAL = re.compile("[\b\r\x1b]")
_TOKEN = re.compile(
    r"([^\x00-\x1f\x7f]++) | (\r++) | (\x08++) | (\t) | (\n)"
    rf"| \x1b (?: \[ \?? ({_NUMBERS}) ({_FINALS}) | ({_ESCAPES}) | ({_OTHER_SCREEN}) )",
    re.VERBOSE,
)
_TEXT, _RETURN, _BACKSPACE, _TAB, _NEWLINE, _PARAMETERS, _CSI, _ESC, _SCREEN = range(1, 10)


def plain(text: str, columns: int | None = None) -> str:
    """Return `text` as a person would read it, with newlines as line ends.

    Parameters
    ----------
    text: output of a terminal.
    columns: the terminal's width, where it is known: lines that were wrapped at the right edge come back whole.
    """
    view = PlainText(columns)
    return view.feed(text) + view.finish()


class PlainText:
    """Makes plain text of output that comes in pieces, the same however it is cut.

    Lines that the program can still go back to are held until `finish`, or until enough lines follow them.

    Parameters
    ----------
    columns: the terminal's width, or None where it is not known: then no line is taken to be wrapped that any
        terminal has room for.
    """

    def __init__(self, columns: int | None = None) -> None:
        self._columns = columns
        self._page = Page(columns)
        self._unfinished = ""

    def feed(self, text: str) -> str:
        """Take the next piece. Return the lines that nothing can change any more."""
        page = self._page
        text = _simplified(self._with_moves_only(self._unfinished + text))
        goes_back = _goes_back(text)
        if not goes_back and self._columns is None and page.at_end and _erases_right_only(text):
            # grep and compilers erase to the end of each line that they colour: there is nothing to erase.
            text = text.replace(_ERASE_RIGHT, "")
        has_special = goes_back or sequences.ESC in text
        position = 0
        while position < len(text):
            if page.between_lines:
                special = _SPECIAL.search(text, position) if has_special else None
                end = text.rfind("\n", position, special.start() if special else len(text)) + 1
                if end:
                    page.add_lines(text[position:end])
                    position = end
            end = text.find("\n", position) + 1 or len(text)
            self._take_line(text[position:end])
            position = end
        return page.final()

    @property
    def left_of_cursor(self) -> str:
        """The text of the cursor's row up to the cursor, so far."""
        return self._page.left_of_cursor

    @property
    def under_cursor(self) -> str:
        """The character where the cursor stands so far, empty behind the end of its row."""
        return self._page.under_cursor

    @property
    def column(self) -> int:
        """The cursor's column so far, from 0; the width where the row is full."""
        return self._page.column

    @property
    def row(self) -> int:
        """The number of the cursor's row so far, from 0."""
        return self._page.row

    def finish(self) -> str:
        """Return the rest, and begin anew."""
        rest = self._page.rest()
        self._page = Page(self._columns)
        self._unfinished = ""
        return rest

    def _with_moves_only(self, text: str) -> str:
        self._unfinished = ""
        last = text.rfind(sequences.ESC)
        if last < 0:
            return text
        controls = ""
        if unfinished := _UNFINISHED.match(text, last):
            text = text[:last]
            kind = unfinished.lastindex or 0
            controls = unfinished[1] if kind >= sequences.FIRST_STRING_KIND else unfinished[0][1:]
            controls = "".join(_CONTROL.findall(controls))
            self._unfinished = sequences.BEGINNINGS[kind]
            if kind == sequences.CSI_KIND:
                csi = sequences.ESC + _CONTROL.sub("", unfinished[kind])
                self._unfinished = csi if len(csi) < _LONGEST_CSI else "\x1b[>"  # too long for any that we follow
        moving = "".join(_STILL.split(text))
        if _INTERRUPTED.search(moving):
            moving = _INTERRUPTED_SEQUENCE.sub(_put_controls_first, text)
        return moving + controls

    def _take_line(self, line: str) -> None:
        page = self._page
        if "\r" in line:
            line = self._without_overwritten(line)
        for token in _TOKEN.finditer(line):
            kind = token.lastindex
            if kind == _TEXT:
                page.write(token[0])
            elif kind == _RETURN:
                page.carriage_return()
            elif kind == _BACKSPACE:
                page.backspace(len(token[0]))
            elif kind == _TAB:
                page.tab()
            elif kind == _NEWLINE:
                page.newline()
            elif kind == _CSI:
                page.control(token[_CSI], token[_PARAMETERS])
            elif kind == _ESC:
                page.escape(token[_ESC])
            else:
                page.jump()

    def _without_overwritten(self, line: str) -> str:
        """Return a shorter line that comes to the same: progress bars are rewritten from the row's beginning on."""
        start = 0
        erased, length = max((line.rfind(erasure), len(erasure)) for erasure in _ERASURES)
        if self._columns is None and erased > 0:
            before = line[:erased]
            one_row = 2 * max(map(len, before.split("\r"))) + self._page.column <= self._page.columns
            nothing_else = before.count(sequences.ESC) == before.count(_ERASE_RIGHT) + before.count(_ERASE_ROW)
            if one_row and nothing_else and "\t" not in before:
                line = line[erased:]
                start = length
        end = len(line) - line.endswith("\n")
        first, *others = line[start:end].split("\r")
        fits = max(map(len, others), default=0) <= self._page.columns
        if len(others) > 1 and fits and NARROW.fullmatch("".join(others)):
            line = "\r".join((line[:start] + first, _overlaid(others), others[-1])) + line[end:]
        return line


def _simplified(text: str) -> str:
    """Leave out what does nothing: returns before newlines, and the controls that no reader sees."""
    text = text.replace("\r\n", "\n").replace("\f", "\n").replace("\v", "\n")
    if "\r\n" in text:
        text = _RETURNS_BEFORE_NEWLINE.sub("\n", text)
    for control in _INERT if text.isascii() else _INERT + _C1:
        if control in text:
            text = text.replace(control, "")
    return text


def _goes_back(text: str) -> bool:
    return "\r" in text or "\b" in text


def _erases_right_only(text: str) -> bool:
    return text.count(sequences.ESC) == text.count(_ERASE_RIGHT)


def _overlaid(parts: list[str]) -> str:
    """Return what is seen of narrow texts that were each written over the one before."""
    seen = ""
    for part in reversed(parts):
        if len(part) > len(seen):
            seen += part[len(seen) :]
    return seen


def _put_controls_first(sequence: re.Match[str]) -> str:
    function: str = sequence[2] or ""
    controls = "".join(_CONTROL.findall(sequence[1] + function))
    function = _CONTROL.sub("", function)
    return controls + sequences.ESC + function if _MOVING_FUNCTION.fullmatch(function) else controls
