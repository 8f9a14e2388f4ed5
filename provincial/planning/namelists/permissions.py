"""Who brings lists of names, and who takes them in or back."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.planning.nominations.permissions import may_nominate
from provincial.planning.plans.models import ProjectCategory


def may_bring(viewer: Viewer) -> bool:
    """Whether the viewer may bring a list of names: schools, counties, cities."""
    return may_nominate(viewer)


def may_bring_to(viewer: Viewer, _category: ProjectCategory) -> bool:
    """The same, for a category whose places are filled by nominations."""
    return may_nominate(viewer)


def may_decide(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may take this list in or back: an officer of the body that brought it."""
    return may_nominate(viewer) and run.organisation_id == viewer.organisation_id
