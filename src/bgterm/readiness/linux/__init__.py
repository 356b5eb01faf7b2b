"""Linux: the kernel knows on what each thread sleeps."""

from __future__ import annotations

from bgterm.readiness.linux.terminal import LinuxTerminal

__all__ = ["LinuxTerminal"]
