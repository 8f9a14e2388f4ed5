"""Reads of mandates and of who may be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Mandate, Membership, User
from provincial.people.accounts.queries import in_force, stands_below
from provincial.people.accounts.rules import ROLES, Role, UserState
from provincial.people.acting.permissions import may_be_given, visible_mandates
from provincial.people.organisations.models import Organisation

_BODIES = (joinedload(Mandate.for_organisation), joinedload(Mandate.by_organisation))


def mandates(viewer: Viewer) -> Sequence[Mandate]:
    """Mandates held by the viewer's body or over it, the latest first."""
    return db.session.scalars(
        select(Mandate)
        .where(visible_mandates(viewer))
        .options(*_BODIES)
        .order_by(Mandate.id.desc())
        .limit(200)
    ).all()


def count_mandates(viewer: Viewer) -> int:
    """How many there are."""
    found = select(func.count()).select_from(Mandate).where(visible_mandates(viewer))
    return int(db.session.scalar(found) or 0)


def all_mandates(viewer: Viewer) -> Sequence[Mandate]:
    """All of them, the latest first, for a workbook."""
    statement = select(Mandate).where(visible_mandates(viewer)).options(*_BODIES)
    return db.session.scalars(statement.order_by(Mandate.id.desc())).all()


def mandate_in_scope(viewer: Viewer, mandate_id: int) -> Mandate | None:
    """One of those."""
    return db.session.scalars(
        select(Mandate).where(Mandate.id == mandate_id, visible_mandates(viewer)).options(*_BODIES)
    ).one_or_none()


def usable_mandates(memberships: Sequence[Membership], on: date) -> Sequence[Mandate]:
    """Mandates in force that a person with these memberships may act under.

    A body that has moved away or closed since is no longer acted for.
    """
    bodies = [m.organisation_id for m in memberships if ROLES[Role(m.role)].acts]
    rows = db.session.scalars(
        select(Mandate)
        .where(Mandate.by_organisation_id.in_(bodies), in_force(Mandate, on))
        .options(*_BODIES)
        .order_by(Mandate.id)
    )
    return [row for row in rows if stands_below(row.for_organisation, row.by_organisation)]


def current_mandate(viewer: Viewer) -> Mandate | None:
    """The mandate the viewer acts under, for the strip on every page."""
    if viewer.mandate_id is None:
        return None
    return db.session.get(Mandate, viewer.mandate_id, options=_BODIES)


def body_below(viewer: Viewer, code: str) -> Organisation | None:
    """The body below with this code or exact name."""
    found = db.session.scalars(
        select(Organisation).where((Organisation.code == code) | (Organisation.name == code))
    ).all()
    fitting = [body for body in found if may_be_given(viewer, body)]
    return fitting[0] if len(fitting) == 1 else None


def membership_to_show(viewer: Viewer, membership_id: int) -> Membership | None:
    """A membership in force of an active account, for a support view."""
    if viewer.role != Role.SYSTEM_ADMINISTRATOR:
        return None
    return db.session.scalars(
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.id == membership_id,
            Membership.ended_at.is_(None),
            User.state == UserState.ACTIVE,
        )
        .options(joinedload(Membership.organisation), joinedload(Membership.user))
    ).one_or_none()
