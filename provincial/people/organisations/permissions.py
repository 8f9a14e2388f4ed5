"""Which bodies a viewer may see, and who may change the tree."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import BUREAUS, LOCAL_KINDS, ONLY_ONE, Kind

#: Kinds of body whose officers read the whole province.
PROVINCE_WIDE = frozenset(
    {
        Kind.PROVINCIAL_OFFICE,
        Kind.PROGRAMME_OFFICE,
        Kind.FINANCE_DEPARTMENT,
        Kind.QUALITY_CENTRE,
        Kind.TRAINING_CENTRE,
    }
)
#: Roles that look but never change a body.
_ONLY_LOOK = ("auditor", "system_administrator", "teacher", "expert")


def sees_province(viewer: Viewer) -> bool:
    """Whether this viewer's body reads the whole province."""
    return viewer.organisation_kind in PROVINCE_WIDE


def visible(viewer: Viewer, model: Any = Organisation) -> ColumnElement[bool]:
    """The scope clause of bodies: one's own subtree, administrative or by quota (R3).

    ``model`` is ``Organisation`` or an alias of it.
    """
    if sees_province(viewer):
        return true()
    return or_(
        model.path.like(viewer.path + "%"),
        model.quota_path.like(viewer.quota_path + "%"),
    )


def may_see(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether this body is within the viewer's scope."""
    return (
        sees_province(viewer)
        or organisation.path.startswith(viewer.path)
        or organisation.quota_path.startswith(viewer.quota_path)
    )


def runs_province(viewer: Viewer) -> bool:
    """Whether the viewer runs the plan for the whole province: the provincial office."""
    return viewer.is_any("province_administrator", "province_officer")


def _runs_below(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether a bureau runs what stands here: a province-managed county is not its city's (HN-01)."""
    return (
        viewer.organisation_kind in BUREAUS
        and not viewer.is_any(*_ONLY_LOOK)
        and organisation.path.startswith(viewer.path)
        and organisation.quota_path.startswith(viewer.quota_path)
    )


def may_register_below(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer may register a body below ``organisation``: a bureau, in its subtree."""
    return organisation.kind in BUREAUS and (
        runs_province(viewer) or _runs_below(viewer, organisation)
    )


def may_register_some(viewer: Viewer) -> bool:
    """Whether the viewer may register bodies somewhere: for the menu and the schools import."""
    return runs_province(viewer) or (
        viewer.organisation_kind in BUREAUS and not viewer.is_any(*_ONLY_LOOK)
    )


def may_manage(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer may rename and edit this body: the province, or the bureau above it."""
    if runs_province(viewer):
        return True
    below = organisation.id != viewer.organisation_id and organisation.kind in LOCAL_KINDS
    return below and _runs_below(viewer, organisation)


def may_restructure(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer may move, merge, close or reopen this body, or take such a step back."""
    return organisation.kind not in ONLY_ONE and may_manage(viewer, organisation)


def may_name_contact(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer may name the responsible contact: the body itself or who manages it."""
    own = organisation.id == viewer.organisation_id and not viewer.is_any(*_ONLY_LOOK)
    return own or may_manage(viewer, organisation) or _runs_below(viewer, organisation)


def may_reveal_contact(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer may read the contact's whole phone number, with a reason (R7)."""
    return may_see(viewer, organisation) and not viewer.is_any("teacher")
