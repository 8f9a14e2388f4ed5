"""One step of the tree with everything that follows it, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provincial.core.findings import Finding
from provincial.core.viewer import Viewer
from provincial.desk.reorganisation.rules import Follower, refuse_blocked
from provincial.people.organisations.rules import OrganisationChange

Followers = Sequence[Follower]


def preview(change: OrganisationChange, followers: Followers) -> list[Finding]:
    """What every follower says about a planned change."""
    return [finding for follower in followers for finding in follower.preview(change)]


def carry_out(
    plan: OrganisationChange,
    act: Callable[[], OrganisationChange],
    followers: Followers,
    *,
    by: Viewer,
) -> OrganisationChange:
    """Do a planned step (``act`` is the one of ``people.structure``); places, names and tasks follow.

    Refuses when a follower stands in the way of ``plan``. When a step is taken back the followers
    see the reverse change, with the step it undoes.
    """
    refuse_blocked(preview(plan, followers))
    change = act()
    for follower in followers:
        follower.follow(change, by)
    return change
