"""Timed work: approved notices come in force on their date."""

from __future__ import annotations

from provincial.core import clock
from provincial.core.db import db, transaction
from provincial.planning.amendments import actions, queries
from provincial.planning.plans.models import SupplementaryNotice


def bring_due_into_force() -> None:
    """Bring every approved notice in force whose day has come, each in its own transaction."""
    with transaction():
        waiting = queries.due(clock.today())
    for notice_id in waiting:
        with transaction():
            notice = db.session.get(SupplementaryNotice, notice_id)
            if notice is not None:
                actions.bring_into_force(notice, at=clock.now(), by=None)
