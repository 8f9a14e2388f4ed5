"""Which of several days binds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date


def effective_due(plan_due: date | None, above: Sequence[date | None]) -> date | None:
    """The date that binds a body: the earliest of the plan's and every body's above it (HN-40)."""
    dates = [day for day in [plan_due, *above] if day is not None]
    return min(dates) if dates else None
