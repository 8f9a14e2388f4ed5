"""Who sees and who runs plans."""

from __future__ import annotations

from sqlalchemy import true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.planning.plans.models import Plan, PlanDocument
from provincial.planning.plans.rules import OFFICERS, PUBLISHED, PlanState


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of plans: issued ones for everybody, drafts for the province only (R3)."""
    if sees_drafts(viewer):
        return true()
    return Plan.state.in_([state.value for state in PUBLISHED])


def sees_drafts(viewer: Viewer) -> bool:
    """Whether drafts are in this viewer's sight: officers of the province and the auditor.

    Not the system administrator, who runs the site and has no part in plans (R32).
    """
    return viewer.role in OFFICERS | {"auditor"}


def may_create(viewer: Viewer) -> bool:
    """Whether the viewer may make plans and programmes."""
    return viewer.role in OFFICERS


def may_see(_viewer: Viewer, _plan: Plan) -> bool:
    """Whoever finds the plan in scope may read it."""
    return True


def may_edit(viewer: Viewer, plan: Plan) -> bool:
    """Whether the viewer may change the plan's facts: officers, while it is a draft."""
    return viewer.role in OFFICERS and plan.state == PlanState.DRAFT


def may_step(viewer: Viewer, _plan: Plan) -> bool:
    """Whether the viewer may take steps of the state machine at all."""
    return viewer.role in OFFICERS


def may_run(viewer: Viewer, plan: Plan) -> bool:
    """Whether the viewer may attach documents, extend windows, prepare supplementary notices."""
    return viewer.role in OFFICERS and plan.state not in (PlanState.ARCHIVED, PlanState.DISCARDED)


def may_read_document(viewer: Viewer, document: PlanDocument) -> bool:
    """Documents of issued plans are for everybody signed in; internal ones for the province."""
    return document.is_public or sees_drafts(viewer)


def may_manage_document(viewer: Viewer, document: PlanDocument) -> bool:
    """Whether the viewer may take a document away or change who sees it."""
    return may_run(viewer, document.plan)
