"""Tables of plans, categories, projects, windows, supplementary notices and documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.office.files.models import StoredFile
from provincial.people.organisations.models import Organisation
from provincial.rulebook.vocabulary import stage, subject


class Programme(Numbered, Dated, Versioned, Base):
    """A programme of years that plans may belong to (HN-73)."""

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("last_year >= first_year", name="years"),)

    name: Mapped[str] = mapped_column(String(120), unique=True)
    first_year: Mapped[int]
    last_year: Mapped[int]


class Plan(Numbered, Dated, Versioned, Base):
    """One issue of the plan, never assumed to be a calendar year (C-22). ``code`` is for addresses
    and the command line (``henan-2023``)."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint(
            "state in ('draft','issuing','issued','running','closing','archived','discarded')",
            name="state",
        ),
        CheckConstraint(
            "ends_on is null or starts_on is null or ends_on >= starts_on", name="dates"
        ),
        CheckConstraint(
            "state in ('draft','issuing','discarded') or (issued_at is not null and doc_number <> '' "
            "and issued_by_id is distinct from prepared_by_id)",
            name="issued_by_two",
        ),
        CheckConstraint("publicity in ('public','on_request','internal')", name="publicity"),
    )

    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(40), default="", server_default="")
    year: Mapped[int]
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    rulebook_code: Mapped[str] = mapped_column(String(60))
    #: The rulebook as data; a frozen copy from the moment of issue on.
    rulebook: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rulebook_version: Mapped[int] = mapped_column(default=1, server_default="1")
    doc_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    issued_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    #: Publication metadata (PE-159, PE-160): index number, keywords, publicity.
    index_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    keywords: Mapped[str] = mapped_column(String(200), default="", server_default="")
    publicity: Mapped[str] = mapped_column(String(10), default="public", server_default="public")
    #: Offices printed on letters and notices (HN-67): ``{"office", "person", "phone", "email"}``.
    contacts: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list, server_default="[]")
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    prepared_by_id: Mapped[int | None] = mapped_column(BigInteger)
    issued_by_id: Mapped[int | None] = mapped_column(BigInteger)
    issued_at: Mapped[datetime | None]
    notice_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: Why warnings were accepted at submission ("原则上" needs a recorded reason).
    submit_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    return_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    #: A later room builds on this plan (a table was issued); un-issuing is over then.
    in_use: Mapped[bool] = mapped_column(default=False, server_default="false")

    categories: Mapped[list[ProjectCategory]] = relationship(
        back_populates="plan", order_by="ProjectCategory.position"
    )
    windows: Mapped[list[Window]] = relationship(back_populates="plan", order_by="Window.opens_at")
    programme: Mapped[Programme | None] = relationship()


class ProjectCategory(Numbered, Dated, Versioned, Base):
    """A kind of project of the plan (HN-04, HN-05) with theme, tier and line (GP-03, 08, 37)."""

    __tablename__ = "project_category"
    __table_args__ = (UniqueConstraint("plan_id", "code"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Whether places are handed out by a quota table (HN-32).
    has_quota_table: Mapped[bool] = mapped_column(default=False, server_default="false")
    annex: Mapped[str] = mapped_column(String(40), default="", server_default="")
    target: Mapped[str] = mapped_column(Text, default="", server_default="")
    eligibility: Mapped[str] = mapped_column(Text, default="", server_default="")
    face_days: Mapped[int | None]
    online_hours: Mapped[int | None]
    outcomes_required: Mapped[str] = mapped_column(Text, default="", server_default="")
    themes: Mapped[list[str]] = mapped_column(ARRAY(String(60)), default=list, server_default="{}")
    tier: Mapped[str] = mapped_column(String(20), default="", server_default="")
    programme_line: Mapped[str] = mapped_column(String(40), default="", server_default="")
    rule: Mapped[str] = mapped_column(String(20), default="", server_default="")

    plan: Mapped[Plan] = relationship(back_populates="categories")
    projects: Mapped[list[Project]] = relationship(
        back_populates="category", order_by="Project.position"
    )


class Project(Numbered, Dated, Versioned, Base):
    """A stage and subject of a category: one column of its quota table."""

    __tablename__ = "project"
    __table_args__ = (
        UniqueConstraint("category_id", "stage", "subject"),
        Index("ix_project_category_position", "category_id", "position"),
    )

    category_id: Mapped[int] = mapped_column(ForeignKey("project_category.id"))
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    stage: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(40))
    #: The column's name as the notice writes it (小学语文).
    name: Mapped[str] = mapped_column(String(80))
    themes: Mapped[list[str]] = mapped_column(ARRAY(String(60)), default=list, server_default="{}")
    tier: Mapped[str] = mapped_column(String(20), default="", server_default="")
    opens_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    #: Conditions as data (HN-37): stage, subject, title, years, age, rural, post.
    conditions: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")

    category: Mapped[ProjectCategory] = relationship(back_populates="projects")

    @property
    def words(self) -> tuple[str, str]:
        """Stage and subject as papers write them; a column of its own name has no stage."""
        try:
            school_stage, school_subject = stage(self.stage), subject(self.subject)
        except KeyError:
            return "", self.name
        return school_stage.name, self.name.removeprefix(school_stage.name) or school_subject.name


class Window(Numbered, Dated, Versioned, Base):
    """When something may be done: ``[opens_at, closes_at)`` in UTC. Windows overlap freely."""

    __tablename__ = "plan_window"
    __table_args__ = (
        UniqueConstraint("plan_id", "kind"),
        CheckConstraint("closes_at > opens_at", name="order"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    rule: Mapped[str] = mapped_column(String(20), default="", server_default="")

    plan: Mapped[Plan] = relationship(back_populates="windows")
    extensions: Mapped[list[Extension]] = relationship(back_populates="window")


class Extension(Numbered, Dated, Base):
    """A later close for one body, with a reason; what comes after the common close is late (A-44)."""

    __tablename__ = "window_extension"
    __table_args__ = (Index("ix_window_extension_body", "window_id", "organisation_id"),)

    window_id: Mapped[int] = mapped_column(ForeignKey("plan_window.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    closes_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)

    organisation: Mapped[Organisation] = relationship()
    window: Mapped[Window] = relationship(back_populates="extensions")


class SupplementaryNotice(Numbered, Dated, Versioned, Base):
    """A later notice that changes an issued plan from a date on; needs two officers."""

    __tablename__ = "supplementary_notice"
    __table_args__ = (
        CheckConstraint(
            "state in ('draft','submitted','approved','in_force','withdrawn')", name="state"
        ),
        CheckConstraint(
            "state not in ('approved','in_force') "
            "or approved_by_id is distinct from prepared_by_id",
            name="two_persons",
        ),
        CheckConstraint("state <> 'in_force' or in_force_at is not null", name="in_force_at"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    doc_number: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    effective_on: Mapped[date]
    #: ``{key: {"before": …, "after": …, "article": …, "quote": …}}``
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    touches: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    prepared_by_id: Mapped[int | None] = mapped_column(BigInteger)
    approved_by_id: Mapped[int | None] = mapped_column(BigInteger)
    in_force_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    #: The windows that moved when it came in force, to move back: ``{"id", "kind", …}``.
    moved: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")

    plan: Mapped[Plan] = relationship()


class PlanDocument(Numbered, Dated, Base):
    """A file attached to a plan: the notice, an annex, a form to download (ZJ20-52)."""

    __tablename__ = "plan_document"

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str] = mapped_column(String(200))
    is_public: Mapped[bool] = mapped_column(default=True, server_default="true")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    removed_at: Mapped[datetime | None]
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)

    plan: Mapped[Plan] = relationship()
    file: Mapped[StoredFile] = relationship()


class PlanRulebookVersion(Numbered, Dated, Base):
    """The plan's rulebook as it held from a date on: the frozen copy, then one per change."""

    __tablename__ = "plan_rulebook_version"
    __table_args__ = (UniqueConstraint("plan_id", "version"),)

    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    version: Mapped[int]
    effective_on: Mapped[date]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("supplementary_notice.id"))
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")

    notice: Mapped[SupplementaryNotice | None] = relationship()
