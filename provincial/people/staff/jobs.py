"""Timed work of people's accounts."""

from __future__ import annotations

from provincial.core import clock
from provincial.core.db import transaction
from provincial.people.staff import actions


def daily() -> None:
    """End terms that are over; tell and disable unused accounts."""
    with transaction():
        actions.daily(clock.now())
