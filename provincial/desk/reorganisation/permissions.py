"""Which steps are open to a viewer for a body now; the body's page draws its links from these."""

from __future__ import annotations

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import may_restructure
from provincial.people.organisations.queries import can_take_back
from provincial.people.organisations.rules import OrganisationState


def may_step(viewer: Viewer, body: Organisation) -> bool:
    """Whether the viewer may move, merge or close an active body."""
    return body.state == OrganisationState.ACTIVE and may_restructure(viewer, body)


def may_reopen(viewer: Viewer, body: Organisation) -> bool:
    """Whether the viewer may open a closed body again."""
    return body.state == OrganisationState.CLOSED and may_restructure(viewer, body)


def may_take_back(viewer: Viewer, body: Organisation) -> bool:
    """Whether the viewer may take a step of this body back."""
    return may_restructure(viewer, body)


def may_take_back_now(viewer: Viewer, body: Organisation) -> bool:
    """Whether the body's page offers to take its last step back."""
    return may_restructure(viewer, body) and can_take_back(body) is not None
