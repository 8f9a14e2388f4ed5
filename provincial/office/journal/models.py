"""The table of events. The database itself refuses to change or delete one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, Index, LargeBinary, String, Text, event, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from provincial.core.db import Base, Numbered


class JournalEvent(Numbered, Base):
    """One act: who (and on whose behalf), what, to which thing, before and after, why."""

    __tablename__ = "journal_event"
    __table_args__ = (
        Index("ix_journal_event_thing", "thing_type", "thing_id", "id"),
        Index(
            "ix_journal_event_org_path", "org_path", postgresql_ops={"org_path": "text_pattern_ops"}
        ),
    )

    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), index=True)
    actor_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    actor_body: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(40), default="")
    real_actor_id: Mapped[int | None] = mapped_column(BigInteger)
    mandate_id: Mapped[int | None] = mapped_column(BigInteger)
    org_path: Mapped[str] = mapped_column(String(200), default="/")
    action: Mapped[str] = mapped_column(String(80))
    thing_type: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[int | None] = mapped_column(BigInteger)
    thing_label: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[str] = mapped_column(String(20), default="")
    #: The sentence for the timeline, in the past tense; empty: the action's own words.
    said: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class JournalSeal(Numbered, Base):
    """The chain: each seal covers the events of a span of time, and the seal before it.

    A span is half-open and ends before the start of the oldest transaction that was still writing,
    so no event can slip in behind a seal. ``marks`` holds id and short digest of every event, so
    that a check can name the first one that was changed.
    """

    __tablename__ = "journal_seal"

    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    first_event_id: Mapped[int] = mapped_column(BigInteger)
    last_event_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    covers_until: Mapped[datetime] = mapped_column(unique=True)
    events: Mapped[int]
    marks: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)


APPEND_ONLY = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def append_only(table: str) -> str:
    """DDL that makes the database refuse to change, delete or empty ``table``."""
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


event.listen(Base.metadata, "before_create", DDL(APPEND_ONLY.replace("%", "%%")))  # type: ignore[no-untyped-call]
for _model in (JournalEvent, JournalSeal):
    event.listen(_model.__table__, "after_create", DDL(append_only(_model.__tablename__)))  # type: ignore[no-untyped-call]
