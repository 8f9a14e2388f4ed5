"""Who may bring schools in, and who may confirm or undo it."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.permissions import may_register_some


def may_import(viewer: Viewer) -> bool:
    """Whether the viewer may bring a list of schools: a bureau, or the province."""
    return may_register_some(viewer)


def may_decide(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may confirm or undo this run: an officer of the body that brought it."""
    return may_register_some(viewer) and run.organisation_id == viewer.organisation_id
