"""Tables of bans, objections to them, and the append-only integrity file."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import DDL, BigInteger, CheckConstraint, ForeignKey, Index, String, event, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.office.files.models import StoredFile
from provincial.office.journal.models import append_only
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.planning.plans.models import Plan, Project


class Ban(Numbered, Dated, Versioned, Base):
    """One ban of one teacher (HN-46). ``ends_on`` is the last barred day (A-04)."""

    __tablename__ = "ban"
    __table_args__ = (
        CheckConstraint("cause in ('no_show','expelled','not_completed')", name="cause"),
        CheckConstraint(
            "state in ('proposed','in_force','lifted','exempted','dismissed')", name="state"
        ),
        CheckConstraint("ends_on > event_on", name="dates"),
        CheckConstraint("asked in ('','sign','dismiss','lift')", name="asked"),
        CheckConstraint("(asked = '') = (asked_by_id is null)", name="asked_by"),
        CheckConstraint(
            "asked = '' or (asked = 'lift') = (state = 'in_force')", name="asked_in_state"
        ),
        # R14: two officers put it in force.
        CheckConstraint(
            "state <> 'in_force' or (signed_by_id is not null and confirmed_by_id is not null "
            "and in_force_at is not null)",
            name="in_force_by_two",
        ),
        CheckConstraint("signed_by_id <> confirmed_by_id", name="two_officers"),
        CheckConstraint(
            "(state in ('lifted','exempted','dismissed')) = (closed_at is not null)", name="closed"
        ),
        CheckConstraint("closed_at is null or closed_reason <> ''", name="closed_reason"),
        Index(
            "ix_ban_live_teacher",
            "teacher_id",
            postgresql_where=text("state in ('proposed','in_force')"),
        ),
        Index(
            "uq_ban_live_event",
            "teacher_id",
            "cause",
            "event_on",
            unique=True,
            postgresql_where=text("state in ('proposed','in_force')"),
        ),
        Index("ix_ban_end_order", "ends_on", "id"),
        Index("ix_ban_teacher_id", "teacher_id"),
    )

    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    #: Where it arose; nothing for paper lists of earlier years.
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    #: Who reported the event.
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    cause: Mapped[str] = mapped_column(String(20))
    event_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="proposed", server_default="proposed")
    objection_closes_at: Mapped[datetime | None]
    training_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: The notice that made the event known, where there is one.
    notice_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    proposed_by_id: Mapped[int | None] = mapped_column(BigInteger)
    signed_by_id: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_by_id: Mapped[int | None] = mapped_column(BigInteger)
    #: What a first officer has asked for and a second one must confirm: sign, dismiss or lift.
    asked: Mapped[str] = mapped_column(String(10), default="", server_default="")
    asked_by_id: Mapped[int | None] = mapped_column(BigInteger)
    asked_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    in_force_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    told_ending_at: Mapped[datetime | None]
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"), index=True)

    teacher: Mapped[Teacher] = relationship()
    plan: Mapped[Plan | None] = relationship()
    project: Mapped[Project | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    evidence: Mapped[StoredFile | None] = relationship()
    objections: Mapped[list[BanObjection]] = relationship(
        back_populates="ban", order_by="BanObjection.id"
    )


class BanObjection(Numbered, Dated, Versioned, Base):
    """What the teacher (or somebody for them) says against a ban: objection or exemption (HN-47).

    ``verdict`` is what the first officer has proposed; it counts when a second one confirms it.
    """

    __tablename__ = "ban_objection"
    __table_args__ = (
        CheckConstraint("kind in ('objection','exemption')", name="kind"),
        CheckConstraint("state in ('open','accepted','declined')", name="state"),
        CheckConstraint("verdict in ('','accepted','declined')", name="verdict"),
        CheckConstraint("(verdict = '') = (decided_by_id is null)", name="decided_by"),
        CheckConstraint(
            "state = 'open' or (state = verdict and second_decided_by_id is not null "
            "and decided_at is not null and decision_reason <> '')",
            name="decided_by_two",
        ),
        CheckConstraint("decided_by_id <> second_decided_by_id", name="two_officers"),
        Index(
            "uq_ban_objection_open",
            "ban_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_ban_objection_ban_id", "ban_id"),
    )

    ban_id: Mapped[int] = mapped_column(ForeignKey("ban.id"))
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(2000))
    by_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    #: Lodged by an officer for the teacher.
    on_behalf: Mapped[bool] = mapped_column(default=False, server_default="false")
    at: Mapped[datetime]
    evidence_file_ids: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), default=list, server_default="{}"
    )
    state: Mapped[str] = mapped_column(String(10), default="open", server_default="open")
    verdict: Mapped[str] = mapped_column(String(10), default="", server_default="")
    decision_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    second_decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_at: Mapped[datetime | None]

    ban: Mapped[Ban] = relationship(back_populates="objections")


class IntegrityRecord(Numbered, Base):
    """One line of a teacher's integrity file (HN-45). The database refuses to change or delete it."""

    __tablename__ = "integrity_record"
    __table_args__ = (
        CheckConstraint(
            "kind in ('completed','not_completed','no_show','expelled','withdrawn_excused',"
            "'forgery','circular','ban','ban_dismissed','ban_lifted','ban_exempted',"
            "'ban_reopened','objection','correction')",
            name="kind",
        ),
        CheckConstraint("(kind = 'correction') = (corrects_id is not null)", name="corrects"),
        Index("ix_integrity_record_teacher_order", "teacher_id", "on_date", "id"),
    )

    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    kind: Mapped[str] = mapped_column(String(20))
    on_date: Mapped[date]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    ban_id: Mapped[int | None] = mapped_column(BigInteger)
    #: What the line rests on: the training, the number of the circular.
    source: Mapped[str] = mapped_column(String(200), default="", server_default="")
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    evidence_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger)
    decided_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("integrity_record.id"))

    teacher: Mapped[Teacher] = relationship()
    plan: Mapped[Plan | None] = relationship()
    evidence: Mapped[StoredFile | None] = relationship()


event.listen(
    IntegrityRecord.__table__,
    "after_create",
    DDL(append_only(IntegrityRecord.__tablename__)),  # type: ignore[no-untyped-call]
)
