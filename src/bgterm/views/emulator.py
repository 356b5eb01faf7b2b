"""A terminal emulator behind a session: libghostty-vt, loaded with the first screen that is asked for."""

from __future__ import annotations

from typing import Any

from bgterm.views.ghostty import core, ffi, lib
from bgterm.views.render_state import RenderState
from bgterm.views.styled import BACKGROUND, FOREGROUND, Cursor, StyledRows

_SCROLLBACK_ROWS = 10_000


class Emulator:
    """The state of a terminal that has read some output. Not for use by two threads at a time."""

    def __init__(self, rows: int, cols: int) -> None:
        own = (tuple(bytes.fromhex(colour[1:])) for colour in (FOREGROUND, BACKGROUND))
        self._terminal: Any = core.Terminal(cols, rows, _SCROLLBACK_ROWS, *own)
        self._render_state: RenderState | None = None

    def feed(self, data: bytes) -> None:
        """Read `data`, which follows on the data fed before."""
        self._terminal.feed(data)

    def resize(self, rows: int, cols: int) -> None:
        """Take another size, as a terminal does whose window is pulled."""
        self._terminal.resize(cols, rows)

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        cols, rows = self._terminal.size
        return rows, cols

    @property
    def cursor(self) -> Cursor:
        """Where the cursor is."""
        column, row = self._terminal.cursor
        return Cursor(row, column)

    @property
    def cursor_visible(self) -> bool:
        """Whether the cursor is shown."""
        return bool(self._terminal.get("cursor_visible", "bool"))

    @property
    def alternate(self) -> bool:
        """Whether the alternate screen is shown."""
        return bool(self._terminal.get("active_screen", "int"))

    @property
    def title(self) -> str:
        """The window's title."""
        title = self._terminal.get("title", "GhosttyString")
        return bytes(ffi.buffer(title.ptr, title.len)).decode("utf-8", "replace") if title.len else ""

    def lines(self) -> tuple[str, ...]:
        """The rows of the screen, without the blanks at their ends."""
        rows, cols = self.size
        return _rows(self._formatted("PLAIN", "active", 0, rows, cols), rows)

    def scrollback(self, count: int) -> tuple[str, ...]:
        """The last `count` of the rows that have left the screen at its top."""
        kept = int(self._terminal.get("scrollback_rows", "size_t"))
        first = max(0, kept - count)
        if first >= kept:
            return ()
        return _rows(self._formatted("PLAIN", "history", first, kept, self.size[1]), kept - first)

    def styled(self) -> StyledRows:
        """The rows of the screen with their colours and attributes."""
        if self._render_state is None:
            self._render_state = RenderState(self._terminal._t[0])  # noqa: SLF001 - see `_formatted`
        return self._render_state.styled()

    def _formatted(self, form: str, part: str, first: int, end: int, cols: int) -> str:
        selection = core.init_sized("GhosttySelection")
        selection.start = self._terminal.ref(0, first, part)[0]
        selection.end = self._terminal.ref(cols - 1, end - 1, part)[0]
        options = core.init_sized("GhosttyTerminalSelectionFormatOptions")
        options.emit = getattr(lib, f"GHOSTTY_FORMATTER_FORMAT_{form}")
        options.unwrap, options.trim, options.selection = False, True, selection
        terminal = self._terminal._t[0]  # noqa: SLF001 - the handle, for the C interface that the package publishes

        def fill(*buffer: Any) -> Any:
            return lib.ghostty_terminal_selection_format_buf(terminal, options[0], *buffer)

        text: str = core.read_buf(fill)
        return text


def _rows(text: str, count: int) -> tuple[str, ...]:
    rows = text.split("\n")[:count]
    return (*rows, *[""] * (count - len(rows)))
