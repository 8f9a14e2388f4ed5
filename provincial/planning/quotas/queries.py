"""Reading places: what a body holds, the split page, history, and what waits for a holder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from provincial.core.db import db
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import QUOTA_HOLDERS
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.ledger.queries import cells_of, projects_of
from provincial.planning.ledger.rules import CellFacts
from provincial.planning.plans.models import Plan, Project, ProjectCategory

QUOTA_HOLDER_KINDS = tuple(sorted(kind.value for kind in QUOTA_HOLDERS))


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
