"""Tables of nominations, of the steps on them, and of the lists that cities hand in."""

from __future__ import annotations

import uuid as uuids
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    event,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.office.files.models import StoredFile
from provincial.office.journal.models import append_only
from provincial.office.papers.models import Paper
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.planning.ledger.models import Quota
from provincial.planning.nominations.rules import Channel, ListState, NominationState
from provincial.planning.plans.models import Project, ProjectCategory

#: States in which a nomination holds its place, as SQL; the same as ``rules.ALIVE``, a test says so.
ALIVE = (
    "state in ('draft','returned','school_confirmed','county_approved','city_submitted',"
    "'green_pending','green_approved','province_confirmed')"
)


class Nomination(Numbered, Dated, Versioned, Base):
    """One teacher on one place. ``cell`` is the place; ``nominator`` the body that holds it."""

    __tablename__ = "nomination"
    __table_args__ = (
        CheckConstraint(
            "state in ('draft','returned','school_confirmed','county_approved','city_submitted',"
            "'green_pending','green_approved','province_confirmed','refused','withdrawn',"
            "'replaced','released')",
            name="state",
        ),
        CheckConstraint("channel in ('regular','green')", name="channel"),
        CheckConstraint(
            "channel = 'green' or state not in ('green_pending','green_approved')",
            name="green_states",
        ),
        CheckConstraint(
            f"(waits_at_id is not null) = ({ALIVE} and state <> 'province_confirmed')",
            name="waits_somewhere",
        ),
        CheckConstraint("replaces_id <> id", name="not_itself"),
        # One teacher once in a project; two officers filling in the same name meet here (HN-70).
        Index(
            "uq_nomination_teacher",
            "teacher_id",
            "project_id",
            unique=True,
            postgresql_where=text(ALIVE),
        ),
        # Not in two projects at the same time, where the plan forbids it and the days are known.
        ExcludeConstraint(
            (text("int8range(teacher_id, teacher_id, '[]')"), "&&"),
            ("apart", "&&"),
            name="ex_nomination_at_once",
            using="gist",
            where=text(f"apart is not null and {ALIVE}"),
        ),
        Index("ix_nomination_cell", "cell_id", "state"),
        Index("ix_nomination_project", "project_id", "state", "nominator_id"),
        Index("ix_nomination_waits", "waits_at_id", "category_id", "id"),
        Index(
            "ix_nomination_quota_path",
            "category_id",
            "quota_path",
            "id",
            postgresql_ops={"quota_path": "text_pattern_ops"},
        ),
        # The sums of "how full are the places" read this index and nothing else.
        Index(
            "ix_nomination_sums",
            "category_id",
            "quota_path",
            postgresql_ops={"quota_path": "text_pattern_ops"},
            postgresql_include=["state", "channel", "waits_at_id", "nominator_id", "project_id"],
        ),
        Index("ix_nomination_school", "school_id"),
        Index("ix_nomination_list", "list_id"),
        Index("ix_nomination_run", "import_run_id"),
    )

    uuid: Mapped[uuids.UUID] = mapped_column(Uuid, unique=True, default=uuids.uuid4)
    #: Eight signs that a printed or exported row carries and comes back with.
    code: Mapped[str] = mapped_column(String(8), unique=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("project_category.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    cell_id: Mapped[int] = mapped_column(ForeignKey("quota.id"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id"))
    #: Where the teacher worked when nominated; a transfer later leaves the place with its cell.
    school_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    nominator_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    #: The nominator's place in the quota tree: the scope of lists.
    quota_path: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(10), default="regular", server_default="regular")
    state: Mapped[str] = mapped_column(String(20), default="draft", server_default="draft")
    #: Whose act is next; nobody's once the province has said yes or it is over.
    waits_at_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    entered_by_id: Mapped[int | None] = mapped_column(BigInteger)
    entered_by: Mapped[str] = mapped_column(String(80), default="", server_default="")
    #: The warnings that stood beside it, and why it was entered or passed on all the same.
    warnings: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, default=list, server_default=text("'[]'")
    )
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    #: Why the green channel is open to this teacher (HN-42), and the evidence for it.
    grounds: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    late: Mapped[bool] = mapped_column(default=False, server_default="false")
    #: The days of the project or class, when known and when the plan forbids two at once.
    apart: Mapped[Range[date] | None] = mapped_column(DATERANGE)
    #: The first day of the class once one is set; else the project's planned day counts.
    opens_on: Mapped[date | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("nomination.id"), unique=True)
    list_id: Mapped[int | None] = mapped_column(ForeignKey("nomination_list.id"))
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))

    category: Mapped[ProjectCategory] = relationship()
    project: Mapped[Project] = relationship()
    cell: Mapped[Quota] = relationship()
    teacher: Mapped[Teacher] = relationship()
    school: Mapped[Organisation] = relationship(foreign_keys=[school_id])
    nominator: Mapped[Organisation] = relationship(foreign_keys=[nominator_id])
    waits_at: Mapped[Organisation | None] = relationship(foreign_keys=[waits_at_id])
    evidence: Mapped[StoredFile | None] = relationship()
    replaces: Mapped[Nomination | None] = relationship(remote_side="Nomination.id")
    handed_in_with: Mapped[NominationList | None] = relationship()

    @property
    def status(self) -> NominationState:
        """The state with its label and tone."""
        return NominationState(self.state)

    @property
    def way(self) -> Channel:
        """The channel with its label."""
        return Channel(self.channel)


class NominationStep(Numbered, Base):
    """One act on one nomination: the change log, never changed again."""

    __tablename__ = "nomination_step"
    __table_args__ = (Index("ix_nomination_step_nomination", "nomination_id", "id"),)

    nomination_id: Mapped[int] = mapped_column(ForeignKey("nomination.id"))
    action: Mapped[str] = mapped_column(String(20))
    from_state: Mapped[str] = mapped_column(String(20), default="", server_default="")
    to_state: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    mandate_id: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    late: Mapped[bool] = mapped_column(default=False, server_default="false")

    organisation: Mapped[Organisation] = relationship()


event.listen(
    NominationStep.__table__,
    "after_create",
    DDL(append_only("nomination_step")),  # type: ignore[no-untyped-call]
)


class NominationList(Numbered, Dated, Versioned, Base):
    """The confirmed list of one body: a paper with a code, and its stamped twin when it comes back."""

    __tablename__ = "nomination_list"
    __table_args__ = (
        UniqueConstraint("category_id", "organisation_id", "number"),
        CheckConstraint(
            "state in ('submitted','stamped','confirmed','returned','withdrawn')", name="state"
        ),
        CheckConstraint("channel in ('regular','green')", name="channel"),
        CheckConstraint("state <> 'stamped' or stamped_id is not null", name="stamped"),
    )

    category_id: Mapped[int] = mapped_column(ForeignKey("project_category.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10), default="regular", server_default="regular")
    #: The body's lists of one category, counted from 1.
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="submitted", server_default="submitted")
    people: Mapped[int]
    #: Whether somebody who had entered names had to submit them for want of a second officer.
    needs_stamp: Mapped[bool] = mapped_column(default=False, server_default="false")
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    stamped_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    submitted_at: Mapped[datetime]
    stamped_at: Mapped[datetime | None]
    #: Why the list was returned as a whole, or withdrawn.
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    late: Mapped[bool] = mapped_column(default=False, server_default="false")

    category: Mapped[ProjectCategory] = relationship()
    organisation: Mapped[Organisation] = relationship()
    paper: Mapped[Paper | None] = relationship()
    stamped: Mapped[StoredFile | None] = relationship()

    @property
    def status(self) -> ListState:
        """The state with its label and tone."""
        return ListState(self.state)
