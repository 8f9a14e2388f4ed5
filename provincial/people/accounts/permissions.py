"""Who manages whose users, and the scope clauses of users and memberships."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Membership, User
from provincial.people.accounts.rules import MANAGERS, PROVINCE_RUNS, Role, superior_id
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import may_see, visible
from provincial.people.organisations.rules import BUREAUS

_READERS = frozenset({*PROVINCE_RUNS, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR})


def manages_own_users(viewer: Viewer) -> bool:
    """Whether the role in use manages the users of the viewer's own body."""
    return viewer.role in MANAGERS


def may_act(viewer: Viewer, _thing: object = None) -> bool:
    """Whether the viewer may change anything at all: nobody does in a support view (R27)."""
    return not viewer.read_only


def may_list_users(viewer: Viewer) -> bool:
    """Whether the viewer may open the list of the users of their own body."""
    return viewer.role in MANAGERS or viewer.role in _READERS


def is_directly_above(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer's body stands directly above ``organisation``."""
    above = superior_id(organisation.kind, organisation.parent_id, organisation.quota_parent_id)
    return above is not None and above == viewer.organisation_id


def may_manage_users(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer manages this body's users: its own managers, or the system administrator."""
    if viewer.read_only or viewer.role not in MANAGERS:
        return False
    return viewer.organisation_id == organisation.id or viewer.role == Role.SYSTEM_ADMINISTRATOR


def may_invite_first(viewer: Viewer, organisation: Organisation, administrators: int) -> bool:
    """Whether the viewer may bring in this body's first administrator: the manager directly above."""
    if viewer.read_only or viewer.role not in MANAGERS or administrators:
        return False
    return is_directly_above(viewer, organisation)


def may_see_users(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer may read who acts for this body."""
    if not may_see(viewer, organisation):
        return False
    if viewer.organisation_id == organisation.id:
        return may_list_users(viewer)
    above = viewer.role in MANAGERS and viewer.organisation_kind in BUREAUS
    return above or viewer.role in _READERS


def visible_memberships(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of memberships: those in bodies within the viewer's scope (R3)."""
    bodies = select(Organisation.id).where(visible(viewer))
    return Membership.organisation_id.in_(bodies)


def visible_users(viewer: Viewer) -> ColumnElement[bool]:
    """The scope clause of users: those who act or acted for a body within scope (R3)."""
    return (
        select(Membership.id)
        .where(Membership.user_id == User.id, visible_memberships(viewer))
        .exists()
    )
