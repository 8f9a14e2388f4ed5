"""Who may invite into which body."""

from __future__ import annotations

from dataclasses import dataclass

from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Invitation
from provincial.people.accounts.permissions import (
    is_directly_above,
    may_invite_first,
    may_manage_users,
)
from provincial.people.accounts.rules import MANAGERS
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import BUREAUS


@dataclass(frozen=True, slots=True)
class BodyUsers:
    """A body, and how many lasting administrators it has."""

    organisation: Organisation
    administrators: int


def may_invite(viewer: Viewer, body: BodyUsers) -> bool:
    """The body's own managers; and the manager directly above while the body has none."""
    return may_manage_users(viewer, body.organisation) or may_invite_first(
        viewer, body.organisation, body.administrators
    )


def may_handle(viewer: Viewer, invitation: Invitation) -> bool:
    """Who may resend or withdraw: the body's managers, and whoever is directly above it."""
    if invitation.organisation is None or viewer.read_only or viewer.role not in MANAGERS:
        return False
    return may_manage_users(viewer, invitation.organisation) or is_directly_above(
        viewer, invitation.organisation
    )


def may_invite_below(viewer: Viewer) -> bool:
    """Whether the viewer's body has bodies below it whose first administrators it invites."""
    return viewer.role in MANAGERS and viewer.organisation_kind in BUREAUS
