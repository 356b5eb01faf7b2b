"""Terminals as the tools of an LLM agent: four operations with plain dictionaries for results."""

from __future__ import annotations

from bgterm.operators.schemas import tool_schemas
from bgterm.operators.sessions import PTYSessionManager

__all__ = ["PTYSessionManager", "tool_schemas"]
