"""Who may see a run; who may confirm or undo one is said by the room whose data it brings."""

from __future__ import annotations

from sqlalchemy import false, or_
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import PERSONAL_KINDS, PLAN_KINDS, RunState

#: The programme office checks that a plan is complete; finance reads papers, not workbooks.
_CHECKS_PLANS = ("programme_officer",)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause: runs of the viewer's subtree, and those for its own body.

    For the programme office also those whose figures have become the plan's and stand on the board
    and in the table of figures for it anyway.
    """
    arrived = ImportRun.kind.in_(sorted(PLAN_KINDS)) & (ImportRun.state == RunState.CONFIRMED)
    return or_(
        arrived if viewer.is_any(*_CHECKS_PLANS) else false(),
        ImportRun.org_path.like(viewer.path + "%"),
        ImportRun.organisation_id == viewer.organisation_id,
    )


def may_see(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the run is within the viewer's scope."""
    return (
        (viewer.is_any(*_CHECKS_PLANS) and _has_arrived(run))
        or run.org_path.startswith(viewer.path)
        or run.organisation_id == viewer.organisation_id
    )


def _has_arrived(run: ImportRun) -> bool:
    return run.kind in PLAN_KINDS and run.status is RunState.CONFIRMED


def may_discard(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may put a checked workbook aside: who brought it, or its body."""
    return viewer.user_id == run.by_user_id or viewer.organisation_id == run.organisation_id


def may_take_away(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may download the workbook, with all that stands in it.

    One that names people goes back only to the body that brought it, and never into a support
    view; those above see the run and its findings, not the ID numbers in the file (R7).
    """
    if run.kind in PERSONAL_KINDS:
        return run.organisation_id == viewer.organisation_id and not viewer.read_only
    return may_see(viewer, run)
