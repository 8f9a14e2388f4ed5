"""Carrying people along when a body has merged or closed, and bringing them back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from provincial.core import clock
from provincial.core.db import db
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages.actions import tell
from provincial.people.accounts.actions import end_sessions
from provincial.people.accounts.models import Invitation, Membership, UserSession
from provincial.people.accounts.rules import Role, roles_for
from provincial.people.organisations.actions import clear_contact, name_contact
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import contact_phone, last_step
from provincial.people.organisations.rules import ChangeKind, Kind, OrganisationChange
from provincial.people.successions import queries
from provincial.people.successions.models import Succession
from provincial.people.successions.rules import goes_along


def follow_people(change: OrganisationChange, by: Viewer) -> None:
    """Memberships, invitations and the contact follow a step of the tree; called after it is made."""
    kind, at = change.kind, clock.now()
    body = db.session.get_one(Organisation, change.organisation_id)
    if kind in (ChangeKind.MERGED, ChangeKind.CLOSED):
        heir = db.session.get(Organisation, change.successor_id) if change.successor_id else None
        _leave(body, heir, change, by, at)
    elif kind in (ChangeKind.PARTED, ChangeKind.REOPENED) and change.undoes is not None:
        for kept in queries.of_step(change.undoes):
            _bring_back(kept, body, change.reason, by, at)


def _leave(
    body: Organisation,
    heir: Organisation | None,
    change: OrganisationChange,
    by: Viewer,
    at: datetime,
) -> None:
    """Everybody leaves ``body``, for ``heir`` when there is one."""
    step = last_step(body)
    if step is None:
        raise LookupError("a body that merges or closes has a history")
    held = queries.held_by(heir.id) if heir else set()
    made: dict[int, int] = {}
    for old in queries.memberships_of(body.id):
        new = None
        if heir and goes_along(old.user_id, old.role, Kind(heir.kind), held):
            new = _anew(old, heir, change, made.get(old.deputy_for_id or 0), by)
            made[old.id] = new.id
        _end(old, new, change.reason, by, at)
        _keep(step.id, "membership", old.id, new.id if new else None)
    for invitation in queries.invitations_to(body.id):
        if heir and invitation.role in roles_for(Kind(heir.kind)):
            invitation.organisation_id = heir.id
        else:
            invitation.withdrawn_at = at
        _keep(step.id, "invitation", invitation.id)
    if heir and queries.contact_goes(body, heir):
        phone = contact_phone(body)
        name_contact(heir, body.contact_name, phone, body.contact_email, by=by)
        _keep(step.id, "contact", heir.id)
    db.session.flush()


def _anew(
    old: Membership,
    heir: Organisation,
    change: OrganisationChange,
    deputy_for: int | None,
    by: Viewer,
) -> Membership:
    """The same membership at the heir, from the day of the step on."""
    starts = max(old.starts_on, change.on_date)
    new = Membership(
        user_id=old.user_id,
        organisation_id=heir.id,
        role=old.role,
        starts_on=starts,
        ends_on=max(old.ends_on, starts) if old.ends_on else None,
        deputy_for_id=deputy_for,
        appointed_by_id=by.user_id,
    )
    db.session.add(new)
    db.session.flush()
    return new


def _end(old: Membership, new: Membership | None, reason: str, by: Viewer, at: datetime) -> None:
    """End a membership; sessions that act for it go on at the heir."""
    body, role = old.organisation, Role(old.role)
    old.ended_at, old.ended_reason = at, reason[:500]
    if new is None:
        end_sessions(old.user_id, "membership ended", at, membership_id=old.id)
        told = t("You no longer act for %(body)s", body=body.name)
    else:
        db.session.execute(
            update(UserSession)
            .where(UserSession.membership_id == old.id, UserSession.ended_at.is_(None))
            .values(membership_id=new.id)
        )
        told = t(
            "You now act for %(heir)s, into which %(body)s has merged",
            heir=db.session.get_one(Organisation, new.organisation_id).name,
            body=body.name,
        )
    said = t("Ceased to be %(role)s of %(body)s", role=role.label, body=body.name)
    _note(old, "successions.leave", said, reason, by)
    _tell(old, told, reason, by)


def _bring_back(
    kept: Succession, body: Organisation, reason: str, by: Viewer, at: datetime
) -> None:
    """Undo one thing that the step did, unless somebody has changed it since."""
    if kept.kind == "membership":
        _return_membership(kept, reason, by, at)
    elif kept.kind == "invitation":
        invitation = db.session.get_one(Invitation, kept.thing_id)
        if invitation.organisation_id == body.id:
            invitation.withdrawn_at = None
        elif invitation.used_at is None:
            invitation.organisation_id = body.id
    else:
        heir = db.session.get_one(Organisation, kept.thing_id)
        if (heir.contact_name, heir.contact_email) == (body.contact_name, body.contact_email):
            clear_contact(heir, by=by)
    kept.returned_at = at
    db.session.flush()


def _return_membership(kept: Succession, reason: str, by: Viewer, at: datetime) -> None:
    if not queries.comes_back(kept):
        return
    old = db.session.get_one(Membership, kept.thing_id)
    if (old.user_id, old.role) in queries.held_by(old.organisation_id):
        return
    old.ended_at, old.ended_reason = None, ""
    made = db.session.get(Membership, kept.made_id) if kept.made_id else None
    if made is not None:
        made.ended_at, made.ended_reason = at, reason[:500]
        db.session.execute(
            update(UserSession)
            .where(UserSession.membership_id == made.id, UserSession.ended_at.is_(None))
            .values(membership_id=old.id)
        )
    db.session.flush()
    role, name = Role(old.role), old.organisation.name
    said = t("Is %(role)s of %(body)s again", role=role.label, body=name)
    _note(old, "successions.return", said, reason, by)
    _tell(old, t("You act for %(body)s again", body=name), reason, by)


def _keep(step_id: int, kind: str, thing_id: int, made_id: int | None = None) -> None:
    db.session.add(Succession(step_id=step_id, kind=kind, thing_id=thing_id, made_id=made_id))


def _note(membership: Membership, action: str, said: Text, reason: str, by: Viewer) -> None:
    record(
        action,
        membership.user,
        by=by,
        label=membership.user.name,
        org_path=membership.organisation.path,
        reason=reason,
        said=said,
    )


def _tell(membership: Membership, subject: Text, reason: str, by: Viewer) -> None:
    tell(
        user_id=membership.user_id,
        kind="succession",
        subject=subject,
        body=t("Reason: %(reason)s", reason=reason),
        url="/me",
        by=by,
    )
