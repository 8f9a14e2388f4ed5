"""Tables of the ledger. The checks mirror the rules, so no code can hand out what is not there."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    event,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.office.journal.models import append_only
from provincial.people.organisations.models import Organisation
from provincial.planning.ledger.rules import SheetState
from provincial.planning.plans.models import Project, ProjectCategory


class QuotaSheet(Numbered, Dated, Versioned, Base):
    """What one body holds of one category. Its row is the lock for every cell on it."""

    __tablename__ = "quota_sheet"
    __table_args__ = (
        UniqueConstraint("category_id", "organisation_id"),
        CheckConstraint("state in ('issued','splitting','allocated','locked')", name="state"),
        CheckConstraint("parent_id is null or parent_id <> id", name="not_own_parent"),
        Index("ix_quota_sheet_parent", "parent_id", "organisation_id"),
        Index("ix_quota_sheet_organisation", "organisation_id"),
    )

    category_id: Mapped[int] = mapped_column(ForeignKey("project_category.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("quota_sheet.id"))
    state: Mapped[str] = mapped_column(String(10), default="issued", server_default="issued")
    #: The date this body sets for those below it; never later than its own (HN-38).
    due_below: Mapped[date | None]
    locked_at: Mapped[datetime | None]
    locked_by_id: Mapped[int | None] = mapped_column(BigInteger)

    category: Mapped[ProjectCategory] = relationship()
    organisation: Mapped[Organisation] = relationship()
    parent: Mapped[QuotaSheet | None] = relationship(remote_side="QuotaSheet.id")
    cells: Mapped[list[Quota]] = relationship(back_populates="sheet", viewonly=True)

    @property
    def status(self) -> SheetState:
        """The state with its label and tone."""
        return SheetState(self.state)


class Quota(Numbered, Base):
    """One project on a sheet: held from above, given to those below, used by nominations."""

    __tablename__ = "quota"
    __table_args__ = (
        UniqueConstraint("sheet_id", "project_id"),
        CheckConstraint(
            "given >= 0 and used >= 0 and given + used <= held", name="given_and_used_within_held"
        ),
        CheckConstraint("green_used >= 0", name="green_used"),
        # No figure in an index: a booked cell then stays on its page and no index is written (HOT).
        Index("ix_quota_project", "project_id"),
    )

    sheet_id: Mapped[int] = mapped_column(ForeignKey("quota_sheet.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    held: Mapped[int] = mapped_column(default=0, server_default="0")
    given: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Places that nominations of the holder have taken (HN-37); those of the green channel apart.
    used: Mapped[int] = mapped_column(default=0, server_default="0")
    green_used: Mapped[int] = mapped_column(default=0, server_default="0")

    sheet: Mapped[QuotaSheet] = relationship()
    project: Mapped[Project] = relationship()

    @property
    def unassigned(self) -> int:
        """Places neither handed down nor taken by a nomination."""
        return self.held - self.given - self.used


class QuotaBatch(Numbered, Base):
    """One act on the ledger: who, what, why; undone as a whole or row by row."""

    __tablename__ = "quota_batch"
    __table_args__ = (
        CheckConstraint(
            "kind in ('issue','correction','split','give_back','swap','top_up','move','undo')",
            name="kind",
        ),
        CheckConstraint(
            "kind not in ('correction','give_back','swap','top_up','move','undo') or reason <> ''",
            name="reason_where_due",
        ),
        Index("ix_quota_batch_sheet", "sheet_id", text("id desc")),
        Index("ix_quota_batch_category", "category_id", text("id desc")),
    )

    category_id: Mapped[int] = mapped_column(ForeignKey("project_category.id"))
    sheet_id: Mapped[int] = mapped_column(ForeignKey("quota_sheet.id"))
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    approved_by_id: Mapped[int | None] = mapped_column(BigInteger)
    mandate_id: Mapped[int | None] = mapped_column(BigInteger)
    import_run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("quota_batch.id"), index=True)

    sheet: Mapped[QuotaSheet] = relationship()
    category: Mapped[ProjectCategory] = relationship()


class QuotaEntry(Numbered, Base):
    """One change of one cell's *held*; what it takes from or gives back to the parent cell."""

    __tablename__ = "quota_entry"
    __table_args__ = (
        CheckConstraint("delta <> 0", name="moves_something"),
        Index("ix_quota_entry_quota", "quota_id", "at"),
        Index("ix_quota_entry_parent", "parent_quota_id", "at"),
        Index("ix_quota_entry_batch", "batch_id"),
    )

    batch_id: Mapped[int] = mapped_column(ForeignKey("quota_batch.id"))
    quota_id: Mapped[int] = mapped_column(ForeignKey("quota.id"))
    parent_quota_id: Mapped[int | None] = mapped_column(ForeignKey("quota.id"))
    delta: Mapped[int]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


event.listen(
    QuotaEntry.__table__,
    "after_create",
    DDL(append_only("quota_entry")),  # type: ignore[no-untyped-call]
)
