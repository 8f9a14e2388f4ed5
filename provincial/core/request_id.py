"""The number of the request or job that is running, for the journal and the logs.

Set at the edge (page frame, worker, command line); everything below only reads it.
"""

from __future__ import annotations

from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="")


def set_request_id(number: str) -> None:
    """Begin a piece of work called ``number`` (at most 20 signs are kept)."""
    _current.set(number[:20])


def request_id() -> str:
    """The number of the work that runs now; empty outside any."""
    return _current.get()
