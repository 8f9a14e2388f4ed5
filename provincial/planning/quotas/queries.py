"""Reading places: deadlines, what a body holds, the split page, what waits for a holder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from provincial.core.clock import china_date, end_of
from provincial.core.db import db
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import QUOTA_HOLDERS
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.ledger.queries import cells_of, projects_of
from provincial.planning.ledger.rules import CellFacts
from provincial.planning.plans.models import Extension, Plan, Project, ProjectCategory, Window
from provincial.planning.quotas.rules import effective_due

#: The windows whose close binds splitting, the first that the plan has (HN-40).
SPLIT_WINDOWS = ("quotas.split_due", "nominations.selection_due")
QUOTA_HOLDER_KINDS = tuple(sorted(kind.value for kind in QUOTA_HOLDERS))


@dataclass(frozen=True, slots=True)
class Due:
    """The deadline that binds a body: its last day, the instant it closes, an extension if any."""

    day: date | None
    closes_at: datetime | None
    extended: bool = False

    def closed(self, now: datetime) -> bool:
        """Whether it has passed; half-open, the last day included."""
        return self.closes_at is not None and now >= self.closes_at


def deadline(sheet: QuotaSheet) -> Due:
    """The earliest of the plan's window (with an extension for this body) and the dates set above."""
    window = db.session.scalar(
        select(Window)
        .join(ProjectCategory, ProjectCategory.plan_id == Window.plan_id)
        .where(ProjectCategory.id == sheet.category_id, Window.kind.in_(SPLIT_WINDOWS))
        .order_by(Window.kind.desc())
        .limit(1)
    )
    above = _dates_above(sheet)
    closes = window.closes_at if window else None
    extension = _extension(window, sheet) if window else None
    if extension is not None and closes is not None and extension > closes:
        return Due(_last_day(extension), extension, extended=True)
    day = effective_due(_last_day(closes) if closes else None, above)
    if day is None:
        return Due(None, None)
    own = _last_day(closes) if closes else None
    return Due(day, closes if day == own else end_of(day))


def _last_day(closes_at: datetime) -> date:
    return china_date(closes_at - timedelta(microseconds=1))


def _dates_above(sheet: QuotaSheet) -> list[date | None]:
    """The dates that the bodies above set for those below them."""
    above = (
        select(QuotaSheet.parent_id).where(QuotaSheet.id == sheet.id).cte("above", recursive=True)
    )
    parent = aliased(QuotaSheet)
    above = above.union_all(select(parent.parent_id).where(parent.id == above.c.parent_id))
    return list(
        db.session.scalars(
            select(QuotaSheet.due_below).where(
                QuotaSheet.id.in_(select(above.c.parent_id)), QuotaSheet.due_below.is_not(None)
            )
        )
    )


def _extension(window: Window, sheet: QuotaSheet) -> datetime | None:
    """The latest extension for this body or one above it in the quota tree."""
    path = sheet.organisation.quota_path
    above = [int(part) for part in path.strip("/").split("/") if part]
    return db.session.scalar(
        select(func.max(Extension.closes_at)).where(
            Extension.window_id == window.id,
            Extension.organisation_id.in_(above),
            Extension.withdrawn_at.is_(None),
        )
    )


@dataclass(frozen=True, slots=True)
class Holding:
    """One line of "my places": a sheet with its sums."""

    sheet: QuotaSheet
    plan: Plan
    category: ProjectCategory
    held: int
    given: int

    @property
    def unassigned(self) -> int:
        """Places still to be handed down."""
        return self.held - self.given


def holdings(organisation_id: int) -> list[Holding]:
    """What a body holds, over all plans that are under way, newest first."""
    rows = db.session.execute(
        select(
            QuotaSheet,
            Plan,
            ProjectCategory,
            func.coalesce(func.sum(Quota.held), 0),
            func.coalesce(func.sum(Quota.given), 0),
        )
        .join(ProjectCategory, ProjectCategory.id == QuotaSheet.category_id)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .outerjoin(Quota, Quota.sheet_id == QuotaSheet.id)
        .where(QuotaSheet.organisation_id == organisation_id, Plan.state != "archived")
        .group_by(QuotaSheet.id, Plan.id, ProjectCategory.id)
        .order_by(Plan.year.desc(), Plan.id.desc(), ProjectCategory.position)
    )
    return [Holding(sheet, plan, category, int(h), int(g)) for sheet, plan, category, h, g in rows]


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything a split page shows: columns with what is held, rows with what each child holds."""

    projects: Sequence[Project]
    own: Mapping[int, CellFacts]
    children: Sequence[Organisation]
    cells: Mapping[tuple[int, int], CellFacts]


def children_of(sheet: QuotaSheet) -> list[Organisation]:
    """The bodies directly below in the quota tree that may hold places, in their official order.

    One that has closed is listed while it still holds some.
    """
    holds = exists().where(
        QuotaSheet.organisation_id == Organisation.id,
        QuotaSheet.parent_id == sheet.id,
        Quota.sheet_id == QuotaSheet.id,
        Quota.held > 0,
    )
    return list(
        db.session.scalars(
            select(Organisation)
            .where(
                Organisation.quota_parent_id == sheet.organisation_id,
                Organisation.kind.in_(QUOTA_HOLDER_KINDS),
                (Organisation.state == "active") | holds,
            )
            .order_by(Organisation.sort_order, Organisation.id)
        )
    )


def grid(sheet: QuotaSheet) -> Grid:
    """The split page of a sheet, in four statements whatever its size."""
    children = children_of(sheet)
    sheets = dict(
        db.session.execute(
            select(QuotaSheet.id, QuotaSheet.organisation_id).where(
                (QuotaSheet.parent_id == sheet.id) | (QuotaSheet.id == sheet.id)
            )
        ).tuples()
    )
    cells = cells_of(sheets)
    own = {p: facts for (s, p), facts in cells.items() if s == sheet.id}
    return Grid(
        projects=projects_of(sheet.category_id),
        own=own,
        children=children,
        cells={(sheets[s], p): facts for (s, p), facts in cells.items() if s != sheet.id},
    )
