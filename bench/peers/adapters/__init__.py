"""The libraries, one file each.

A peer is imported by its name as a string, so that the type checkers need no peer installed.
"""

from __future__ import annotations

from importlib import import_module

from bench.peers.program import Peer

NAMES = {
    "bgterm": "bgterm",
    "ptymini": "ptymini",
    "pexpect": "pexpect",
    "ptyprocess": "ptyprocess",
    "terminado": "terminado",
    "openai-agents": "openai_agents",
    "libtmux": "libtmux_pane",
    "fastmux": "fastmux_pane",
    "bgtmux": "bgtmux_session",
}
"""The contestants, as the tables name them, and the module of each."""

BARE = "bare"
"""The `os` loop that all are measured against."""


def peer_class(name: str) -> type[Peer]:
    """Return the adapter of a contestant; its library is imported when it is made."""
    found: type[Peer] = import_module(f"bench.peers.adapters.{NAMES.get(name, name)}").Contestant
    return found
