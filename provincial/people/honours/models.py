"""The table of honorary titles."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.people.teachers.models import Teacher


class TeacherHonour(Numbered, Dated, Versioned, Base):
    """One title of one teacher; a withdrawn one stays, with day and reason (HN-43)."""

    __tablename__ = "teacher_honour"
    __table_args__ = (
        CheckConstraint(
            "kind in ('master_teacher','key_teacher','chief_teacher','subject_leader',"
            "'special_grade','excellent_teacher','excellent_principal')",
            name="kind",
        ),
        CheckConstraint("level in ('national','provincial','city','county')", name="level"),
        CheckConstraint("state in ('active','withdrawn')", name="state"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_on is not null)", name="withdrawn_on"),
        CheckConstraint("(state = 'withdrawn') = (reason <> '')", name="reason"),
        CheckConstraint("withdrawn_on >= awarded_on", name="dates"),
        Index(
            "uq_teacher_honour_standing",
            *("teacher_id", "kind", "level", "name"),
            unique=True,
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_teacher_honour_teacher_id", "teacher_id"),
    )

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    kind: Mapped[str] = mapped_column(String(30))
    level: Mapped[str] = mapped_column(String(20))
    #: The title's full name, when it has one of its own (中原名师); else kind and level name it.
    name: Mapped[str] = mapped_column(String(60), default="", server_default="")
    awarded_on: Mapped[date]
    document_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    state: Mapped[str] = mapped_column(String(10), default="active", server_default="active")
    withdrawn_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    entered_by_id: Mapped[int | None] = mapped_column(BigInteger)

    teacher: Mapped[Teacher] = relationship()
