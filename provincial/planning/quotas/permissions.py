"""Who may move places: officers of the body that holds them."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.people.organisations.permissions import sees_province
from provincial.planning.ledger.models import QuotaBatch, QuotaSheet

_SPLITTERS = (
    "province_administrator",
    "province_officer",
    "bureau_administrator",
    "bureau_officer",
)


_HOLDERS = (*_SPLITTERS, "school_administrator", "principal")


def is_holder(viewer: Viewer, sheet: QuotaSheet) -> bool:
    """Whether the viewer acts for the body that holds this sheet."""
    return sheet.organisation_id == viewer.organisation_id


def may_split(viewer: Viewer, sheet: QuotaSheet) -> bool:
    """Whether the viewer hands down these places: an officer of the holder, below the province."""
    return viewer.is_any(*_SPLITTERS) and is_holder(viewer, sheet) and sheet.parent_id is not None


def may_give_back(viewer: Viewer, sheet: QuotaSheet) -> bool:
    """Whether the viewer may give unassigned places back to the body above."""
    return viewer.is_any(*_HOLDERS) and is_holder(viewer, sheet) and sheet.parent_id is not None


def may_undo(viewer: Viewer, batch: QuotaBatch) -> bool:
    """Whether the viewer may take a batch back: an officer of the body that booked it."""
    return viewer.is_any(*_HOLDERS) and (batch.sheet.organisation_id == viewer.organisation_id)


def may_see_board(viewer: Viewer) -> bool:
    """Whether the board is for this viewer: everyone who holds or oversees places."""
    return viewer.is_any(*_HOLDERS) or sees_province(viewer)
