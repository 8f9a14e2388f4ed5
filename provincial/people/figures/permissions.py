"""Who reads and writes yearly figures."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import may_see, runs_province


def may_write(viewer: Viewer) -> bool:
    """Whether the viewer may bring figures in: the provincial office."""
    return runs_province(viewer)


def may_write_for(viewer: Viewer, body: Organisation) -> bool:
    """Whether the viewer may type in figures of this body."""
    return runs_province(viewer) and may_see(viewer, body)


def may_decide(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may confirm or undo this run."""
    return runs_province(viewer) and run.organisation_id == viewer.organisation_id
