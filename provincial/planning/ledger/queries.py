"""Reading the ledger: cells, tables, batches, and what stands in the way of taking one back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Select, bindparam, exists, func, select
from sqlalchemy.orm import aliased

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Mandate
from provincial.people.organisations.models import Organisation
from provincial.planning.ledger.models import Quota, QuotaBatch, QuotaEntry, QuotaSheet
from provincial.planning.ledger.permissions import visible_sheets
from provincial.planning.ledger.rules import BatchKind, CellFacts
from provincial.planning.plans.models import Plan, Project, ProjectCategory

_CELLS = (
    select(
        Quota.sheet_id,
        Quota.project_id,
        Project.name,
        Quota.held,
        Quota.given,
        Organisation.name,
        Quota.used,
    )
    .join(Project, Project.id == Quota.project_id)
    .join(QuotaSheet, QuotaSheet.id == Quota.sheet_id)
    .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
    .where(Quota.sheet_id == func.any(bindparam("sheets", type_=ARRAY(BigInteger))))
)


def cells_of(sheet_ids: Iterable[int]) -> dict[tuple[int, int], CellFacts]:
    """Every cell of these sheets by (sheet, project)."""
    rows = db.session.execute(_CELLS, {"sheets": list(sheet_ids)})
    return {
        (sheet, project): CellFacts(project, name, held, given, body, used)
        for sheet, project, name, held, given, body, used in rows
    }


_HOLDER = select(Organisation.name, Organisation.quota_path).where(
    Organisation.id == bindparam("body")
)


def holder(sheet: QuotaSheet) -> tuple[str, str]:
    """Name and place in the quota tree of the body that holds a sheet, as they are now."""
    name, quota_path = db.session.execute(_HOLDER, {"body": sheet.organisation_id}).one()
    return name, quota_path


def children_allowed(parent_organisation_id: int, organisation_ids: Iterable[int]) -> set[int]:
    """Those of ``organisation_ids`` that stand directly below in the quota tree and still act.

    They are held where they stand to the end of the transaction: a body that is being moved gets
    its first places either before the move, or not from here.
    """
    return set(
        db.session.scalars(
            select(Organisation.id)
            .where(
                Organisation.id.in_(list(organisation_ids)),
                Organisation.quota_parent_id == parent_organisation_id,
                Organisation.state == "active",
            )
            .order_by(Organisation.id)
            .with_for_update(read=True)
        )
    )


def table_of(sheet: QuotaSheet) -> dict[tuple[int, int], int]:
    """What the children of a sheet hold: ``{(organisation, project): places}``, noughts left out."""
    child = aliased(QuotaSheet)
    rows = db.session.execute(
        select(child.organisation_id, Quota.project_id, Quota.held)
        .join(Quota, Quota.sheet_id == child.id)
        .where(child.parent_id == sheet.id, Quota.held > 0)
    )
    return {(organisation, project): held for organisation, project, held in rows}


def facts_below(sheet: QuotaSheet) -> dict[tuple[int, int], CellFacts]:
    """The cells of the children of a sheet as they stand: ``{(organisation, project): facts}``."""
    children = db.session.execute(
        select(QuotaSheet.id, QuotaSheet.organisation_id).where(QuotaSheet.parent_id == sheet.id)
    )
    bodies = dict(children.tuples().all())
    return {(bodies[s], project): facts for (s, project), facts in cells_of(bodies).items()}


def sheet_in_scope(viewer: Viewer, sheet_id: int) -> QuotaSheet | None:
    """The sheet, when it lies in the viewer's quota subtree."""
    return db.session.scalar(
        select(QuotaSheet).where(QuotaSheet.id == sheet_id, visible_sheets(viewer))
    )


def batch_in_scope(viewer: Viewer, batch_id: int) -> QuotaBatch | None:
    """The batch, when its sheet lies in the viewer's quota subtree."""
    return db.session.scalar(
        select(QuotaBatch)
        .join(QuotaSheet, QuotaSheet.id == QuotaBatch.sheet_id)
        .where(QuotaBatch.id == batch_id, visible_sheets(viewer))
    )


def category_with_table(_viewer: Viewer, category_id: int) -> ProjectCategory | None:
    """A category that hands out places by a table."""
    found = db.session.get(ProjectCategory, category_id)
    return found if found is not None and found.has_quota_table else None


def sheet_of(category_id: int, organisation_id: int) -> QuotaSheet | None:
    """The sheet of a body in a category, when it holds places."""
    return db.session.scalar(
        select(QuotaSheet).where(
            QuotaSheet.category_id == category_id, QuotaSheet.organisation_id == organisation_id
        )
    )


def province_id() -> int | None:
    """The provincial office: the root of the quota tree."""
    return db.session.scalar(
        select(Organisation.id)
        .where(Organisation.kind == "provincial_office", Organisation.quota_parent_id.is_(None))
        .order_by(Organisation.id)
        .limit(1)
    )


def projects_of(category_id: int) -> list[Project]:
    """The columns of a category's table."""
    return list(
        db.session.scalars(
            select(Project).where(Project.category_id == category_id).order_by(Project.position)
        )
    )


def sheets_in_running_plans(organisation_id: int) -> list[int]:
    """The sheets of a body in every plan that is not archived, in id order."""
    return list(
        db.session.scalars(
            select(QuotaSheet.id)
            .join(ProjectCategory, ProjectCategory.id == QuotaSheet.category_id)
            .join(Plan, Plan.id == ProjectCategory.plan_id)
            .where(QuotaSheet.organisation_id == organisation_id, Plan.state != "archived")
            .order_by(QuotaSheet.id)
        )
    )


def chain_above(sheet_id: int) -> list[int]:
    """The sheets above a sheet, nearest first, up to the province."""
    chain: list[int] = []
    above = db.session.scalar(select(QuotaSheet.parent_id).where(QuotaSheet.id == sheet_id))
    while above is not None:
        chain.append(above)
        above = db.session.scalar(select(QuotaSheet.parent_id).where(QuotaSheet.id == above))
    return chain


def top_down(sheet_ids: Iterable[int]) -> list[int]:
    """Sheets in the order in which they are locked: by depth in the quota tree, then by id."""
    return sorted(sheet_ids, key=lambda sheet_id: (len(chain_above(sheet_id)), sheet_id))


def holders_of_batch(batch_id: int) -> list[int]:
    """The bodies below the acting one whose cells a batch changed, in id order."""
    return list(
        db.session.scalars(
            select(QuotaSheet.organisation_id)
            .distinct()
            .join(Quota, Quota.sheet_id == QuotaSheet.id)
            .join(QuotaEntry, QuotaEntry.quota_id == Quota.id)
            .where(QuotaEntry.batch_id == batch_id, QuotaEntry.parent_quota_id.is_not(None))
            .order_by(QuotaSheet.organisation_id)
        )
    )


def without_places(parent_sheet_id: int, organisation_ids: Iterable[int]) -> list[int]:
    """Those of the bodies below a sheet that hold nothing at all any more."""
    holds = exists().where(Quota.sheet_id == QuotaSheet.id, Quota.held > 0)
    return list(
        db.session.scalars(
            select(QuotaSheet.organisation_id).where(
                QuotaSheet.parent_id == parent_sheet_id,
                QuotaSheet.organisation_id.in_(list(organisation_ids)),
                ~holds,
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Act:
    """One line of a sheet's history: what was done, by whom, under which mandate, taken back or not."""

    batch: QuotaBatch
    kind: BatchKind
    cells: int
    more: int
    fewer: int
    acting_body: str
    undone: int

    @property
    def is_undone(self) -> bool:
        """Whether all of it has been taken back."""
        return bool(self.cells) and self.undone >= self.cells


def acts(sheet: QuotaSheet, limit: int = 30) -> list[Act]:
    """What the holder has done with its places, newest first."""
    return _acts(select(QuotaBatch.id).where(QuotaBatch.sheet_id == sheet.id), limit)


def act(batch: QuotaBatch) -> Act:
    """One act with its sums."""
    return _acts(select(QuotaBatch.id).where(QuotaBatch.id == batch.id), 1)[0]


def _acts(ids: Select[Any], limit: int) -> list[Act]:
    taken, undoing = aliased(QuotaEntry), aliased(QuotaBatch)
    undone = (
        select(func.count(taken.id))
        .join(undoing, undoing.id == taken.batch_id)
        .where(undoing.undoes_id == QuotaBatch.id, taken.parent_quota_id.is_not(None))
        .correlate(QuotaBatch)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            QuotaBatch,
            func.count(QuotaEntry.id),
            func.coalesce(func.sum(QuotaEntry.delta).filter(QuotaEntry.delta > 0), 0),
            func.coalesce(func.sum(-QuotaEntry.delta).filter(QuotaEntry.delta < 0), 0),
            func.coalesce(func.max(Organisation.name), ""),
            undone,
        )
        .outerjoin(
            QuotaEntry,
            (QuotaEntry.batch_id == QuotaBatch.id) & QuotaEntry.parent_quota_id.is_not(None),
        )
        .outerjoin(Mandate, Mandate.id == QuotaBatch.mandate_id)
        .outerjoin(Organisation, Organisation.id == Mandate.by_organisation_id)
        .where(QuotaBatch.id.in_(ids))
        .group_by(QuotaBatch.id)
        .order_by(QuotaBatch.id.desc())
        .limit(limit)
    )
    return [
        Act(batch, BatchKind(batch.kind), n, more, fewer, acting, undone_rows)
        for batch, n, more, fewer, acting, undone_rows in rows
    ]
