"""Scope of the ledger: the quota tree, not the administrative one (HN-01)."""

from __future__ import annotations

from sqlalchemy import select, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import sees_province
from provincial.planning.ledger.models import QuotaBatch, QuotaSheet


def visible_sheets(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of sheets: those of the viewer's own quota subtree (R3)."""
    if sees_province(viewer):
        return true()
    below = select(Organisation.id).where(Organisation.quota_path.like(viewer.quota_path + "%"))
    return QuotaSheet.organisation_id.in_(below)


def may_see(viewer: Viewer, sheet: QuotaSheet) -> bool:
    """Whether the sheet lies in the viewer's quota subtree."""
    return sees_province(viewer) or sheet.organisation.quota_path.startswith(viewer.quota_path)


def may_see_batch(viewer: Viewer, batch: QuotaBatch) -> bool:
    """Whether the batch lies in the viewer's quota subtree."""
    return may_see(viewer, batch.sheet)
