"""Who may see a run; who may confirm or undo one is said by the room whose data it brings."""

from __future__ import annotations

from sqlalchemy import and_, false, or_
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import PERSONAL_KINDS, PLAN_KINDS, RunState

#: Who keeps or checks lists of people in the course of the work. Not the administration of the site,
#: finance, institutions and experts; and no teacher, whose school's lists name the colleagues (R5).
_KEEPERS = (
    *("province_administrator", "province_officer", "bureau_administrator", "bureau_officer"),
    *("school_administrator", "principal"),
)
_NAME_READERS = (*_KEEPERS, "auditor", "programme_officer", "quality_monitor")
#: Who belongs to a body without acting for it.
_MEMBERS_ONLY = ("teacher", "expert")
#: The programme office checks that a plan is complete; finance reads papers, not workbooks.
_CHECKS_PLANS = ("programme_officer",)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause: runs of the viewer's subtree, and those for its own body.

    For the programme office also those whose figures have become the plan's and stand on the board
    and in the table of figures for it anyway.
    """
    arrived = ImportRun.kind.in_(sorted(PLAN_KINDS)) & (ImportRun.state == RunState.CONFIRMED)
    if viewer.is_any(*_MEMBERS_ONLY):
        return ImportRun.by_user_id == viewer.user_id
    scope = or_(
        arrived if viewer.is_any(*_CHECKS_PLANS) else false(),
        ImportRun.org_path.like(viewer.path + "%"),
        ImportRun.organisation_id == viewer.organisation_id,
    )
    if viewer.is_any(*_NAME_READERS):
        return scope
    return and_(scope, ImportRun.kind.not_in(sorted(PERSONAL_KINDS)))


def may_see(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the run is within the viewer's scope."""
    if viewer.is_any(*_MEMBERS_ONLY):
        return run.by_user_id == viewer.user_id
    if run.kind in PERSONAL_KINDS and not viewer.is_any(*_NAME_READERS):
        return False
    return (
        (viewer.is_any(*_CHECKS_PLANS) and _has_arrived(run))
        or run.org_path.startswith(viewer.path)
        or run.organisation_id == viewer.organisation_id
    )


def _has_arrived(run: ImportRun) -> bool:
    return run.kind in PLAN_KINDS and run.status is RunState.CONFIRMED


def may_discard(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may put a checked workbook aside: who brought it, or its body."""
    if viewer.read_only or not may_see(viewer, run):
        return False
    if run.kind in PERSONAL_KINDS and not viewer.is_any(*_KEEPERS):
        return False
    return viewer.user_id == run.by_user_id or viewer.organisation_id == run.organisation_id


def may_take_away(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may download the workbook, with all that stands in it.

    One that names people goes back only to those who keep lists for the body that brought it, and
    never into a support view; those above see the run and its findings, not the ID numbers in the
    file (R7).
    """
    if run.kind in PERSONAL_KINDS:
        own = run.organisation_id == viewer.organisation_id and viewer.is_any(*_KEEPERS)
        return own and not viewer.read_only
    return may_see(viewer, run)
