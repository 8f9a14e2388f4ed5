"""What a holder does with its places: split, swap, top up, give back, lock, set an earlier date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from provincial.core import clock
from provincial.core.db import db
from provincial.core.findings import blocking
from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import RunState
from provincial.office.papers.models import Paper
from provincial.people.organisations.queries import has_contact
from provincial.people.organisations.rules import contact_finding
from provincial.planning.deadlines.queries import deadline, deadline_below
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.actions import (
    Flow,
    book,
    child_sheets,
    facts_by_place,
    lock_sheet,
    lock_table,
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
from provincial.planning.letters import actions as letters
from provincial.planning.quotas import queries
from provincial.planning.quotas.rules import HOLDER_ACTS, check_due_below, check_lock
from provincial.planning.reversals.actions import lock_for_undo
from provincial.planning.reversals.actions import undo as undo_entries

#: What a letter says when a table that was locked again changed a body's figures.
_ADJUSTED = "名额分解有调整"


def _refuse_late(sheet: QuotaSheet, now: datetime) -> None:
    """Refuse after the deadline that binds this body, unless it holds an extension (HN-40)."""
    due = deadline(sheet)
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
    bodies = {organisation for organisation, _project in wanted}
    found = lock_table(sheet, bodies, expected_version)
    if sheet.locked_at is not None:
        raise WrongState(t("The table is locked. Unlock it with a reason, or swap places."))
    _refuse_late(sheet, now)
    children = child_sheets(sheet, bodies, found)
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
    book(batch, flows, cells)
    totals = totals_of(changes)
    said = t("Split: %(cells)s cells, %(more)s more, %(fewer)s fewer", **totals)
    note("quotas.split", sheet, by=by, after=totals, said=said)
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
    """Move places of one project between two children of a body.

    Allowed on a locked table too: the two then get supplementary letters that replace theirs.
    """
    reason = check_reason(reason)
    if giver_id == taker_id:
        raise Refusal(t("Choose two different bodies."), field="taker_id")
    _check_positive(places)
    found = lock_table(sheet, {giver_id, taker_id})
    _refuse_late(sheet, now)
    children = child_sheets(sheet, {giver_id, taker_id}, found)
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
    book(batch, flows, cells)
    said = t(
        "Moved %(n)s places of %(project)s from %(giver)s to %(taker)s",
        n=places,
        project=giver.name,
        giver=giver.body,
        taker=queries.body_name(taker_id),
    )
    note("quotas.swap", sheet, by=by, after=totals_of(changes), reason=reason, said=said)
    if sheet.locked_at is not None:
        _write_letters(sheet, [giver_id, taker_id], reason, by=by, on=clock.china_date(now))
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
    found = lock_table(sheet, {organisation_id})
    _refuse_late(sheet, now)
    children = child_sheets(sheet, {organisation_id}, found)
    cells = ledger.cells_of([sheet.id, *children.values()])
    parents, held = facts_by_place(sheet, children, cells)
    changes = [Change(organisation_id, project_id, places)]
    refuse_blocked(check_split(parents, held, changes))
    batch = open_batch(sheet, BatchKind.TOP_UP, by=by, reason=reason)
    book(batch, [Flow(children[organisation_id], sheet.id, project_id, places)], cells)
    said = t(
        "Topped up %(body)s by %(n)s places of %(project)s",
        body=queries.body_name(organisation_id),
        n=places,
        project=parents[project_id].name,
    )
    note("quotas.top_up", sheet, by=by, after=totals_of(changes), reason=reason, said=said)
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
    if sheet.parent_id != parent.id:
        raise WrongState(
            t("The body has just been moved to another place in the tree. Open the page again.")
        )
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
    book(batch, [Flow(sheet.id, parent.id, project, -n) for project, n in wanted.items()], cells)
    total = sum(wanted.values())
    said = t("Gave back %(n)s places", n=total)
    note("quotas.give_back", sheet, by=by, after={"places": total}, reason=reason, said=said)
    note(
        "quotas.received_back",
        parent,
        by=by,
        after={"places": total},
        reason=reason,
        said=t("%(body)s gave back %(n)s places", body=sheet.organisation.name, n=total),
    )
    return batch


def _check_positive(places: int) -> None:
    if places <= 0:
        raise Refusal(t("Enter a number of places above nought."), field="places")


def lock(
    sheet: QuotaSheet, *, by: Viewer, on: date, expected_version: int | None = None
) -> list[Paper]:
    """Close the table and write to everyone below it; answers with the letters (HN-38, HN-39).

    Every column must be handed out in full, and the body must have named its contact (HN-66). A
    table that was locked before writes only to those whose figures have changed since.
    """
    sheet = lock_sheet(sheet.id, expected_version)
    if sheet.locked_at is not None:
        raise WrongState(t("The table is locked already."))
    own = [facts for (s, _p), facts in ledger.cells_of([sheet.id]).items() if s == sheet.id]
    if not any(facts.held for facts in own):
        raise WrongState(t("There are no places to hand out."))
    body = sheet.organisation
    contact = contact_finding(body.name, named=has_contact(body))
    refuse_blocked(blocking([*check_lock(own), contact]))
    sheet.locked_at = clock.now()
    sheet.locked_by_id = by.user_id
    sheet.state = SheetState.LOCKED
    sheet.version += 1
    written = _write_letters(sheet, None, "", by=by, on=on)
    places = sum(facts.held for facts in own)
    said = t("Locked the table: %(n)s places, %(letters)s letters", n=places, letters=len(written))
    note("quotas.lock", sheet, by=by, after={"letters": len(written)}, said=said)
    return written


def _write_letters(
    sheet: QuotaSheet, bodies: Sequence[int] | None, reason: str, *, by: Viewer, on: date
) -> list[Paper]:
    """Letters to those below whose figures differ from what they were last told."""
    return letters.send(
        sheet,
        bodies,
        due=deadline_below(sheet),
        reason=reason or _ADJUSTED,
        by=by,
        on=on,
    )


def unlock(sheet: QuotaSheet, *, reason: str, by: Viewer) -> QuotaSheet:
    """Open a locked table again, with a reason."""
    reason = check_reason(reason)
    sheet = lock_sheet(sheet.id)
    if sheet.locked_at is None:
        raise WrongState(t("The table is not locked."))
    sheet.locked_at = None
    sheet.state = SheetState.ALLOCATED
    sheet.version += 1
    note("quotas.unlock", sheet, by=by, reason=reason, said=t("Unlocked the table"))
    return sheet


def set_due_below(sheet: QuotaSheet, day: date | None, *, by: Viewer, on: date) -> None:
    """Set an earlier date for those below (never a later one), or take it away."""
    sheet = lock_sheet(sheet.id)
    if day is not None:
        check_due_below(day, deadline(sheet).day, on)
    before = sheet.due_below
    sheet.due_below = day
    sheet.version += 1
    said = t("Set %(day)s as the last day for those below", day=str(day))
    if day is None:
        said = t("Took away the earlier date for those below")
    values = {"due_below": before}, {"due_below": day}
    note("quotas.set_due_below", sheet, by=by, before=values[0], after=values[1], said=said)


def undo(
    batch: QuotaBatch,
    *,
    reason: str,
    by: Viewer,
    on: date,
    entry_ids: Sequence[int] | None = None,
) -> QuotaBatch:
    """Take an act of a holder back, whole or row by row; an import is then undone with it.

    On a locked table only a swap can be taken back; the two bodies get letters again.
    """
    lock_for_undo(batch)  # from the top down, also where a body takes its own giving back back
    sheet = lock_sheet(batch.sheet_id)
    kind = BatchKind(batch.kind)
    if kind not in HOLDER_ACTS:
        raise WrongState(t("A table of the province is taken back on its own page."))
    if sheet.locked_at is not None and kind in (BatchKind.SPLIT, BatchKind.TOP_UP):
        raise WrongState(t("The table is locked. Unlock it with a reason first."))
    concerned = ledger.holders_of_batch(batch.id)
    back = undo_entries(batch, reason=reason, by=by, entry_ids=entry_ids)
    run = db.session.get(ImportRun, batch.import_run_id) if batch.import_run_id else None
    if run is not None and entry_ids is None and run.status is RunState.CONFIRMED:
        imports.undo(run, reason, by=by)
    if sheet.locked_at is not None and kind is BatchKind.SWAP:
        _write_letters(sheet, concerned, reason, by=by, on=on)
    return back
