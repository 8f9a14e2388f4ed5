"""The table of proposed corrections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.people.teachers.models import Teacher


class TeacherCorrection(Numbered, Dated, Versioned, Base):
    """What a teacher says is wrong in the own record; at most one waits at a time."""

    __tablename__ = "teacher_correction"
    __table_args__ = (
        CheckConstraint(
            "state in ('proposed','confirmed','forwarded','declined','withdrawn')", name="state"
        ),
        CheckConstraint("(state = 'proposed') = (decided_at is null)", name="decided"),
        Index(
            "uq_teacher_correction_open",
            "teacher_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
        Index("ix_teacher_correction_teacher_id", "teacher_id"),
    )

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    #: Field to proposed value; numbers are sealed like those of the record (R6).
    proposed: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="proposed", server_default="proposed")
    proposed_by_id: Mapped[int] = mapped_column(BigInteger)
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    event_id: Mapped[int | None] = mapped_column(ForeignKey("teacher_event.id"))

    teacher: Mapped[Teacher] = relationship()
