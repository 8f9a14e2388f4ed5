"""What a holder does with its places: split, swap, top up, give back, lock, set an earlier date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from provincial.core import clock
from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import t
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
    SheetState,
    check_reason,
    check_split,
)
from provincial.planning.quotas import queries
from provincial.planning.quotas.rules import check_due_below, check_lock


def _refuse_late(sheet: QuotaSheet, now: datetime) -> None:
    """Refuse after the deadline that binds this body, unless it holds an extension (HN-40)."""
    due = queries.deadline(sheet)
    if due.closed(now):
        raise Refusal(
            t(
                "The deadline for splitting was %(day)s. Ask the body above to extend it.",
                day=str(due.day),
            ),
            rule="HN-40",
        )


def split(
    sheet: QuotaSheet,
    wanted: Mapping[tuple[int, int], int],
    *,
    by: Viewer,
    now: datetime,
    expected_version: int | None = None,
    import_run_id: int | None = None,
) -> QuotaBatch | None:
    """Set what the children hold: ``{(organisation, project): places}``; cells not named stay.

    Refuses a locked sheet, a passed deadline, more than is held, and less than a child has passed
    on (HN-38, HN-40). Returns the batch, or nothing when nothing changes.
    """
    sheet = lock_sheet(sheet.id, expected_version)
    if sheet.locked_at is not None:
        raise WrongState(t("The table is locked. Unlock it with a reason, or swap places."))
    _refuse_late(sheet, now)
    children = child_sheets(sheet, {organisation for organisation, _project in wanted})
    cells = ledger.cells_of([sheet.id, *children.values()])
    parents, held = facts_by_place(sheet, children, cells)
    changes = [
        Change(
            organisation,
            project,
            places - (held[key].held if (key := (organisation, project)) in held else 0),
        )
        for (organisation, project), places in sorted(wanted.items())
    ]
    changes = [change for change in changes if change.delta]
    if not changes:
        return None
    refuse_blocked(check_split(parents, held, changes))
    batch = open_batch(sheet, BatchKind.SPLIT, by=by, import_run_id=import_run_id)
    flows = [Flow(children[c.organisation_id], sheet.id, c.project_id, c.delta) for c in changes]
    book(batch, flows, set(cells))
    note("quotas.split", sheet, by=by, after=totals_of(changes))
    return batch


def swap(
    sheet: QuotaSheet,
    *,
    giver_id: int,
    taker_id: int,
    project_id: int,
    places: int,
    reason: str,
    by: Viewer,
    now: datetime,
) -> QuotaBatch:
    """Move places of one project between two children of a body; allowed on a locked sheet too."""
    reason = check_reason(reason)
    if giver_id == taker_id:
        raise Refusal(t("Choose two different bodies."), field="taker_id")
    _check_positive(places)
    sheet = lock_sheet(sheet.id)
    _refuse_late(sheet, now)
    children = child_sheets(sheet, {giver_id, taker_id})
    cells = ledger.cells_of([sheet.id, *children.values()])
    parents, held = facts_by_place(sheet, children, cells)
    changes = [Change(giver_id, project_id, -places), Change(taker_id, project_id, places)]
    giver = held.get((giver_id, project_id))
    if giver is None or giver.held < places:
        raise Refusal(
            t("The giving body holds only %(held)s places there.", held=giver.held if giver else 0),
            field="places",
            rule="HN-38",
        )
    refuse_blocked(check_split(parents, held, changes))
    batch = open_batch(sheet, BatchKind.SWAP, by=by, reason=reason)
    flows = [Flow(children[c.organisation_id], sheet.id, c.project_id, c.delta) for c in changes]
    book(batch, flows, set(cells))
    note("quotas.swap", sheet, by=by, after=totals_of(changes), reason=reason)
    return batch


def top_up(
    sheet: QuotaSheet,
    *,
    organisation_id: int,
    project_id: int,
    places: int,
    reason: str,
    by: Viewer,
    now: datetime,
) -> QuotaBatch:
    """Give a child more of what is still unassigned, with a reason."""
    reason = check_reason(reason)
    _check_positive(places)
    sheet = lock_sheet(sheet.id)
    _refuse_late(sheet, now)
    children = child_sheets(sheet, {organisation_id})
    cells = ledger.cells_of([sheet.id, *children.values()])
    parents, held = facts_by_place(sheet, children, cells)
    changes = [Change(organisation_id, project_id, places)]
    refuse_blocked(check_split(parents, held, changes))
    batch = open_batch(sheet, BatchKind.TOP_UP, by=by, reason=reason)
    book(batch, [Flow(children[organisation_id], sheet.id, project_id, places)], set(cells))
    note("quotas.top_up", sheet, by=by, after=totals_of(changes), reason=reason)
    return batch


def give_back(
    sheet: QuotaSheet,
    places: Mapping[int, int],
    *,
    reason: str,
    by: Viewer,
) -> QuotaBatch:
    """Give unassigned places ``{project: n}`` back to the body above, with a reason.

    Allowed after the deadline too: unused places are worth re-issuing at any time.
    """
    reason = check_reason(reason)
    wanted = {project: n for project, n in places.items() if n}
    if not wanted:
        raise Refusal(t("Enter how many places are given back."), field="places")
    for n in wanted.values():
        _check_positive(n)
    if sheet.parent_id is None:
        raise WrongState(t("The province has nobody above to give places back to."))
    parent = lock_sheet(sheet.parent_id)
    sheet = lock_sheet(sheet.id)
    cells = ledger.cells_of([parent.id, sheet.id])
    for project, n in wanted.items():
        own = cells.get((sheet.id, project))
        if own is None or own.unassigned < n:
            raise Refusal(
                t(
                    "%(project)s: only %(left)s places are unassigned and can be given back.",
                    project=own.name if own else "",
                    left=own.unassigned if own else 0,
                ),
                field="places",
                rule="HN-38",
            )
    batch = open_batch(sheet, BatchKind.GIVE_BACK, by=by, reason=reason)
    book(
        batch, [Flow(sheet.id, parent.id, project, -n) for project, n in wanted.items()], set(cells)
    )
    note("quotas.give_back", sheet, by=by, after={"places": sum(wanted.values())}, reason=reason)
    return batch


def _check_positive(places: int) -> None:
    if places <= 0:
        raise Refusal(t("Enter a number of places above nought."), field="places")


def lock(sheet: QuotaSheet, *, by: Viewer, expected_version: int | None = None) -> QuotaSheet:
    """Close the table: every column must be handed out in full (HN-38: names to schools)."""
    sheet = lock_sheet(sheet.id, expected_version)
    if sheet.locked_at is not None:
        raise WrongState(t("The table is locked already."))
    own = [facts for (s, _p), facts in ledger.cells_of([sheet.id]).items() if s == sheet.id]
    if not any(facts.held for facts in own):
        raise WrongState(t("There are no places to hand out."))
    refuse_blocked(check_lock(own))
    sheet.locked_at = clock.now()
    sheet.locked_by_id = by.user_id
    sheet.state = SheetState.LOCKED
    sheet.version += 1
    note("quotas.lock", sheet, by=by)
    return sheet


def unlock(sheet: QuotaSheet, *, reason: str, by: Viewer) -> QuotaSheet:
    """Open a locked table again, with a reason."""
    reason = check_reason(reason)
    sheet = lock_sheet(sheet.id)
    if sheet.locked_at is None:
        raise WrongState(t("The table is not locked."))
    sheet.locked_at = None
    sheet.state = SheetState.ALLOCATED
    sheet.version += 1
    note("quotas.unlock", sheet, by=by, reason=reason)
    return sheet


def set_due_below(sheet: QuotaSheet, day: date | None, *, by: Viewer, on: date) -> None:
    """Set an earlier date for those below (never a later one), or take it away."""
    sheet = lock_sheet(sheet.id)
    if day is not None:
        check_due_below(day, queries.deadline(sheet).day, on)
    before = sheet.due_below
    sheet.due_below = day
    sheet.version += 1
    note(
        "quotas.set_due_below", sheet, by=by, before={"due_below": before}, after={"due_below": day}
    )
