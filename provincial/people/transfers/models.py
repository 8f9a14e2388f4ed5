"""The table of transfers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher, TeacherEvent


class TeacherTransfer(Numbered, Dated, Versioned, Base):
    """One wish that a teacher goes from one school to another, and what became of it."""

    __tablename__ = "teacher_transfer"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="goes_somewhere"),
        CheckConstraint("side in ('giving','receiving')", name="side"),
        CheckConstraint(
            "state in ('asked','done','declined','withdrawn','taken_back')", name="state"
        ),
        CheckConstraint("(state = 'asked') = (decided_at is null)", name="decided"),
        CheckConstraint(
            "(state in ('done','taken_back')) = (event_id is not null)", name="done_with_event"
        ),
        Index(
            "uq_teacher_transfer_open",
            "teacher_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
        Index("ix_teacher_transfer_teacher_id", "teacher_id"),
        Index("ix_teacher_transfer_from_id", "from_id"),
        Index("ix_teacher_transfer_to_id", "to_id"),
    )

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="asked", server_default="asked")
    on_date: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    asked_by_id: Mapped[int] = mapped_column(BigInteger)
    asked_for_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    event_id: Mapped[int | None] = mapped_column(ForeignKey("teacher_event.id"))

    teacher: Mapped[Teacher] = relationship()
    giving: Mapped[Organisation] = relationship(foreign_keys=[from_id])
    receiving: Mapped[Organisation] = relationship(foreign_keys=[to_id])
    asked_for: Mapped[Organisation] = relationship(foreign_keys=[asked_for_id])
    event: Mapped[TeacherEvent | None] = relationship()
