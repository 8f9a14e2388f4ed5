"""Who may read the journal as a whole: the auditor, who changes nothing (R32)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.office.journal.models import JournalEvent


def may_audit(viewer: Viewer) -> bool:
    """Whether the viewer may search and export the journal."""
    return viewer.is_any("auditor")


def visible(viewer: Viewer, model: Any = JournalEvent) -> ColumnElement[bool]:
    """The scope clause of the journal: what happened in the viewer's subtree."""
    clause: ColumnElement[bool] = model.org_path.like(viewer.path + "%")
    return clause
