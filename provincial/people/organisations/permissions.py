"""Which bodies a viewer may see, and who may change the tree."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, true
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import BUREAUS, Kind

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


def may_register_below(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer may register a body below ``organisation``: a bureau, in its subtree."""
    return (
        viewer.organisation_kind in BUREAUS
        and not viewer.is_any("auditor", "system_administrator", "teacher")
        and organisation.path.startswith(viewer.path)
    )


def may_restructure(viewer: Viewer) -> bool:
    """Whether the viewer may move, merge or close bodies: the provincial office."""
    return viewer.is_any("province_administrator", "province_officer")
