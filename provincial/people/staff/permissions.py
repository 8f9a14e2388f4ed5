"""Who may change what about a person of a body."""

from __future__ import annotations

from dataclasses import dataclass

from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Membership, User
from provincial.people.accounts.permissions import (
    may_list_users,
    may_manage_users,
    may_see_users,
)
from provincial.people.accounts.rules import GUARDED, PERSONAL, Role
from provincial.people.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Person:
    """An account with all its memberships, those in force first named."""

    user: User
    current: list[Membership]
    past: list[Membership]


def may_see_body(viewer: Viewer, organisation: Organisation) -> bool:
    """Whether the viewer may read the list of this body's people."""
    return may_see_users(viewer, organisation)


def may_see_own_body(viewer: Viewer, _organisation: Organisation) -> bool:
    """Whether the viewer may read the list of the own body's people."""
    return may_list_users(viewer)


def may_see_person(viewer: Viewer, person: Person) -> bool:
    """Whether the viewer may open this person's page."""
    memberships = person.current or person.past
    return any(may_see_users(viewer, membership.organisation) for membership in memberships)


def may_manage_person(viewer: Viewer, person: Person) -> bool:
    """Disabling or resetting touches every body the person acts for: all must be the viewer's.

    Nobody does it to themselves, and the system administrator not to those who run the province or
    audit it: that would be a way to take their place.
    """
    if person.user.id == viewer.user_id or viewer.read_only:
        return False
    memberships = person.current or person.past
    if viewer.role == Role.SYSTEM_ADMINISTRATOR:
        return not any(membership.role in GUARDED for membership in memberships)
    return bool(memberships) and all(
        may_manage_users(viewer, membership.organisation) for membership in memberships
    )


def may_confirm_owner(viewer: Viewer, person: Person) -> bool:
    """Whether the viewer may say that an account is with its owner again (R14).

    Unlike a reset this opens no door, so the system administrator may do it for anybody. Whoever had
    the account in hand is refused by the act itself.
    """
    if person.user.id == viewer.user_id or viewer.read_only:
        return False
    return viewer.role == Role.SYSTEM_ADMINISTRATOR or may_manage_person(viewer, person)


def may_manage_membership(viewer: Viewer, membership: Membership) -> bool:
    """Whether the viewer may end this membership or name its deputy: a manager of the body."""
    if viewer.role == Role.SYSTEM_ADMINISTRATOR and membership.role in GUARDED:
        return False
    return may_manage_users(viewer, membership.organisation)


def may_hand_over(viewer: Viewer, membership: Membership) -> bool:
    """One hands over one's own post, or a manager of the body does it for somebody."""
    if membership.role in PERSONAL:
        return False
    own = membership.user_id == viewer.user_id and not viewer.read_only
    return (own and viewer.mandate_id is None) or may_manage_membership(viewer, membership)
