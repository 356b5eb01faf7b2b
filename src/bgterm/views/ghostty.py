"""The package pyghostty, which brings libghostty-vt; as Any, for it has no types."""

from __future__ import annotations

from importlib import import_module
from typing import Any

try:
    import_module("pyghostty")
except ModuleNotFoundError as error:
    if error.name != "pyghostty":
        raise
    raise ModuleNotFoundError(
        "screens need the package pyghostty: pip install 'bgterm[screen]'", name="pyghostty"
    ) from None

core: Any = import_module("pyghostty.core")
ffi: Any = core.ffi
lib: Any = core.lib
check: Any = core.check
