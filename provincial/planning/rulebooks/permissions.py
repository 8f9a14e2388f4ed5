"""Who reads and who edits rulebooks."""

from __future__ import annotations

from sqlalchemy import or_, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.planning.rulebooks.models import RulebookEdition
from provincial.planning.rulebooks.rules import OFFICERS

#: Roles that see drafts without editing them.
_READERS = frozenset({"auditor"})


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of editions: released ones for all, the others for the province (R3)."""
    if reads_drafts(viewer):
        return true()
    return or_(RulebookEdition.state == "released", RulebookEdition.uses > 0)


def reads_drafts(viewer: Viewer) -> bool:
    """Whether drafts and their history are in the viewer's sight: officers and auditors."""
    return viewer.role in OFFICERS | _READERS


def may_copy(viewer: Viewer) -> bool:
    """Whether the viewer may make an own edition: officers of the province."""
    return viewer.role in OFFICERS


def may_edit(viewer: Viewer, edition: RulebookEdition) -> bool:
    """Whether the viewer may change values: officers, while it is a draft."""
    return viewer.role in OFFICERS and edition.state == "draft"


def may_step(viewer: Viewer, _edition: RulebookEdition) -> bool:
    """Whether the viewer may take steps of the state machine at all."""
    return viewer.role in OFFICERS


def may_see(_viewer: Viewer, _edition: RulebookEdition) -> bool:
    """Whoever finds the edition in scope may read it."""
    return True
