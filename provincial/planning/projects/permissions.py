"""Who edits categories and columns."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.plans.permissions import may_edit as may_edit_plan
from provincial.planning.plans.rules import OFFICERS
from provincial.planning.projects.rules import COLUMNS_MAY_COME


def may_see(_viewer: Viewer, _category: ProjectCategory) -> bool:
    """Whoever sees the plan sees its categories."""
    return True


def may_edit(viewer: Viewer, category: ProjectCategory) -> bool:
    """Whether the viewer may change the category: officers, while the plan is a draft."""
    return may_edit_plan(viewer, category.plan)


def may_edit_columns(viewer: Viewer, category: ProjectCategory) -> bool:
    """Whether the viewer may add and take away columns: also later, when an annex brings them."""
    return viewer.role in OFFICERS and category.plan.state in COLUMNS_MAY_COME
