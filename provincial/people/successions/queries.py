"""Which people a change of the tree touches."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.people.accounts.models import Invitation, Membership
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import has_contact
from provincial.people.organisations.rules import ChangeKind, Kind, OrganisationChange
from provincial.people.successions.models import Succession
from provincial.people.successions.rules import Touched, findings, goes_along, reopened_alone


def preview_people(change: OrganisationChange) -> list[Finding]:
    """What a planned change of the tree does to people."""
    kind = change.kind
    if kind is ChangeKind.REOPENED and change.undoes is None:
        return [reopened_alone()]
    if kind is ChangeKind.MERGED and change.successor_id is not None:
        touched = _merged(change.organisation_id, change.successor_id)
    elif kind is ChangeKind.CLOSED:
        touched = Touched(
            ending=len(memberships_of(change.organisation_id)),
            invitations=len(invitations_to(change.organisation_id)),
        )
    elif kind in (ChangeKind.PARTED, ChangeKind.REOPENED) and change.undoes is not None:
        touched = _returning(change.undoes)
    else:
        return []
    return findings(kind, touched)


def _merged(body_id: int, heir_id: int) -> Touched:
    body, heir = (db.session.get_one(Organisation, one) for one in (body_id, heir_id))
    held = held_by(heir_id)
    rows = memberships_of(body_id)
    going = sum(goes_along(m.user_id, m.role, Kind(heir.kind), held) for m in rows)
    there = sum((m.user_id, m.role) in held for m in rows)
    return Touched(
        going=going,
        there=there,
        ending=len(rows) - going - there,
        invitations=len(invitations_to(body_id)),
        contact=contact_goes(body, heir),
    )


def _returning(step_id: int) -> Touched:
    kept = of_step(step_id)
    return Touched(
        returning=sum(comes_back(one) for one in kept if one.kind == "membership"),
        invitations=sum(one.kind == "invitation" for one in kept),
        contact=any(one.kind == "contact" for one in kept),
    )


def contact_goes(body: Organisation, heir: Organisation) -> bool:
    """Whether the heir has no responsible contact and the body has one (HN-66)."""
    return has_contact(body) and not heir.contact_name


def comes_back(kept: Succession) -> bool:
    """Whether a membership returns: not when the heir has ended its own of the person since."""
    if kept.made_id is None:
        return True
    made = db.session.get(Membership, kept.made_id)
    return made is not None and made.ended_at is None


def memberships_of(body_id: int) -> Sequence[Membership]:
    """The memberships of a body that have not ended, those that others stand in for first."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.organisation_id == body_id, Membership.ended_at.is_(None))
        .options(joinedload(Membership.user))
        .order_by(Membership.deputy_for_id.is_not(None), Membership.id)
    ).all()


def held_by(body_id: int) -> set[tuple[int, str]]:
    """Who acts for a body in which role, as (user, role)."""
    return {(m.user_id, m.role) for m in memberships_of(body_id)}


def invitations_to(body_id: int) -> Sequence[Invitation]:
    """Links and slips into a body that are neither used nor withdrawn."""
    return db.session.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == body_id,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.id)
    ).all()


def of_step(step_id: int) -> Sequence[Succession]:
    """What a step did to people and nobody has taken back."""
    return db.session.scalars(
        select(Succession)
        .where(Succession.step_id == step_id, Succession.returned_at.is_(None))
        .order_by(Succession.id)
    ).all()
