"""Whose events a viewer may read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.office.journal.models import JournalEvent


def visible(viewer: Viewer, model: Any = JournalEvent) -> ColumnElement[bool]:
    """The scope clause of the journal: what happened in the viewer's subtree.

    Acts with places stand under the holder's path in the quota tree, which for a province-managed
    county is not its path in the administrative one (HN-01).
    """
    return or_(model.org_path.like(viewer.path + "%"), model.org_path.like(viewer.quota_path + "%"))
