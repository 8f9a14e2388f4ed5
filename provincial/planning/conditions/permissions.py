"""Who writes conditions, who reads them."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.planning.plans.models import Project
from provincial.planning.plans.rules import LIVE, OFFICERS, PlanState


def may_see(_viewer: Viewer, _project: Project) -> bool:
    """Whoever sees the plan reads what its projects ask for."""
    return True


def may_edit(viewer: Viewer, project: Project) -> bool:
    """Officers of the province, until the plan is archived."""
    return viewer.role in OFFICERS and project.category.plan.state in (PlanState.DRAFT, *LIVE)
