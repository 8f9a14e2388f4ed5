"""The table of copies that went out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered
from provincial.people.organisations.models import Organisation
from provincial.planning.plans.models import ProjectCategory


class NominationCopy(Numbered, Dated, Base):
    """One list as it went out. ``rows`` holds what it said, by code; numbers of people masked."""

    __tablename__ = "nomination_copy"
    __table_args__ = (
        UniqueConstraint("category_id", "organisation_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )

    category_id: Mapped[int] = mapped_column(ForeignKey("project_category.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[int]
    rows: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")

    category: Mapped[ProjectCategory] = relationship()
    organisation: Mapped[Organisation] = relationship()
