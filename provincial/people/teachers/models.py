"""Tables of teachers and of their history."""

from __future__ import annotations

import uuid as uuids
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.people.organisations.models import Organisation


class Teacher(Numbered, Dated, Versioned, Base):
    """One person on a school's list. ID number and phone are sealed, with an index to find them."""

    __tablename__ = "teacher"
    __table_args__ = (
        CheckConstraint("state in ('active','left','merged','undone')", name="state"),
        CheckConstraint("(state = 'merged') = (merged_into_id is not null)", name="merged_into"),
        CheckConstraint("id <> merged_into_id", name="not_into_itself"),
        CheckConstraint("(state = 'left') = (left_on is not null)", name="left_on"),
        CheckConstraint("sex in ('0','1','2','9')", name="sex"),
        CheckConstraint(
            "stage in ('','preschool','primary','junior','senior','special','vocational')",
            name="stage",
        ),
        CheckConstraint(
            "title in ('','senior_full','senior_associate','first_grade','second_grade',"
            "'third_grade','ungraded')",
            name="title",
        ),
        CheckConstraint(
            "status in ('in_service','on_leave','seconded','studying','waiting','retired')",
            name="status",
        ),
        CheckConstraint("octet_length(id_index) = 32", name="id_index"),
        CheckConstraint("left(id_number, 3) = 'v1:'", name="id_number_sealed"),
        CheckConstraint("phone = '' or left(phone, 3) = 'v1:'", name="phone_sealed"),
        CheckConstraint("(phone = '') = (phone_index is null)", name="phone_index"),
        CheckConstraint("since > birth_on and teaching_since > birth_on", name="times"),
        Index(
            "uq_teacher_id_index",
            "id_index",
            unique=True,
            postgresql_where=text("state not in ('merged','undone')"),
        ),
        Index("ix_teacher_phone_index", "phone_index"),
        Index("ix_teacher_search_order", "search_key", "id"),
        Index("ix_teacher_school_order", "organisation_id", "search_key", "id"),
        Index("ix_teacher_name_key", "name_key"),
    )

    #: Part of the context with which the sealed columns are bound to this row.
    uuid: Mapped[uuids.UUID] = mapped_column(Uuid, unique=True, default=uuids.uuid4)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(60))
    search_key: Mapped[str] = mapped_column(String(300))
    id_number: Mapped[str] = mapped_column(String(200))
    id_index: Mapped[bytes] = mapped_column(LargeBinary)
    birth_on: Mapped[date]
    sex: Mapped[str] = mapped_column(String(1))
    phone: Mapped[str] = mapped_column(String(200), default="", server_default="")
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    stage: Mapped[str] = mapped_column(String(20), default="", server_default="")
    subject: Mapped[str] = mapped_column(String(40), default="", server_default="")
    title: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: The post as given (教导主任); whether it is that of a head stands apart (GP-04).
    post: Mapped[str] = mapped_column(String(40), default="", server_default="")
    is_head: Mapped[bool] = mapped_column(default=False, server_default="false")
    is_class_teacher: Mapped[bool] = mapped_column(default=False, server_default="false")
    #: Start of work and of teaching; where only the month is known, its first day (PE-130).
    since: Mapped[date | None]
    teaching_since: Mapped[date | None]
    status: Mapped[str] = mapped_column(
        String(20), default="in_service", server_default="in_service"
    )
    ethnic_code: Mapped[str] = mapped_column(String(2), default="", server_default="")
    political_code: Mapped[str] = mapped_column(String(2), default="", server_default="")
    native_place: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: The account of this person, when they have one; they then see their own record.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), unique=True)
    #: Where each field came from, by column: import, form, nomination, correction (ZJ22-61).
    sources: Mapped[dict[str, Any]] = mapped_column(
        JSONB, default=dict, server_default=text("'{}'")
    )
    state: Mapped[str] = mapped_column(String(10), default="active", server_default="active")
    left_on: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("teacher.id"), index=True)

    organisation: Mapped[Organisation] = relationship()


class TeacherEducation(Numbered, Dated, Base):
    """How a teacher was educated: at most one full-time and one in-service block (PE-131)."""

    __tablename__ = "teacher_education"
    __table_args__ = (
        UniqueConstraint("teacher_id", "kind"),
        CheckConstraint("kind in ('full_time','in_service')", name="kind"),
        CheckConstraint("qualification in ('10','20','30','40','60','90')", name="qualification"),
        CheckConstraint("degree in ('','2','3','4')", name="degree"),
        CheckConstraint("graduated_on > entered_on", name="dates"),
    )

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    qualification: Mapped[str] = mapped_column(String(2))
    degree: Mapped[str] = mapped_column(String(1), default="", server_default="")
    #: The first of the month, as school years are told by month.
    entered_on: Mapped[date | None]
    graduated_on: Mapped[date | None]
    institution: Mapped[str] = mapped_column(String(60), default="", server_default="")
    major: Mapped[str] = mapped_column(String(60), default="", server_default="")


class TeacherEvent(Numbered, Dated, Base):
    """One step of a teacher's history; what an import made or changed is known by its run."""

    __tablename__ = "teacher_event"
    __table_args__ = (Index("ix_teacher_event_teacher_id", "teacher_id", "id"),)

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    kind: Mapped[str] = mapped_column(String(20))
    on_date: Mapped[date]
    #: The school at which the step took place (a transfer: the new one), and what was so before and
    #: after; sealed values stay sealed here too.
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"), index=True)
    #: The step that this one takes back; a step can be taken back once.
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("teacher_event.id"), unique=True)
