"""Whose events a viewer may read."""

from __future__ import annotations

from typing import Any

from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.office.journal.models import JournalEvent


def visible(viewer: Viewer, model: Any = JournalEvent) -> ColumnElement[bool]:
    """The scope clause of the journal: what happened in the viewer's subtree."""
    clause: ColumnElement[bool] = model.org_path.like(viewer.path + "%")
    return clause
