"""Who brings lists of bans in: officers of the provincial office."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.planning.integrity.permissions import may_decide_some


def may_import(viewer: Viewer) -> bool:
    """Whether the viewer may bring a list of bans."""
    return may_decide_some(viewer)


def may_decide(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may confirm or undo this run: an officer of the office that brought it."""
    return may_decide_some(viewer) and run.organisation_id == viewer.organisation_id
