"""Taking an act on the ledger back."""

from __future__ import annotations

from collections.abc import Sequence

from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.planning.ledger.actions import (
    Flow,
    book,
    lock_sheet,
    note,
    open_batch,
    refuse_blocked,
)
from provincial.planning.ledger.models import QuotaBatch
from provincial.planning.ledger.queries import cells_of
from provincial.planning.ledger.rules import BatchKind, back_into_province, check_reason
from provincial.planning.reversals import queries
from provincial.planning.reversals.rules import UndoRow, undo_obstacles


def lock_for_undo(batch: QuotaBatch) -> None:
    """Lock every sheet that a batch has touched, from the top down."""
    for sheet_id in queries.sheets_of_batch(batch.id):
        lock_sheet(sheet_id)


def undo(
    batch: QuotaBatch, *, reason: str, by: Viewer, entry_ids: Sequence[int] | None = None
) -> QuotaBatch:
    """Take a batch back as a whole, or only the entries named; what stands in the way is named.

    Nothing may build on an entry: no later change of its cell, no places passed on.
    """
    reason = check_reason(reason)
    if batch.kind in (BatchKind.UNDO, BatchKind.MOVE):
        raise WrongState(t("This act cannot be taken back here; book the opposite instead."))
    lock_for_undo(batch)
    rows = queries.undo_rows(batch)
    if entry_ids is not None:
        chosen = set(entry_ids)
        rows = [row for row in rows if row.entry_id in chosen]
    if not rows:
        raise Refusal(t("Choose at least one row."))
    refuse_blocked([f for f in undo_obstacles(rows) if f is not None])
    back = open_batch(
        batch.sheet,
        BatchKind.UNDO,
        by=by,
        reason=reason,
        undoes_id=batch.id,
        import_run_id=batch.import_run_id,
    )
    flows = [Flow(row.sheet_id, row.parent_id, row.project_id, -row.delta) for row in rows]
    if batch.kind in (BatchKind.ISSUE, BatchKind.CORRECTION):
        flows += _out_of_the_province(batch, rows)
    book(back, flows, set())
    note(
        "quotas.undo",
        batch.sheet,
        by=by,
        after={"batch": batch.id, "rows": len(rows)},
        reason=reason,
        said=t(
            "Took back %(n)s cells of “%(kind)s”", n=len(rows), kind=BatchKind(batch.kind).label
        ),
    )
    return back


def _out_of_the_province(batch: QuotaBatch, rows: Sequence[UndoRow]) -> list[Flow]:
    """What the province itself holds less (or more) when rows of an issued table are taken back."""
    root_id, came_in = batch.sheet_id, queries.came_in(batch.id)
    left = {p: facts.unassigned for (_s, p), facts in cells_of([root_id]).items()}
    totals: dict[int, int] = {}
    for row in rows:
        totals[row.project_id] = totals.get(row.project_id, 0) - row.delta
    deltas = {
        project: back_into_province(gain, came_in.get(project, 0), left.get(project, 0))
        for project, gain in totals.items()
    }
    return [Flow(root_id, None, project, delta) for project, delta in deltas.items() if delta]
