"""The styled rows of an emulator's screen, by libghostty's render state, which knows what has changed in it."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from bgterm.views.ghostty import check, core, ffi, lib
from bgterm.views.styled import PLAIN, Colour, CursorShape, Run, Style, StyledRows, Underline

_UNDERLINES: tuple[Underline, ...] = ("", "single", "double", "curly", "dotted", "dashed")  # SGR 4:0 to 4:5
_CURSORS: dict[int, CursorShape] = {
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_BAR: "bar",
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_UNDERLINE: "underline",
}
_SWITCHES = ("bold", "faint", "italic", "blink", "inverse", "invisible", "strikethrough", "overline")
_MOST_REMEMBERED = 1 << 16  # words for cells, of which a long colourful session has ever new ones

_Cell = tuple[tuple[int | Style, bool], str, int]
"""What the cells of a run have in common: the number of their style in the row, or a style of their own, and whether
each is a run by itself. Then its character, or none where others join it, and its columns: none for the second of a
wide character."""


class RenderState:
    """What a terminal shows. Not for use by two threads at a time."""

    def __init__(self, terminal: Any) -> None:
        """Show `terminal`, a handle of libghostty's that outlives this."""
        self._terminal = terminal
        self._state = self._made("GhosttyRenderState", "ghostty_render_state")
        self._iterator = self._made("GhosttyRenderStateRowIterator", "ghostty_render_state_row_iterator")
        self._row_cells = self._made("GhosttyRenderStateRowCells", "ghostty_render_state_row_cells")
        # What libghostty fills in, made once: making them takes longer than filling them.
        self._changed, self._all_changed = ffi.new("bool*"), ffi.new("GhosttyRenderStateDirty*")
        self._colours = core.init_sized("GhosttyRenderStateColors")
        self._cursor = core.init_sized("GhosttyRenderStateCursor")
        self._words, self._style_here = ffi.new("GhosttyCellsView*"), core.init_sized("GhosttyStyle")
        self._rows: list[tuple[Run, ...]] = []
        self._palette: tuple[bytes, tuple[str, ...]] = (b"", ())
        self._cells: dict[int, _Cell] = {}
        self._styles: dict[bytes, Style] = {}

    def _made(self, kind: str, prefix: str) -> Any:
        handle = ffi.new(f"{kind}*")
        check(getattr(lib, f"{prefix}_new")(ffi.NULL, handle), kind)
        weakref.finalize(self, getattr(lib, f"{prefix}_free"), handle[0])
        return handle

    def styled(self) -> StyledRows:
        """Return what the terminal shows now."""
        check(lib.ghostty_render_state_update(self._state[0], self._terminal), "render_state_update")
        all_changed = self._get("DIRTY", self._all_changed)[0] == lib.GHOSTTY_RENDER_STATE_DIRTY_FULL
        self._get("ROW_ITERATOR", self._iterator)
        rows: list[tuple[Run, ...]] = []
        while lib.ghostty_render_state_row_iterator_next(self._iterator[0]):
            changed = all_changed or self._get_of_row("DIRTY", self._changed)[0] or len(rows) >= len(self._rows)
            rows.append(self._row() if changed else self._rows[len(rows)])
        self._rows = rows
        check(lib.ghostty_render_state_clean(self._state[0]), "render_state_clean")
        colours = self._get("COLORS", self._colours)
        cursor = self._get("CURSOR", self._cursor)
        return StyledRows(
            tuple(rows),
            self._palette_of(bytes(ffi.buffer(colours.palette))),
            _rgb(colours.foreground),
            _rgb(colours.background),
            _rgb(colours.cursor) if colours.cursor_has_value else None,
            _CURSORS.get(int(cursor.visual_style), "block"),
        )

    def _get(self, what: str, out: Any) -> Any:
        key = getattr(lib, f"GHOSTTY_RENDER_STATE_DATA_{what}")
        check(lib.ghostty_render_state_get(self._state[0], key, out), what)
        return out

    def _get_of_row(self, what: str, out: Any) -> Any:
        key = getattr(lib, f"GHOSTTY_RENDER_STATE_ROW_DATA_{what}")
        check(lib.ghostty_render_state_row_get(self._iterator[0], key, out), what)
        return out

    def _get_of_cell(self, column: int, what: str, out: Any) -> Any:
        key = getattr(lib, f"GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_{what}")
        check(lib.ghostty_render_state_row_cells_select(self._row_cells[0], column), what)
        check(lib.ghostty_render_state_row_cells_get(self._row_cells[0], key, out), what)
        return out

    def _palette_of(self, colours: bytes) -> tuple[str, ...]:
        if colours != self._palette[0]:
            self._palette = colours, tuple(f"#{colours[at : at + 3].hex()}" for at in range(0, len(colours), 3))
        return self._palette[1]

    # Rows.

    def _row(self) -> tuple[Run, ...]:
        """The runs of the row that the iterator has come to."""
        view = self._get_of_row("CELLS_RAW", self._words)
        words: list[int] = ffi.unpack(view.ptr, view.len)
        if not any(words):
            return ()
        self._get_of_row("CELLS", self._row_cells)
        if len(self._cells) > _MOST_REMEMBERED:
            self._cells.clear()
        known = self._cells
        return tuple(self._runs([known.get(word) or self._cell(word) for word in words]))

    def _runs(self, cells: list[_Cell]) -> Iterator[Run]:
        column = 0
        styles: dict[int | Style, Style] = {0: PLAIN}
        for (look, alone), group in groupby(cells, key=itemgetter(0)):
            style = styles.get(look)
            if style is None:
                style = styles[look] = look if isinstance(look, Style) else self._style(column)
            if alone:
                for _, text, columns in group:
                    if columns:
                        yield Run(column, columns, text or self._cluster(column), style)
                    column += 1
            else:
                text = "".join([cell[1] for cell in group])
                shown = text.rstrip(" ") if style is PLAIN else text
                if shown:
                    yield Run(column, len(shown), shown, style)
                column += len(text)

    def _cell(self, word: int) -> _Cell:
        """Read a cell that has not been met before."""

        def get(what: str, kind: str) -> Any:
            out = ffi.new(f"{kind}*")
            check(lib.ghostty_cell_get(word, getattr(lib, f"GHOSTTY_CELL_DATA_{what}"), out), what)
            return out[0]

        content = get("CONTENT_TAG", "GhosttyCellContentTag")
        if content == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_PALETTE:
            cell: _Cell = (Style(background=int(get("COLOR_PALETTE", "GhosttyColorPaletteIndex"))), False), " ", 1
        elif content == lib.GHOSTTY_CELL_CONTENT_BG_COLOR_RGB:
            cell = (Style(background=_rgb(get("COLOR_RGB", "GhosttyColorRgb"))), False), " ", 1
        else:
            wide, code = get("WIDE", "GhosttyCellWide"), get("CODEPOINT", "uint32_t")
            columns = {lib.GHOSTTY_CELL_WIDE_WIDE: 2, lib.GHOSTTY_CELL_WIDE_SPACER_TAIL: 0}.get(wide, 1)
            text = "" if content == lib.GHOSTTY_CELL_CONTENT_CODEPOINT_GRAPHEME else chr(code or ord(" "))
            cell = (int(get("STYLE_ID", "GhosttyStyleId")), columns != 1 or not text), text, columns
        self._cells[word] = cell
        return cell

    def _cluster(self, column: int) -> str:
        """The character at `column` of the row with those that join it."""
        count = self._get_of_cell(column, "GRAPHEMES_LEN", ffi.new("uint32_t*"))[0]
        codes = self._get_of_cell(column, "GRAPHEMES_BUF", ffi.new("uint32_t[]", count))
        return "".join(map(chr, codes))

    def _style(self, column: int) -> Style:
        style = self._get_of_cell(column, "STYLE", self._style_here)
        as_bytes = bytes(ffi.buffer(style))
        if as_bytes not in self._styles:
            if len(self._styles) > _MOST_REMEMBERED:
                self._styles.clear()
            self._styles[as_bytes] = Style(
                _colour(style.fg_color),
                _colour(style.bg_color),
                _colour(style.underline_color),
                _UNDERLINES[int(style.underline)],
                **{name: bool(getattr(style, name)) for name in _SWITCHES},
            )
        return self._styles[as_bytes]


def _colour(colour: Any) -> Colour:
    if colour.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return int(colour.value.palette)
    return _rgb(colour.value.rgb) if colour.tag == lib.GHOSTTY_STYLE_COLOR_RGB else None


def _rgb(colour: Any) -> str:
    return f"#{colour.r:02x}{colour.g:02x}{colour.b:02x}"
