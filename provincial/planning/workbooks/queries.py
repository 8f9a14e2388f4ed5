"""Reading runs of a split: the run with its sheet, and what a check page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.office.imports.queries import run_in_scope
from provincial.planning.ledger.models import QuotaBatch, QuotaSheet
from provincial.planning.ledger.queries import sheet_in_scope
from provincial.planning.quotas.queries import grid
from provincial.planning.workbooks.permissions import SplitRun
from provincial.planning.workbooks.rules import KIND, Difference, from_data


def split_run(viewer: Viewer, run_id: int) -> SplitRun | None:
    """A run of this room with the sheet that it splits, when both lie in the viewer's scope."""
    run = run_in_scope(viewer, run_id)
    if run is None or run.kind != KIND:
        return None
    sheet = sheet_in_scope(viewer, int(run.context["sheet"]))
    return SplitRun(run, sheet) if sheet is not None else None


def batch_of(run: ImportRun) -> QuotaBatch | None:
    """The act that confirming a run booked."""
    return db.session.scalar(
        select(QuotaBatch)
        .where(QuotaBatch.import_run_id == run.id, QuotaBatch.kind != "undo")
        .order_by(QuotaBatch.id)
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Understood:
    """What was understood, for the check page: unit by unit, and cell by cell what would change."""

    units: Sequence[tuple[str, int, int]]
    changes: Sequence[tuple[str, str, Difference]]


def understood(run: ImportRun, sheet: QuotaSheet) -> Understood:
    """The kept check of a run with the names of bodies and projects."""
    found = grid(sheet)
    bodies = {body.id: body.name for body in found.children}
    projects = {project.id: project.name for project in found.projects}
    changes = from_data(run.understood.get("changes", []))
    by_unit: Mapping[str, int] = run.understood.get("units", {})
    held: dict[int, int] = {}
    for (body, _project), n in found.held.items():
        held[body] = held.get(body, 0) + n
    return Understood(
        [(bodies.get(int(u), u), held.get(int(u), 0), n) for u, n in by_unit.items()],
        [(bodies.get(c.body_id, ""), projects.get(c.project_id, ""), c) for c in changes],
    )
