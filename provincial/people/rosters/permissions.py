"""Who may bring lists of teachers in, and who decides about one that came."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.permissions import may_register_some


def may_import(viewer: Viewer) -> bool:
    """Whether the viewer may bring a list of teachers: the province, a bureau, a school."""
    return may_register_some(viewer) or viewer.is_any("school_administrator")


def may_decide(viewer: Viewer, run: ImportRun) -> bool:
    """Whether the viewer may confirm or undo this run: an officer of the body that brought it."""
    return may_import(viewer) and run.organisation_id == viewer.organisation_id
