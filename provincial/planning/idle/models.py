"""The table of wishes: who asked the body above for more places."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.plans.models import Project


class PlaceWish(Numbered, Dated, Base):
    """A body asks for so many more places of a project; open until it is met or taken back."""

    __tablename__ = "place_wish"
    __table_args__ = (
        CheckConstraint("state in ('open','closed')", name="state"),
        CheckConstraint("places > 0", name="places"),
        Index(
            "uq_place_wish_open",
            "sheet_id",
            "project_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("quota_sheet.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    places: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(10), default="open", server_default="open")
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    closed_by: Mapped[str] = mapped_column(String(80), default="", server_default="")

    sheet: Mapped[QuotaSheet] = relationship()
    project: Mapped[Project] = relationship()
