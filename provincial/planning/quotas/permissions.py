"""Who may move places: officers of the body that holds them."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import sees_province
from provincial.planning.ledger.models import QuotaBatch, QuotaSheet
from provincial.planning.ledger.rules import BatchKind, SheetState
from provincial.planning.quotas.rules import HOLDER_ACTS

_SPLITTERS = (
    "province_administrator",
    "province_officer",
    "bureau_administrator",
    "bureau_officer",
)


_HOLDERS = (*_SPLITTERS, "school_administrator", "principal")


def is_splitter(viewer: Viewer) -> bool:
    """Whether the role in use hands places down."""
    return viewer.is_any(*_SPLITTERS)


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
    return (
        viewer.is_any(*_HOLDERS)
        and batch.sheet.organisation_id == viewer.organisation_id
        and BatchKind(batch.kind) in HOLDER_ACTS
    )


def may_see_board(viewer: Viewer) -> bool:
    """Whether the board is for this viewer: everyone who holds or oversees places."""
    return viewer.is_any(*_HOLDERS) or sees_province(viewer)


def may_see_places_of(viewer: Viewer, body: Organisation) -> bool:
    """Whether the viewer reads what this body holds: the province, and above it in the quota tree."""
    inside = sees_province(viewer) or body.quota_path.startswith(viewer.quota_path)
    return inside and may_see_board(viewer)


def oversees(viewer: Viewer) -> bool:
    """Whether the viewer reads the whole province instead of holding places."""
    return sees_province(viewer)


def steps(viewer: Viewer, sheet: QuotaSheet) -> frozenset[str]:
    """The acts that this viewer may take on this sheet now; the page draws its buttons from them."""
    if viewer.read_only:
        return frozenset()
    found = set()
    if may_split(viewer, sheet):
        locked = sheet.locked_at is not None
        found |= {"unlock", "swap"} if locked else {"split", "swap", "top_up", "workbook"}
        if sheet.state == SheetState.ALLOCATED:
            found.add("lock")
        found.add("due_below")
    if may_give_back(viewer, sheet):
        found.add("give_back")
    return frozenset(found)
