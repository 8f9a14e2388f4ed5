"""The acts on the ledger. Every act locks sheets from the top down and books flows in one statement.

A *flow* says: this sheet receives (or loses) so many places of a project, from (to) that parent.
From a list of flows everything follows: ``held`` of the sheets, ``given`` of their parents, and one
entry per flow. So children + unassigned = parent holds by construction, and the CHECK on
``given + used <= held`` is the net below it. Nominations *use* places (``use_places``): the caller
holds the sheets' locks, the rules have said yes, and the same CHECK is the net.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.core.refusals import Refusal, StaleVersion, WrongState
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.people.organisations.models import Organisation
from provincial.planning.ledger import queries
from provincial.planning.ledger.models import Quota, QuotaBatch, QuotaSheet
from provincial.planning.ledger.rules import (
    BatchKind,
    CellFacts,
    Change,
)


@dataclass(frozen=True, slots=True)
class Flow:
    """``delta`` places of a project to ``sheet_id`` from ``parent_id`` (nobody: into the province)."""

    sheet_id: int
    parent_id: int | None
    project_id: int
    delta: int


#: The same decision as ``rules.sheet_state``, for many sheets at once; a test holds them together.
_STATE_FOLLOWS = """
      UPDATE quota_sheet SET
        state = CASE WHEN sums.given > 0 AND sums.given + sums.used = sums.held
                     THEN CASE WHEN locked_at IS NULL THEN 'allocated' ELSE 'locked' END
                     WHEN sums.given > 0 THEN 'splitting' ELSE 'issued' END,
        locked_at = CASE WHEN sums.given > 0 AND sums.given + sums.used = sums.held
                         THEN locked_at END,
        version = version + 1, updated_at = clock_timestamp()
      FROM sums WHERE quota_sheet.id = sums.sheet_id
"""

_SETTLE = text(
    f"""
    WITH sums AS (
      SELECT sheet_id, sum(held) AS held, sum(given) AS given, sum(used) AS used FROM quota
      WHERE sheet_id = ANY(CAST(:sheets AS bigint[])) GROUP BY sheet_id
    ) {_STATE_FOLLOWS}
    """  # noqa: S608  a constant of this module
)

#: One act in one statement; the states follow from the sums before it and from its flows.
_BOOK = text(
    f"""
    WITH act AS (
      INSERT INTO quota_batch (category_id, sheet_id, kind, reason, by_user_id, by_name,
                               approved_by_id, mandate_id, import_run_id, undoes_id)
      VALUES (:category_id, :sheet_id, :kind, :reason, :by_user_id, :by_name,
              :approved_by_id, :mandate_id, :import_run_id, :undoes_id)
      RETURNING id, at
    ), flow AS MATERIALIZED (
      SELECT * FROM unnest(CAST(:sheets AS bigint[]), CAST(:parents AS bigint[]),
                           CAST(:projects AS bigint[]), CAST(:deltas AS int[]))
             AS f(sheet_id, parent_id, project_id, delta)
    ), net AS MATERIALIZED (
      SELECT sheet_id, project_id, sum(held) AS held, sum(given) AS given FROM (
        SELECT sheet_id, project_id, delta AS held, 0 AS given FROM flow
        UNION ALL
        SELECT parent_id, project_id, 0, delta FROM flow WHERE parent_id IS NOT NULL
      ) effects GROUP BY sheet_id, project_id
    ), cell AS (
      UPDATE quota SET held = quota.held + net.held, given = quota.given + net.given
      FROM net WHERE quota.sheet_id = net.sheet_id AND quota.project_id = net.project_id
    ), entry AS (
      INSERT INTO quota_entry (batch_id, quota_id, parent_quota_id, delta, at)
      SELECT act.id, own.id, above.id, flow.delta, act.at
      FROM flow CROSS JOIN act
      JOIN quota own ON own.sheet_id = flow.sheet_id AND own.project_id = flow.project_id
      LEFT JOIN quota above
        ON above.sheet_id = flow.parent_id AND above.project_id = flow.project_id
    ), sums AS (
      SELECT sheet_id, sum(held) AS held, sum(given) AS given, sum(used) AS used FROM (
        SELECT sheet_id, held, given, used FROM quota
        WHERE sheet_id = ANY(ARRAY(SELECT DISTINCT sheet_id FROM net))
        UNION ALL
        SELECT sheet_id, held, given, 0 FROM net
      ) cells GROUP BY sheet_id
    ), settled AS (
      {_STATE_FOLLOWS}
      RETURNING quota_sheet.id AS sheet, state, locked_at, version, updated_at
    )
    SELECT act.id, act.at, settled.*
    FROM act LEFT JOIN settled ON settled.sheet = ANY(CAST(:loaded AS bigint[]))
    """  # noqa: S608  a constant of this module
)

#: The parent first, then its children by id: rows are locked in the order asked for.
_LOCK_TABLE = text(
    """
    SELECT organisation_id, id, parent_id, state, due_below, locked_at, locked_by_id, version
    FROM quota_sheet
    WHERE category_id = :category AND organisation_id = ANY(CAST(:bodies AS bigint[]))
    ORDER BY id <> :sheet, id
    FOR UPDATE
    """
)
_LOCKED_FIELDS = ("parent_id", "state", "due_below", "locked_at", "locked_by_id", "version")

_NEW_CELLS = text(
    """
    INSERT INTO quota (sheet_id, project_id)
    SELECT * FROM unnest(CAST(:sheets AS bigint[]), CAST(:projects AS bigint[]))
    ON CONFLICT DO NOTHING
    """
)

#: Sheets by organisation: their id, and the sheet above.
Places = dict[int, tuple[int, int | None]]


def lock_sheet(sheet_id: int, expected_version: int | None = None) -> QuotaSheet:
    """The sheet under its row lock; refuses when it changed since ``expected_version``."""
    sheet = db.session.scalar(
        select(QuotaSheet)
        .where(QuotaSheet.id == sheet_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if sheet is None:
        raise WrongState(t("These places do not exist any more."))
    _refuse_stale(sheet, expected_version)
    return sheet


def _refuse_stale(sheet: QuotaSheet, expected_version: int | None) -> None:
    if expected_version is not None and sheet.version != expected_version:
        raise StaleVersion(
            t(
                "Somebody else saved these figures after you opened the page. Compare both versions."
            ),
            theirs={"version": sheet.version},
        )


def lock_table(
    sheet: QuotaSheet, organisation_ids: Iterable[int], expected_version: int | None = None
) -> Places:
    """Lock a sheet and then those of its children in one statement, and read the sheet anew.

    Answers with the children's sheets that there are, for ``child_sheets``; refuses when the sheet
    changed since ``expected_version``.
    """
    db.session.flush()
    rows = db.session.execute(
        _LOCK_TABLE,
        {
            "category": sheet.category_id,
            "sheet": sheet.id,
            "bodies": [sheet.organisation_id, *sorted(set(organisation_ids))],
        },
    ).all()
    own, children = rows[0], rows[1:]
    for name in _LOCKED_FIELDS:
        set_committed_value(sheet, name, getattr(own, name))
    _refuse_stale(sheet, expected_version)
    return {row.organisation_id: (row.id, row.parent_id) for row in children}


def child_sheets(
    parent: QuotaSheet, organisation_ids: Iterable[int], found: Places | None = None
) -> dict[int, int]:
    """Sheet ids of the children by organisation, created where missing, locked in id order.

    ``found`` is what ``lock_table`` has locked already.
    """
    wanted = sorted(set(organisation_ids))
    if found is None:
        found = lock_table(parent, wanted)
    missing = [organisation for organisation in wanted if organisation not in found]
    if missing:
        allowed = queries.children_allowed(parent.organisation_id, missing)
        if len(allowed) < len(missing):
            raise Refusal(t("Places can only be handed to bodies directly below."), rule="HN-38")
        rows = [
            {"category_id": parent.category_id, "organisation_id": o, "parent_id": parent.id}
            for o in missing
        ]
        db.session.execute(upsert(QuotaSheet).on_conflict_do_nothing(), rows)
        found = lock_table(parent, wanted)
    if any(above != parent.id for _id, above in found.values()):
        raise Refusal(t("Places can only be handed to bodies directly below."), rule="HN-38")
    return {organisation: sheet_id for organisation, (sheet_id, _above) in found.items()}


def sheet_on_path(category_id: int, organisation_id: int) -> int:
    """The sheet of a body in a category, made with all sheets above it where missing."""
    found = queries.sheet_of(category_id, organisation_id)
    if found is not None:
        return found.id
    above_id = db.session.scalars(
        select(Organisation.quota_parent_id).where(Organisation.id == organisation_id)
    ).one()
    if above_id is None:
        raise WrongState(t("The new place is not part of the quota tree."))
    parent = sheet_on_path(category_id, above_id)
    return db.session.execute(
        insert(QuotaSheet)
        .values(category_id=category_id, organisation_id=organisation_id, parent_id=parent)
        .returning(QuotaSheet.id)
    ).scalar_one()


def hang(sheet_id: int, parent_id: int) -> QuotaSheet:
    """Put a sheet below another one; the caller has locked both chains and booked the places."""
    sheet = lock_sheet(sheet_id)
    sheet.parent_id = parent_id
    return sheet


def _ensure_cells(flows: Sequence[Flow], known: Container[tuple[int, int]]) -> None:
    """Cells that a flow needs and that are not there yet, at nought."""
    pairs = {(flow.sheet_id, flow.project_id) for flow in flows}
    pairs |= {(flow.parent_id, flow.project_id) for flow in flows if flow.parent_id is not None}
    missing = sorted(pair for pair in pairs if pair not in known)
    if missing:
        sheets, projects = zip(*missing, strict=True)
        db.session.execute(_NEW_CELLS, {"sheets": list(sheets), "projects": list(projects)})


def book(batch: QuotaBatch, flows: Sequence[Flow], known: Container[tuple[int, int]]) -> None:
    """Book a batch just opened with its ``flows``, and settle the states of the sheets it touches.

    The caller has locked those sheets; ``known`` are cells that are there for certain.
    """
    _ensure_cells(flows, known)
    db.session.flush()
    loaded = _loaded_sheets(flows)
    rows = db.session.execute(
        _BOOK,
        {
            **{name: getattr(batch, name) for name in _BATCH_FIELDS},
            "sheets": [flow.sheet_id for flow in flows],
            "parents": [flow.parent_id for flow in flows],
            "projects": [flow.project_id for flow in flows],
            "deltas": [flow.delta for flow in flows],
            "loaded": list(loaded),
        },
    ).all()
    batch.id, batch.at = rows[0].id, rows[0].at
    make_transient_to_detached(batch)
    db.session.add(batch)
    for row in rows:
        if row.sheet is not None:
            _refresh(loaded[row.sheet], row)


def _loaded_sheets(flows: Sequence[Flow]) -> dict[int, QuotaSheet]:
    """Those of the sheets touched that the session holds."""
    session = db.session()
    touched = {f.sheet_id for f in flows} | {f.parent_id for f in flows if f.parent_id is not None}
    found = (
        session.identity_map.get(session.identity_key(QuotaSheet, sheet_id)) for sheet_id in touched
    )
    return {sheet.id: sheet for sheet in found if sheet is not None}


def _refresh(sheet: QuotaSheet, row: Row[Any]) -> None:
    """A stale sheet must neither be shown nor saved."""
    db.session.expire(sheet, ["cells"])
    for name in ("state", "locked_at", "version", "updated_at"):
        set_committed_value(sheet, name, getattr(row, name))


_BATCH_FIELDS = (
    "category_id",
    "sheet_id",
    "kind",
    "reason",
    "by_user_id",
    "by_name",
    "approved_by_id",
    "mandate_id",
    "import_run_id",
    "undoes_id",
)


def _settle(touched: Collection[int]) -> None:
    """Let the states of these sheets follow from their sums."""
    db.session.execute(_SETTLE, {"sheets": sorted(touched)})
    for sheet_id in touched:
        cached = db.session.identity_map.get(
            db.session.identity_key(QuotaSheet, sheet_id)  # a stale row must not be shown or saved
        )
        if cached is not None:
            db.session.expire(cached)


_USE = text(
    """
    UPDATE quota SET used = quota.used + taking.used, green_used = quota.green_used + taking.green
    FROM (SELECT * FROM unnest(CAST(:cells AS bigint[]), CAST(:used AS int[]), CAST(:green AS int[]))
            AS t(quota_id, used, green)) taking
    WHERE quota.id = taking.quota_id
    RETURNING quota.sheet_id
    """
)


def use_places(takings: Mapping[int, int], green: Mapping[int, int] = MappingProxyType({})) -> None:
    """Take places of cells for nominations, or free them where the number is negative (HN-37).

    ``takings`` and ``green`` (places of the green channel, HN-41) are numbers by cell id. The caller
    has locked the sheets of these cells and has checked what is left.
    """
    cells = sorted({*takings, *green})
    if not cells:
        return
    values = {
        "cells": cells,
        "used": [takings.get(cell, 0) for cell in cells],
        "green": [green.get(cell, 0) for cell in cells],
    }
    touched = set(db.session.scalars(_USE, values))
    _settle(touched)


def carry_used(from_sheet_id: int, into_sheet_id: int, between: Callable[[], None]) -> None:
    """Carry what nominations have taken from one sheet to another while ``between`` books the flows.

    The cells of the old sheet are freed first, so that the places can flow away from it.
    """
    cells = db.session.execute(
        select(Quota.project_id, Quota.id, Quota.used, Quota.green_used).where(
            Quota.sheet_id == from_sheet_id, (Quota.used > 0) | (Quota.green_used > 0)
        )
    ).all()
    use_places({c.id: -c.used for c in cells}, {c.id: -c.green_used for c in cells})
    between()
    target = dict(
        db.session.execute(
            select(Quota.project_id, Quota.id).where(Quota.sheet_id == into_sheet_id)
        ).all()
    )
    use_places(
        {target[c.project_id]: c.used for c in cells},
        {target[c.project_id]: c.green_used for c in cells},
    )


def open_batch(
    sheet: QuotaSheet,
    kind: BatchKind,
    *,
    by: Viewer,
    reason: str = "",
    import_run_id: int | None = None,
    approved_by_id: int | None = None,
    undoes_id: int | None = None,
) -> QuotaBatch:
    """A new batch on ``sheet``, with who acts (and under which mandate) and why; ``book`` writes it."""
    return QuotaBatch(
        category_id=sheet.category_id,
        sheet_id=sheet.id,
        kind=kind.value,
        reason=reason,
        by_user_id=by.user_id,
        by_name=by.name,
        approved_by_id=approved_by_id,
        mandate_id=by.mandate_id,
        import_run_id=import_run_id,
        undoes_id=undoes_id,
    )


def note(
    action: str,
    sheet: QuotaSheet,
    *,
    by: Viewer,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
    said: Text | None = None,
) -> None:
    """Note an act; it belongs to the holder's place in the quota tree, whoever acted."""
    name, quota_path = queries.holder(sheet)
    record(
        action,
        sheet,
        by=by,
        before=before,
        after=after,
        reason=reason,
        label=name,
        org_path=quota_path,
        said=said,
    )


def facts_by_place(
    sheet: QuotaSheet,
    children: Mapping[int, int],
    cells: Mapping[tuple[int, int], CellFacts],
) -> tuple[dict[int, CellFacts], dict[tuple[int, int], CellFacts]]:
    """Cells sorted into the parent's (by project) and the children's (by body and project)."""
    by_sheet = {sheet_id: organisation for organisation, sheet_id in children.items()}
    parents = {project: facts for (s, project), facts in cells.items() if s == sheet.id}
    held = {(by_sheet[s], project): f for (s, project), f in cells.items() if s in by_sheet}
    return parents, held


def totals_of(changes: Sequence[Change]) -> dict[str, object]:
    """What the journal keeps of an act: how many cells, how many places more and fewer."""
    return {
        "cells": len(changes),
        "more": sum(c.delta for c in changes if c.delta > 0),
        "fewer": -sum(c.delta for c in changes if c.delta < 0),
    }


def refuse_blocked(findings: Sequence[Finding]) -> None:
    """Refuse with all reasons at once; the first is the headline."""
    if findings:
        raise Refusal(findings[0].message, rule=findings[0].rule, findings=findings)
