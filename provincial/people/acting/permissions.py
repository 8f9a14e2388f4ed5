"""Who may act in another's place, or look with another's eyes."""

from __future__ import annotations

from sqlalchemy import or_
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Mandate, Membership
from provincial.people.accounts.rules import MANAGERS, ROLES, Role
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import BUREAUS

#: Whom a support view never shows: those who run the province, its systems or its audit (R27).
NEVER_SHOWN = frozenset({Role.PROVINCE_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR})


def may_record_mandates(viewer: Viewer) -> bool:
    """Whether the viewer may record that its bureau acts for a body below."""
    return (
        not viewer.read_only
        and viewer.mandate_id is None
        and viewer.organisation_kind in BUREAUS
        and viewer.role in MANAGERS
        and ROLES[Role(viewer.role)].acts
    )


def may_be_given(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether ``organisation`` stands below the viewer's body, by administration or by quota."""
    below = organisation.path.startswith(viewer.path) or organisation.quota_path.startswith(
        viewer.quota_path
    )
    return below and organisation.id != viewer.organisation_id and organisation.state == "active"


def may_read_mandates(viewer: Viewer, _mandate: Mandate | None = None) -> bool:
    """Mandates of and over one's own body can be read by all who act for it."""
    return viewer.role != Role.TEACHER


def visible_mandates(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of mandates: held by one's body, or over it (R3)."""
    return or_(
        Mandate.by_organisation_id == viewer.organisation_id,
        Mandate.for_organisation_id == viewer.organisation_id,
    )


def may_end_mandate(viewer: Viewer, mandate: Mandate) -> bool:
    """The body that holds it ends it."""
    return may_record_mandates(viewer) and mandate.by_organisation_id == viewer.organisation_id


def may_use_mandates(viewer: Viewer) -> bool:
    """Whether the role in use may act under its body's mandates."""
    return not viewer.read_only and ROLES[Role(viewer.role)].acts


def may_open_support(viewer: Viewer, membership: Membership) -> bool:
    """The system administrator, never upward and never as themselves (R27)."""
    return (
        viewer.role == Role.SYSTEM_ADMINISTRATOR
        and not viewer.read_only
        and membership.user_id != viewer.user_id
        and membership.role not in NEVER_SHOWN
    )


def is_support_view(viewer: Viewer) -> bool:
    """Whether the viewer looks with another's eyes."""
    return viewer.read_only
