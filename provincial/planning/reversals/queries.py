"""The entries of an act with what has been built on each since."""

from __future__ import annotations

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from provincial.core.db import db
from provincial.people.organisations.models import Organisation
from provincial.planning.ledger.models import Quota, QuotaBatch, QuotaEntry, QuotaSheet
from provincial.planning.plans.models import Project
from provincial.planning.reversals.rules import UndoRow


def sheets_of_batch(batch_id: int) -> list[int]:
    """The sheets an undo must lock, from the top down, then by id."""
    cell, above = aliased(Quota), aliased(Quota)
    ids = (
        select(cell.sheet_id)
        .join(QuotaEntry, QuotaEntry.quota_id == cell.id)
        .where(QuotaEntry.batch_id == batch_id)
        .union(
            select(above.sheet_id)
            .join(QuotaEntry, QuotaEntry.parent_quota_id == above.id)
            .where(QuotaEntry.batch_id == batch_id)
        )
    )
    return list(
        db.session.scalars(
            select(QuotaSheet.id)
            .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
            .where(QuotaSheet.id.in_(ids))
            .order_by(func.length(Organisation.quota_path), QuotaSheet.id)
        )
    )


def undo_rows(batch: QuotaBatch) -> list[UndoRow]:
    """The entries of a batch with what has been built on each since."""
    cell, above, later, undoing = (
        aliased(Quota),
        aliased(Quota),
        aliased(QuotaEntry),
        aliased(QuotaBatch),
    )
    undone = aliased(QuotaEntry)
    later_count = (
        select(func.count())
        .select_from(later)
        .join(QuotaBatch, QuotaBatch.id == later.batch_id)
        .where(
            later.quota_id == QuotaEntry.quota_id,
            later.id > QuotaEntry.id,
            later.batch_id != batch.id,
            QuotaBatch.kind != "undo",
            # Taken back row by row: only what was taken back of this very cell is out of the way.
            ~exists()
            .where(
                undoing.undoes_id == later.batch_id,
                undone.batch_id == undoing.id,
                undone.quota_id == later.quota_id,
            )
            .correlate(later),
        )
        .correlate(QuotaEntry)
        .scalar_subquery()
    )
    was_undone = (
        exists()
        .where(
            undone.quota_id == QuotaEntry.quota_id,
            undone.batch_id == undoing.id,
            undoing.undoes_id == batch.id,
        )
        .correlate(QuotaEntry)
    )
    rows = db.session.execute(
        select(
            QuotaEntry.id,
            cell.sheet_id,
            above.sheet_id,
            cell.project_id,
            Organisation.name,
            Project.name,
            QuotaEntry.delta,
            cell.held,
            cell.given + cell.used,
            later_count,
            func.coalesce(above.held - above.given - above.used, 0),
            was_undone,
        )
        .join(cell, cell.id == QuotaEntry.quota_id)
        .join(above, above.id == QuotaEntry.parent_quota_id)
        .join(QuotaSheet, QuotaSheet.id == cell.sheet_id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(Project, Project.id == cell.project_id)
        .where(QuotaEntry.batch_id == batch.id)
        .order_by(Organisation.sort_order, Organisation.id, Project.position)
    )
    return [UndoRow(*row) for row in rows]


def came_in(batch_id: int) -> dict[int, int]:
    """What an act of the province brought in from outside and has not taken out again, by project."""
    rows = db.session.execute(
        select(Quota.project_id, func.sum(QuotaEntry.delta))
        .join(QuotaEntry, QuotaEntry.quota_id == Quota.id)
        .join(QuotaBatch, QuotaBatch.id == QuotaEntry.batch_id)
        .where(
            QuotaEntry.parent_quota_id.is_(None),
            (QuotaBatch.id == batch_id) | (QuotaBatch.undoes_id == batch_id),
        )
        .group_by(Quota.project_id)
    )
    return {project: int(places) for project, places in rows}
