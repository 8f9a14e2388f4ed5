"""The foundation stands: the database takes the tables and keeps its promises."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from provincial.office.journal.actions import record


def test_r31_the_journal_is_append_only(session: Session) -> None:
    """R31: the database itself refuses to change an event."""
    event = record("test.act", ("nothing", 1), by=None)
    session.flush()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            text("update journal_event set reason = 'x' where id = :i"), {"i": event.id}
        )
