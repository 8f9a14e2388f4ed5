"""Preparing, issuing, correcting and taking back a province's table."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.actions import (
    Flow,
    book,
    child_sheets,
    facts_by_place,
    lock_sheet,
    note,
    open_batch,
    refuse_blocked,
    totals_of,
)
from provincial.planning.ledger.models import QuotaBatch, QuotaSheet
from provincial.planning.ledger.rules import (
    BatchKind,
    Change,
    check_reason,
    check_split,
)
from provincial.planning.plans.models import ProjectCategory


def root_sheet(category: ProjectCategory, province_id: int) -> QuotaSheet:
    """The province's own sheet of a category, under lock; made when the first table is issued."""
    db.session.execute(
        upsert(QuotaSheet)
        .values(category_id=category.id, organisation_id=province_id)
        .on_conflict_do_nothing()
    )
    sheet_id = db.session.scalar(
        select(QuotaSheet.id).where(
            QuotaSheet.category_id == category.id, QuotaSheet.organisation_id == province_id
        )
    )
    assert sheet_id is not None  # noqa: S101  the row was made just above
    return lock_sheet(sheet_id)


def issue_table(
    root: QuotaSheet,
    wanted: Mapping[tuple[int, int], int],
    *,
    by: Viewer,
    made_by: tuple[int | None, str],
    reason: str = "",
    import_run_id: int | None = None,
) -> QuotaBatch | None:
    """Make ``wanted`` (unit, project) the province's table: into the province and on to the units.

    ``root`` is locked. Cells not named become nought. A unit that has passed on more than it is to
    hold stands in the way and is named. Returns the batch, or nothing when nothing changes.
    """
    held_now = ledger.table_of(root)
    first = not held_now
    keys = held_now.keys() | wanted.keys()
    changes = [
        Change(unit, project, delta)
        for unit, project in sorted(keys)
        if (delta := wanted.get((unit, project), 0) - held_now.get((unit, project), 0))
    ]
    if not changes:
        return None
    if not first:
        reason = check_reason(reason)
    children = child_sheets(root, {change.organisation_id for change in changes})
    cells = ledger.cells_of([root.id, *children.values()])
    _parents, held = facts_by_place(root, children, cells)
    refuse_blocked([f for f in check_split({}, held, changes) if f.code == "passed_on"])
    kind = BatchKind.ISSUE if first else BatchKind.CORRECTION
    batch = open_batch(
        root,
        kind,
        by=by,
        reason=reason,
        import_run_id=import_run_id,
        approved_by_id=by.user_id,
    )
    flows: list[Flow] = []
    totals: dict[int, int] = {}
    for change in changes:
        flows.append(
            Flow(children[change.organisation_id], root.id, change.project_id, change.delta)
        )
        totals[change.project_id] = totals.get(change.project_id, 0) + change.delta
    # An unchanged total still needs the province's own cell to be there for its children's entries.
    flows += [Flow(root.id, None, project, delta) for project, delta in totals.items() if delta]
    book(batch, flows, set(cells))
    note(
        f"quotas.{kind.value}",
        root,
        by=by,
        after=totals_of(changes) | {"made_by": made_by[1]},
        reason=reason,
    )
    return batch
