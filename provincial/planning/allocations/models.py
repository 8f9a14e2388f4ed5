"""The table of quota tables on their way to being issued."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.planning.allocations.rules import TableState
from provincial.planning.plans.models import ProjectCategory


class QuotaTable(Numbered, Dated, Versioned, Base):
    """A province's table on its way to being issued; needs a second officer (R14)."""

    __tablename__ = "quota_table"
    __table_args__ = (
        CheckConstraint(
            "state in ('draft','submitted','issued','withdrawn','undone')", name="state"
        ),
        CheckConstraint("origin in ('import','workbench','form')", name="origin"),
        CheckConstraint(
            "state not in ('issued','undone') or issued_by_id is distinct from made_by_id",
            name="two_persons",
        ),
        Index(
            "uq_quota_table_open",
            "category_id",
            unique=True,
            postgresql_where=text("state in ('draft','submitted')"),
        ),
    )

    category_id: Mapped[int] = mapped_column(ForeignKey("project_category.id"))
    origin: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    #: The whole wanted table: ``{unit id: {project id: places}}`` (keys are text in JSON).
    cells: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: How each cell came about, from the workbench; empty otherwise.
    workings: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    return_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("quota_batch.id"))
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    made_by_id: Mapped[int | None] = mapped_column(BigInteger)
    made_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    issued_by_id: Mapped[int | None] = mapped_column(BigInteger)
    issued_at: Mapped[datetime | None]

    category: Mapped[ProjectCategory] = relationship()

    @property
    def status(self) -> TableState:
        """The state with its label and tone."""
        return TableState(self.state)
