"""Tables of merges and of pairs that are two people."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered
from provincial.people.teachers.models import Teacher


class TeacherMergeRecord(Numbered, Dated, Base):
    """One record went into another: what moved, so that it can be taken back."""

    __tablename__ = "teacher_merge"
    __table_args__ = (
        CheckConstraint("kept_id <> gone_id", name="two_records"),
        CheckConstraint("state in ('merged','taken_back')", name="state"),
        Index(
            "uq_teacher_merge_gone",
            "gone_id",
            unique=True,
            postgresql_where=text("state = 'merged'"),
        ),
        Index("ix_teacher_merge_kept_id", "kept_id"),
    )

    kept_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    gone_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    on_date: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="merged", server_default="merged")
    #: Ids of what moved, by follower; and what the gone record was before.
    moved: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("teacher_event.id"))
    merged_by_id: Mapped[int | None] = mapped_column(BigInteger)

    kept: Mapped[Teacher] = relationship(foreign_keys=[kept_id])
    gone: Mapped[Teacher] = relationship(foreign_keys=[gone_id])


class TeacherDistinct(Numbered, Dated, Base):
    """A pair that looks like one person and is two."""

    __tablename__ = "teacher_distinct"
    __table_args__ = (
        UniqueConstraint("one_id", "two_id"),
        CheckConstraint("one_id < two_id", name="in_order"),
    )

    one_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    two_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    said_by_id: Mapped[int | None] = mapped_column(BigInteger)
