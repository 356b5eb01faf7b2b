"""What is behind a session: a test may look inside."""

from __future__ import annotations

from bgterm.local.endpoint import LocalEndpoint
from bgterm.local.live import Live
from bgterm.session import Session


def live(session: Session) -> Live:
    """The live program of a session of this process."""
    assert isinstance(session.endpoint, LocalEndpoint)
    return session.endpoint.live
