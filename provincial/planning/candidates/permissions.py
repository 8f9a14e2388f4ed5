"""Who enters names, and who lets another teacher step in: officers of the body that holds the place."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.planning.nominations import permissions as nominations
from provincial.planning.nominations.models import Nomination
from provincial.planning.plans.models import ProjectCategory


def may_enter(viewer: Viewer, _category: ProjectCategory) -> bool:
    """Whether the viewer may enter names in a category of a published plan."""
    return nominations.may_nominate(viewer)


def may_replace(viewer: Viewer, nomination: Nomination) -> bool:
    """Whether the viewer may let another teacher step in for this nomination now."""
    return nominations.may_take(viewer, nomination, "replace")
