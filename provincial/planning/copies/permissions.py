"""Who sends copies out and brings them back: officers of the body whose names they are."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.planning.copies.models import NominationCopy
from provincial.planning.nominations.permissions import may_nominate
from provincial.planning.plans.models import ProjectCategory


def may_send(viewer: Viewer, _category: ProjectCategory) -> bool:
    """Whether the viewer may send a list of this category out."""
    return may_nominate(viewer)


def may_fetch(viewer: Viewer, copy: NominationCopy) -> bool:
    """Whether the viewer may download a copy: an officer of its body."""
    return may_nominate(viewer) and copy.organisation_id == viewer.organisation_id


def may_decide(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may book what a copy brought back."""
    return may_nominate(viewer) and run.organisation_id == viewer.organisation_id
