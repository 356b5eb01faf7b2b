"""Is the program waiting for me? `Readiness` answers for one terminal; `look.py` has the procedure."""

from __future__ import annotations

from bgterm.readiness.look import Readiness

__all__ = ["Readiness"]
