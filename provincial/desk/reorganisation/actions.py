"""One step of the tree with everything that follows it, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from provincial.core.findings import Finding
from provincial.core.viewer import Viewer
from provincial.desk.reorganisation.rules import Follower, refuse_blocked
from provincial.people.organisations.models import Organisation, OrganisationEvent
from provincial.people.organisations.rules import OrganisationChange, Step
from provincial.people.structure import actions as structure
from provincial.people.structure.queries import (
    plan_close,
    plan_merge,
    plan_move,
    plan_reopen,
    plan_take_back,
)

Followers = Sequence[Follower]


def preview(change: OrganisationChange, followers: Followers) -> list[Finding]:
    """What every follower says about a planned change."""
    return [finding for follower in followers for finding in follower.preview(change)]


def move(
    body: Organisation,
    parent: Organisation,
    quota_parent: Organisation,
    *,
    step: Step,
    today: date,
    by: Viewer,
    followers: Followers = (),
    version: int | None = None,
) -> OrganisationChange:
    """Move a body; places, names and tasks follow."""
    plan = plan_move(body, parent, quota_parent, step, today=today)
    return _followed(
        plan,
        lambda: structure.move(
            body, parent, quota_parent, step=step, today=today, by=by, version=version
        ),
        followers,
        by,
    )


def merge(
    body: Organisation,
    successor: Organisation,
    *,
    step: Step,
    today: date,
    by: Viewer,
    followers: Followers = (),
    version: int | None = None,
) -> OrganisationChange:
    """Merge a body into another; places, names and tasks go to the successor."""
    plan = plan_merge(body, successor, step, today=today)
    return _followed(
        plan,
        lambda: structure.merge(body, successor, step=step, today=today, by=by, version=version),
        followers,
        by,
    )


def close(
    body: Organisation,
    *,
    step: Step,
    today: date,
    by: Viewer,
    followers: Followers = (),
    version: int | None = None,
) -> OrganisationChange:
    """Close a body; what it holds goes back by its followers."""
    plan = plan_close(body, step, today=today)
    return _followed(
        plan,
        lambda: structure.close(body, step=step, today=today, by=by, version=version),
        followers,
        by,
    )


def reopen(
    body: Organisation,
    *,
    step: Step,
    today: date,
    by: Viewer,
    followers: Followers = (),
    version: int | None = None,
) -> OrganisationChange:
    """Open a closed body again."""
    plan = plan_reopen(body, step, today=today)
    return _followed(
        plan,
        lambda: structure.reopen(body, step=step, today=today, by=by, version=version),
        followers,
        by,
    )


def take_back(
    body: Organisation,
    event: OrganisationEvent,
    *,
    step: Step,
    today: date,
    by: Viewer,
    followers: Followers = (),
) -> OrganisationChange:
    """Take the last step back; the followers see the reverse change, with the step it undoes."""
    plan = plan_take_back(body, event, step, today=today)
    return _followed(
        plan,
        lambda: structure.take_back(body, event, step=step, today=today, by=by),
        followers,
        by,
    )


def _followed(
    plan: OrganisationChange,
    act: Callable[[], OrganisationChange],
    followers: Followers,
    by: Viewer,
) -> OrganisationChange:
    refuse_blocked(preview(plan, followers))
    change = act()
    for follower in followers:
        follower.follow(change, by)
    return change
