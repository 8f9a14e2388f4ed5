"""Who sees and who prepares supplementary notices."""

from __future__ import annotations

from sqlalchemy import true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.planning.amendments.rules import NoticeState
from provincial.planning.plans.models import SupplementaryNotice
from provincial.planning.plans.permissions import sees_drafts
from provincial.planning.plans.rules import OFFICERS


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause: notices in force or approved for everybody, the others for the province."""
    if sees_drafts(viewer):
        return true()
    return SupplementaryNotice.state.in_(("approved", "in_force"))


def may_see(_viewer: Viewer, _notice: SupplementaryNotice) -> bool:
    """Whoever finds the notice in scope may read it."""
    return True


def may_edit(viewer: Viewer, notice: SupplementaryNotice) -> bool:
    """Whether the viewer may enter values: officers, while it is a draft."""
    return viewer.role in OFFICERS and notice.state == NoticeState.DRAFT


def may_step(viewer: Viewer, _notice: SupplementaryNotice) -> bool:
    """Whether the viewer may take steps of the state machine at all."""
    return viewer.role in OFFICERS
