"""Preparing, issuing, correcting and taking back a province's table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from provincial.core.db import db
from provincial.core.findings import Finding, blocking
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.journal.actions import record
from provincial.office.messages import actions as messages
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import has_contact
from provincial.people.organisations.rules import contact_finding
from provincial.people.proofs.queries import require_other_hands
from provincial.planning.allocations import queries
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.allocations.rules import (
    TableState,
    check_second_officer,
    check_submit,
    check_wanted,
)
from provincial.planning.deadlines.queries import deadline
from provincial.planning.ledger import actions as book
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.models import QuotaBatch, QuotaSheet
from provincial.planning.ledger.rules import (
    BatchKind,
    Change,
    check_reason,
    check_split,
    into_province,
)
from provincial.planning.letters import actions as letters
from provincial.planning.plans import actions as plans
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.reversals.actions import undo as undo_entries
from provincial.planning.reversals.queries import undo_rows


def prepare(
    category: ProjectCategory,
    wanted: Mapping[tuple[int, int], int],
    origin: str,
    *,
    by: Viewer,
    findings: Sequence[Finding] = (),
    workings: Mapping[str, Any] | None = None,
    run: ImportRun | None = None,
) -> QuotaTable:
    """Open a table for a category. One at a time: another on its way must be finished first."""
    check_wanted(wanted)
    # Two officers who begin at the same moment must not both find the category free.
    db.session.refresh(category, with_for_update={"key_share": True, "of": ProjectCategory})
    if queries.open_table(category.id) is not None:
        raise Refusal(
            t("Another table of this category is on its way. Issue or withdraw it first."),
            rule="HN-32",
        )
    table = QuotaTable(
        category_id=category.id,
        origin=origin,
        cells=queries.as_data(wanted),
        workings=dict(workings or {}),
        findings=[finding.as_data() for finding in findings],
        import_run_id=run.id if run else None,
        made_by_id=by.user_id,
        made_by_name=by.name,
    )
    db.session.add(table)
    db.session.flush()
    if run is not None:
        imports.confirm(run, {"table": table.id}, by=by)
    _note(
        "allocations.prepare",
        table,
        by,
        said=t("Prepared the quota table"),
        after={"origin": origin, "places": sum(wanted.values())},
    )
    return table


def edit(
    table: QuotaTable,
    wanted: Mapping[tuple[int, int], int],
    *,
    by: Viewer,
    expected_version: int | None = None,
) -> None:
    """Change the figures of a draft; whoever edits is its maker from then on."""
    _locked(table, expected_version)
    _expect(table, TableState.DRAFT)
    check_wanted(wanted)
    before = queries.cells_of(table)
    table.cells = queries.as_data(wanted)
    table.made_by_id, table.made_by_name = by.user_id, by.name
    table.version += 1
    changed = sum(1 for key in before.keys() | wanted.keys() if before.get(key) != wanted.get(key))
    _note("allocations.edit", table, by, said=t("Edited the quota table"), after={"cells": changed})


def submit(table: QuotaTable, *, reason: str, by: Viewer) -> None:
    """Hand the table to the second officer; a correction of a table in force needs its reason.

    The office must have named its responsible contact before (HN-66).
    """
    _locked(table)
    _expect(table, TableState.DRAFT)
    office = db.session.get_one(Organisation, by.organisation_id)
    contact = contact_finding(office.name, named=has_contact(office))
    book.refuse_blocked(blocking([contact]))
    view = queries.view_of(table.category, queries.cells_of(table))
    table.reason = check_submit(len(view.changes), view.had_one, reason)
    table.state = TableState.SUBMITTED
    table.made_by_id, table.made_by_name = by.user_id, by.name
    table.return_reason = ""
    table.version += 1
    _note(
        "allocations.submit",
        table,
        by,
        said=t("Submitted the quota table for issue"),
        reason=table.reason,
        after={"places": view.total, "changes": len(view.changes)},
    )


def return_to_draft(table: QuotaTable, *, reason: str, by: Viewer) -> None:
    """Give the table back to its maker with a reason; the maker may also take it back so."""
    _locked(table)
    _expect(table, TableState.SUBMITTED)
    table.return_reason = check_reason(reason)
    table.state = TableState.DRAFT
    table.version += 1
    _note("allocations.return", table, by, said=t("Returned the quota table"), reason=reason)
    if table.made_by_id is not None and table.made_by_id != by.user_id:
        messages.tell(
            kind="allocations.returned",
            user_id=table.made_by_id,
            subject=t("The quota table was returned: %(name)s", name=table.category.name),
            url=f"/allocations/tables/{table.id}",
            thing=table,
            by=by,
        )


def withdraw(table: QuotaTable, *, reason: str, by: Viewer) -> None:
    """Put a table aside before it is issued."""
    _locked(table)
    if table.state not in (TableState.DRAFT, TableState.SUBMITTED):
        raise WrongState(t("An issued table is taken back, not withdrawn."))
    table.return_reason = check_reason(reason)
    table.state = TableState.WITHDRAWN
    table.version += 1
    _note("allocations.withdraw", table, by, said=t("Withdrew the quota table"), reason=reason)
    _undo_run(table, reason, by)


def issue(
    table: QuotaTable, *, by: Viewer, on: date, expected_version: int | None = None
) -> QuotaBatch:
    """Issue the table: book the difference, write to each unit it touches, tell them (HN-32).

    Another person than the maker must act. A unit that has passed on more than it is to hold
    stands in the way and is named; then nothing at all is booked. ``expected_version`` is what the
    second officer has seen: a table changed and submitted anew since is not issued unseen (R14).
    """
    _locked(table, expected_version)
    _expect(table, TableState.SUBMITTED)
    check_second_officer(table.made_by_id, by.user_id)
    require_other_hands(by, {table.made_by_id})
    category = table.category
    if category.plan.state not in ("issued", "running"):
        raise WrongState(t("The plan must be issued before its places are."))
    root = root_sheet(category)
    batch = issue_table(
        root,
        queries.cells_of(table),
        by=by,
        made_by=table.made_by_name,
        reason=table.reason,
        import_run_id=table.import_run_id,
    )
    if batch is None:
        raise Refusal(t("The table is the same as the one in force; there is nothing to issue."))
    table.state, table.issued_by_id, table.batch_id = TableState.ISSUED, by.user_id, batch.id
    table.issued_at = batch.at
    table.version += 1
    plans.mark_in_use(category.plan_id)
    units = ledger.holders_of_batch(batch.id)
    due = deadline(root).day
    sent = letters.send(root, units, due=due, reason=table.reason, by=by, on=on)
    _note(
        "allocations.issue",
        table,
        by,
        said=t("Issued the quota table; %(n)s letters written", n=len(sent)),
        reason=table.reason,
        after={"batch": batch.id, "letters": len(sent)},
    )
    return batch


def undo(
    table: QuotaTable,
    *,
    reason: str,
    by: Viewer,
    on: date,
    entry_ids: Sequence[int] | None = None,
) -> QuotaBatch:
    """Take an issued table back, whole or row by row; letters are withdrawn or replaced."""
    _locked(table)
    _expect(table, TableState.ISSUED)
    reason = check_reason(reason)
    batch = db.session.get_one(QuotaBatch, table.batch_id)
    back = undo_entries(batch, reason=reason, by=by, entry_ids=entry_ids)
    whole = not any(not row.undone for row in undo_rows(batch))
    if whole:
        table.state = TableState.UNDONE
        _undo_run(table, reason, by)
    table.version += 1
    touched = ledger.holders_of_batch(back.id)
    empty = ledger.without_places(batch.sheet_id, touched)
    letters.withdraw(batch.sheet, empty, reason=reason, by=by)
    left = [unit for unit in touched if unit not in empty]
    due = deadline(batch.sheet).day
    letters.send(batch.sheet, left, due=due, reason=reason, by=by, on=on)
    _note("allocations.undo", table, by, said=t("Took the quota table back"), reason=reason)
    return back


def root_sheet(category: ProjectCategory) -> QuotaSheet:
    """The province's own sheet of a category, under lock; made when the first table is issued."""
    province = ledger.province_id()
    if province is None:
        raise WrongState(t("There is no provincial office yet."))
    db.session.execute(
        upsert(QuotaSheet)
        .values(category_id=category.id, organisation_id=province)
        .on_conflict_do_nothing()
    )
    sheet_id = db.session.scalars(
        select(QuotaSheet.id).where(
            QuotaSheet.category_id == category.id, QuotaSheet.organisation_id == province
        )
    ).one()
    return book.lock_sheet(sheet_id)


def issue_table(
    root: QuotaSheet,
    wanted: Mapping[tuple[int, int], int],
    *,
    by: Viewer,
    made_by: str,
    reason: str = "",
    import_run_id: int | None = None,
) -> QuotaBatch | None:
    """Make ``wanted`` (unit, project) the province's table: into the province and on to the units.

    ``root`` is locked. Cells not named become nought. Returns the batch, or nothing when nothing
    changes.
    """
    held_now = ledger.table_of(root)
    keys = sorted(held_now.keys() | wanted.keys())
    changes = [
        Change(*key, wanted.get(key, 0) - held_now.get(key, 0))
        for key in keys
        if wanted.get(key, 0) != held_now.get(key, 0)
    ]
    if not changes:
        return None
    kind = BatchKind.CORRECTION if held_now else BatchKind.ISSUE
    if kind is BatchKind.CORRECTION:
        reason = check_reason(reason)
    children = book.child_sheets(root, {change.organisation_id for change in changes})
    cells = ledger.cells_of([root.id, *children.values()])
    _parents, held = book.facts_by_place(root, children, cells)
    passed_on = [f for f in check_split({}, held, changes) if f.code == "passed_on"]
    book.refuse_blocked(passed_on)
    batch = book.open_batch(
        root,
        kind,
        by=by,
        reason=reason,
        import_run_id=import_run_id,
        approved_by_id=by.user_id,
    )
    book.book(batch, _issue_flows(root.id, children, changes), cells)
    after = book.totals_of(changes) | {"made_by": made_by}
    said = t(
        "%(kind)s: %(n)s cells of the table",
        kind=kind.label,
        n=len(changes),
    )
    book.note(f"quotas.{kind.value}", root, by=by, after=after, reason=reason, said=said)
    return batch


def _issue_flows(
    root_id: int, children: Mapping[int, int], changes: Sequence[Change]
) -> list[book.Flow]:
    """To the units from the province, and into the province what its own unassigned do not cover."""
    left = {p: facts.unassigned for (_s, p), facts in ledger.cells_of([root_id]).items()}
    totals: dict[int, int] = {}
    flows = []
    for change in changes:
        sheet_id = children[change.organisation_id]
        flows.append(book.Flow(sheet_id, root_id, change.project_id, change.delta))
        totals[change.project_id] = totals.get(change.project_id, 0) + change.delta
    for project, gain in totals.items():
        delta = into_province(gain, left.get(project, 0))
        if delta:
            flows.append(book.Flow(root_id, None, project, delta))
    return flows


def _undo_run(table: QuotaTable, reason: str, by: Viewer) -> None:
    run = db.session.get(ImportRun, table.import_run_id) if table.import_run_id else None
    if run is not None and run.state == "confirmed":
        imports.undo(run, reason, by=by)


def _locked(table: QuotaTable, expected_version: int | None = None) -> None:
    db.session.flush()
    db.session.refresh(table, with_for_update=True)
    if expected_version is not None and table.version != expected_version:
        raise StaleVersion(
            t("Somebody else saved this table after you opened the page. Compare both versions."),
            theirs={"version": table.version},
        )


def _expect(table: QuotaTable, state: TableState) -> None:
    if table.state != state:
        raise WrongState(
            t("This cannot be done while the state is “%(state)s”.", state=table.status.label)
        )


def _note(action: str, table: QuotaTable, by: Viewer, **more: Any) -> None:
    record(action, table, by=by, label=table.category.name, **more)
