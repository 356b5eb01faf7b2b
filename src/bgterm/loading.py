"""Modules that are loaded when they are first used.

A Ctrl-C in an import can leave the interpreter's own lock on that module locked for ever (CPython's `_ModuleLock` is
taken and noted in two steps), so that every thread that imports it later hangs. Signal handlers run in the main thread
alone: in another one an import comes to its end. And whoever imports with a terminal's lock held would keep all
sessions waiting for that lock as well, so verbs load what they need first.
"""

from __future__ import annotations

import threading
from importlib import import_module

_loaded: set[str] = set()


def load(*names: str) -> None:
    """Import these modules, so that an `import` statement that names them does nothing but find them.

    Raises what the import raises; then a later call tries again.
    """
    if not _loaded.issuperset(names):
        _load(names)


def _load(names: tuple[str, ...]) -> None:
    failures: list[BaseException] = []

    def import_all() -> None:
        for name in names:
            try:
                import_module(name)
            except BaseException as error:  # noqa: BLE001 - raised below, to who asked
                failures.append(error)
                return
            _loaded.add(name)

    if threading.current_thread() is threading.main_thread():
        thread = threading.Thread(target=import_all, name="bgterm-load", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no thread to be had, or the interpreter ends
            import_all()
        else:
            thread.join()
    else:
        import_all()
    if failures:
        raise failures[0]
