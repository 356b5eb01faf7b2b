"""Linux: the kernel knows on what each thread sleeps. `terminal.LinuxTerminal` is what the rooms outside see."""

from __future__ import annotations
