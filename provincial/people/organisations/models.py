"""Tables of bodies, their history and their yearly figures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned


class Organisation(Numbered, Dated, Versioned, Base):
    """A body of the tree. Paths are rewritten by one action only, subtree by subtree."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("state in ('active','closed','merged')", name="state"),
        CheckConstraint(
            "(state = 'merged') = (successor_id is not null)", name="merged_has_successor"
        ),
        CheckConstraint("id <> parent_id and id <> quota_parent_id", name="not_own_parent"),
        Index("ix_organisation_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
        Index(
            "ix_organisation_quota_path",
            "quota_path",
            postgresql_ops={"quota_path": "text_pattern_ops"},
        ),
        Index("ix_organisation_search_order", "search_key", "id"),
        Index("ix_organisation_parent_order", "parent_id", "sort_order", "id"),
        Index("ix_organisation_quota_parent_order", "quota_parent_id", "sort_order", "id"),
    )

    kind: Mapped[str] = mapped_column(String(40), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    #: The bureau's own name on letters (郑州市教育局); empty: the name itself.
    formal_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    name_key: Mapped[str] = mapped_column(String(120), index=True)
    search_key: Mapped[str] = mapped_column(String(300), default="", server_default="")
    aliases: Mapped[list[str]] = mapped_column(
        ARRAY(String(120)), default=list, server_default="{}"
    )
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    quota_parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    path: Mapped[str] = mapped_column(String(200), default="", server_default="")
    quota_path: Mapped[str] = mapped_column(String(200), default="", server_default="")
    sort_order: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str] = mapped_column(String(10), default="active", server_default="active")
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    # Schools
    stages: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list, server_default="{}")
    is_rural: Mapped[bool] = mapped_column(default=False, server_default="false")
    is_private: Mapped[bool] = mapped_column(default=False, server_default="false")
    # Institutions (GP-22, ZJ22-31…34)
    quota_group: Mapped[str] = mapped_column(String(40), default="", server_default="")
    accredited_since: Mapped[date | None]
    experience_years: Mapped[int | None]
    # The responsible contact (HN-66); the phone is encrypted.
    contact_name: Mapped[str] = mapped_column(String(40), default="", server_default="")
    contact_phone: Mapped[str] = mapped_column(String(200), default="", server_default="")
    contact_email: Mapped[str] = mapped_column(String(200), default="", server_default="")

    parent: Mapped[Organisation | None] = relationship(
        foreign_keys=[parent_id], remote_side="Organisation.id"
    )
    quota_parent: Mapped[Organisation | None] = relationship(
        foreign_keys=[quota_parent_id], remote_side="Organisation.id"
    )

    @property
    def letter_name(self) -> str:
        """How letters address this body."""
        return self.formal_name or self.name


class OrganisationEvent(Numbered, Dated, Base):
    """One step of a body's history: founded, renamed, moved, merged, closed, reopened."""

    __tablename__ = "organisation_event"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    on_date: Mapped[date]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    reason: Mapped[str] = mapped_column(String(500), default="")
    document_number: Mapped[str] = mapped_column(String(80), default="")
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
    #: The step that this one takes back; a step can be taken back once.
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("organisation_event.id"), unique=True)
    #: The step of another body that brought this one about (a merger moves the children).
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("organisation_event.id"))


class YearlyFigure(Numbered, Dated, Versioned, Base):
    """Figures of one body for one year (HN-35, HN-61, HN-63); workbench and tasks read only these."""

    __tablename__ = "yearly_figure"
    __table_args__ = (
        UniqueConstraint("organisation_id", "year"),
        CheckConstraint("year between 2000 and 2100", name="year"),
        CheckConstraint(
            "coalesce(teachers,0) >= 0 and coalesce(key_teachers,0) >= 0 "
            "and coalesce(rural_teachers,0) >= 0",
            name="counts",
        ),
        CheckConstraint("check_in_rate between 0 and 1", name="rate"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int]
    teachers: Mapped[int | None]
    key_teachers: Mapped[int | None]
    rural_teachers: Mapped[int | None]
    #: County flags (GP-05): contiguous_poor, national_poverty, deep_poverty …
    flags: Mapped[list[str]] = mapped_column(ARRAY(String(40)), default=list, server_default="{}")
    registration_rate: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    check_in_rate: Mapped[Decimal | None] = mapped_column(Numeric(6, 4))
    score: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    grade: Mapped[str] = mapped_column(String(20), default="", server_default="")
    source: Mapped[str] = mapped_column(String(40), default="import", server_default="import")
