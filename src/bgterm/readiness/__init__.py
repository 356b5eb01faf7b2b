"""Is the program waiting for me? `look.Readiness` answers for one terminal, by the procedure that `look.py` tells."""

from __future__ import annotations
