"""Disable and enable, end a membership, name a deputy, hand over, and the daily round."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from provincial.core import clock
from provincial.core.db import db
from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages.actions import tell
from provincial.people.accounts.actions import add_membership, end_sessions
from provincial.people.accounts.models import Membership, User
from provincial.people.accounts.queries import administrators
from provincial.people.accounts.rules import (
    DORMANT_AFTER,
    DORMANT_WARNING,
    GUARDED,
    MANAGERS,
    Dormancy,
    Role,
    UserState,
    dormancy,
    require_another_administrator,
    require_term,
)
from provincial.people.organisations.models import Organisation
from provincial.people.staff import queries
from provincial.people.staff.permissions import Person


def disable(person: Person, reason: str, *, by: Viewer, at: datetime) -> None:
    """Close an account: all its sessions end at once. Refuses the last administrator of a body."""
    user = person.user
    for membership in person.current:
        _require_not_last(membership, clock.china_date(at))
    _lock(user)
    if user.state != UserState.ACTIVE:
        raise WrongState(t("This account is disabled already."))
    _disable(user, reason, at)
    record(
        "staff.disable", user, by=by, label=user.name, reason=reason, said=t("Disabled the account")
    )


def enable(person: Person, reason: str, *, by: Viewer, at: datetime) -> None:
    """Open a disabled account again; its unused time begins anew."""
    user = person.user
    _lock(user)
    if user.state != UserState.DISABLED:
        raise WrongState(t("This account is not disabled."))
    user.state = UserState.ACTIVE
    user.disabled_reason = ""
    user.last_seen_at = at
    user.warned_dormant_at = None
    user.failures = 0
    user.locked_until = None
    record(
        "staff.enable", user, by=by, label=user.name, reason=reason, said=t("Enabled the account")
    )


def end_membership(membership: Membership, reason: str, *, by: Viewer, at: datetime) -> None:
    """End a person's acting for a body, and the sessions that act for it, at once (R20)."""
    _require_not_last(membership, clock.china_date(at))
    _end(membership, reason, by, at)
    tell(
        user_id=membership.user_id,
        kind="membership_ended",
        subject=t("You no longer act for %(body)s", body=membership.organisation.name),
        body=t("Reason: %(reason)s", reason=reason),
        by=by,
    )


def appoint_deputy(
    membership: Membership,
    deputy: User,
    starts_on: date,
    ends_on: date,
    reason: str,
    *,
    by: Viewer,
    on: date,
) -> Membership:
    """Let a colleague stand in for a post between two dates; it ends by itself."""
    require_term(starts_on, ends_on, on)
    if ends_on - starts_on > timedelta(days=366):
        raise Refusal(t("A deputy stands in for a year at most."), field="ends_on")
    if deputy.id == membership.user_id:
        raise Refusal(t("Nobody is their own deputy."), field="deputy")
    made = add_membership(
        deputy,
        membership.organisation,
        membership.role,
        starts_on=starts_on,
        ends_on=ends_on,
        deputy_for=membership,
        by=by,
    )
    tell(
        user_id=deputy.id,
        kind="deputy",
        subject=t(
            "You stand in for %(name)s from %(first)s to %(last)s",
            name=membership.user.name,
            first=starts_on,
            last=ends_on,
        ),
        body=t("Reason: %(reason)s", reason=reason),
        url="/acting",
        by=by,
    )
    return made


def hand_over(
    membership: Membership, successor: User, reason: str, *, by: Viewer, at: datetime
) -> Membership:
    """Give one's post to a colleague and end one's own; open tasks belong to the body and stay.

    A colleague who has the role already keeps it; one who held it only as a deputy gets it for good.
    """
    if successor.id == membership.user_id:
        raise Refusal(t("Choose somebody else as successor."), field="successor")
    body = _lock_body(membership)
    heir = next((m for m in _open(successor, body.id) if m.role == membership.role), None)
    if heir is None:
        on = clock.china_date(at)
        heir = add_membership(successor, body, membership.role, starts_on=on, by=by)
    elif heir.deputy_for_id is not None:
        heir.ends_on = None
        heir.deputy_for_id = None
    db.session.flush()
    _require_not_last(membership, clock.china_date(at))
    _end(membership, reason, by, at)
    said = t("%(name)s has handed over to you", name=membership.user.name)
    tell(
        user_id=successor.id,
        kind="hand_over",
        subject=said,
        body=t("Reason: %(reason)s", reason=reason),
        url="/to-do",
        by=by,
    )
    return heir


def daily(at: datetime) -> None:
    """Once a day: end terms that are over, tell and disable unused accounts."""
    on = clock.china_date(at)
    for membership in queries.terms_over(on):
        _end(membership, "", None, at)
    for user in queries.unused_since(at - DORMANT_AFTER + DORMANT_WARNING):
        step = dormancy(user.last_seen_at or user.created_at, user.warned_dormant_at, at)
        if step is Dormancy.WARN:
            _warn_dormant(user, at)
        elif step is Dormancy.DISABLE:
            _disable(user, "not used for 180 days", at)
            said = t("Disabled after 180 days without use")
            record("staff.disable_dormant", user, by=None, label=user.name, said=said)


def _warn_dormant(user: User, at: datetime) -> None:
    user.warned_dormant_at = at
    tell(
        user_id=user.id,
        kind="account_dormant",
        subject=t(
            "Your account is not used and will be disabled on %(day)s",
            day=clock.china_date(at + DORMANT_WARNING),
        ),
        body=t("Sign in once before that day to keep it."),
        url="/me",
    )
    said = t("Told that the unused account will be disabled")
    record("staff.warn_dormant", user, by=None, label=user.name, said=said)


def _disable(user: User, reason: str, at: datetime) -> None:
    user.state = UserState.DISABLED
    user.disabled_reason = reason
    end_sessions(user.id, "account disabled", at)


def _end(membership: Membership, reason: str, by: Viewer | None, at: datetime) -> None:
    db.session.refresh(membership, with_for_update={"of": Membership})
    if membership.ended_at is not None:
        raise WrongState(t("This person no longer acts for the body."))
    membership.ended_at = at
    membership.ended_reason = reason
    end_sessions(membership.user_id, "membership ended", at, membership_id=membership.id)
    record(
        "staff.end_membership",
        membership.user,
        by=by,
        label=membership.user.name,
        org_path=membership.organisation.path,
        before={"body": membership.organisation.name, "role": membership.role},
        reason=reason,
        said=t(
            "Ceased to be %(role)s of %(body)s",
            role=Role(membership.role).label,
            body=membership.organisation.name,
        ),
    )


def _require_not_last(membership: Membership, on: date) -> None:
    """Refuse when the body would be left without a lasting administrator.

    Where the system administrator may not give the post, only another holder of it counts: else
    nobody could ever fill it again.

    The body's row is locked first: two administrators who remove each other at the same moment
    must not both succeed.
    """
    if membership.role not in MANAGERS or membership.ends_on is not None:
        return
    _lock_body(membership)
    others = [
        m
        for m in administrators(membership.organisation_id, on)
        if m.id != membership.id
        and m.user_id != membership.user_id
        and (membership.role not in GUARDED or m.role == membership.role)
    ]
    require_another_administrator(len(others))


def _lock_body(membership: Membership) -> Organisation:
    return db.session.get_one(Organisation, membership.organisation_id, with_for_update=True)


def _lock(user: User) -> None:
    db.session.refresh(user, with_for_update={"of": User})


def _open(user: User, organisation_id: int) -> list[Membership]:
    db.session.expire(user, ["memberships"])
    return [
        m for m in user.memberships if m.organisation_id == organisation_id and m.ended_at is None
    ]
