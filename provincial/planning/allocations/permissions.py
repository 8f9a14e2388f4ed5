"""Who may prepare and issue a province's table."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.allocations.rules import TableState

_PROVINCE = ("province_administrator", "province_officer")


def may_propose(viewer: Viewer) -> bool:
    """Whether the viewer may prepare a province's table."""
    return viewer.is_any(*_PROVINCE)


def may_propose_for(viewer: Viewer, _category: object) -> bool:
    """The same for a category that has been loaded."""
    return may_propose(viewer)


def may_see_table(viewer: Viewer, _table: QuotaTable) -> bool:
    """Tables are the provincial office's own business until they are issued."""
    return viewer.is_any(*_PROVINCE, "auditor")


def may_edit_table(viewer: Viewer, table: QuotaTable) -> bool:
    """Whether the viewer may change or withdraw this table now."""
    return may_propose(viewer) and table.state in (TableState.DRAFT, TableState.SUBMITTED)


def may_issue(viewer: Viewer, table: QuotaTable) -> bool:
    """Whether the viewer may issue: a province officer who did not make the table (R14)."""
    return (
        may_propose(viewer)
        and table.state == TableState.SUBMITTED
        and table.made_by_id != viewer.user_id
    )


def may_undo_table(viewer: Viewer, table: QuotaTable) -> bool:
    """Whether the viewer may take an issued table back."""
    return may_propose(viewer) and table.state == TableState.ISSUED
