"""Reads of a body's people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Membership, User
from provincial.people.accounts.permissions import visible_memberships, visible_users
from provincial.people.accounts.queries import in_force
from provincial.people.accounts.rules import Role, TermState, UserState, term_state
from provincial.people.organisations.models import Organisation
from provincial.people.staff.permissions import Person


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the list: a membership with what the page shows of it."""

    membership: Membership
    role: Role
    term: TermState
    state: UserState


def member(membership: Membership, on: date) -> Member:
    """A membership as the pages show it on a day."""
    term = term_state(membership.starts_on, membership.ends_on, membership.ended_at, on)
    return Member(membership, Role(membership.role), term, UserState(membership.user.state))


def body_in_scope(viewer: Viewer, body_id: int) -> Organisation | None:
    """The viewer's own body or one within its scope."""
    body = db.session.get(Organisation, body_id)
    if body is None:
        return None
    inside = body.path.startswith(viewer.path) or body.quota_path.startswith(viewer.quota_path)
    readers = (Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR)
    return body if inside or viewer.is_any(*readers) else None


def members(
    organisation_id: int,
    on: date,
    *,
    name: str = "",
    role: str = "",
    ended: bool = False,
    after: str = "",
    before: str = "",
) -> Page[Membership]:
    """The memberships of a body, those in force or to come unless ``ended``; oldest first."""
    statement = (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == organisation_id)
        .options(contains_eager(Membership.user))
    )
    over = or_(Membership.ended_at.is_not(None), Membership.ends_on < on)
    statement = statement.where(over if ended else ~func.coalesce(over, False))
    if name:
        like = f"%{_plain(name)}%"
        statement = statement.where(or_(User.name.ilike(like), User.login.ilike(like)))
    if role:
        statement = statement.where(Membership.role == role)
    return paginate(db.session(), statement, [Key(Membership.id)], after=after, before=before)


def _plain(text: str) -> str:
    """Signs that LIKE reads as patterns stand for themselves (R16)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def members_for_export(organisation_id: int) -> Iterator[Membership]:
    """All memberships of a body, past ones too."""
    return iter(
        db.session.scalars(
            select(Membership)
            .where(Membership.organisation_id == organisation_id)
            .options(joinedload(Membership.user))
            .order_by(Membership.id)
            .limit(2000)
        )
    )


def person_in_scope(viewer: Viewer, user_id: int) -> Person | None:
    """A person who acts or acted for a body within the viewer's scope."""
    user = db.session.scalars(
        select(User).where(User.id == user_id, visible_users(viewer))
    ).one_or_none()
    return _person(user) if user else None


def _person(user: User) -> Person:
    memberships = db.session.scalars(
        select(Membership)
        .where(Membership.user_id == user.id)
        .options(joinedload(Membership.organisation))
        .order_by(Membership.id)
    ).all()
    current = [m for m in memberships if m.ended_at is None]
    return Person(user, current, [m for m in memberships if m.ended_at is not None])


def membership_in_scope(viewer: Viewer, membership_id: int) -> Membership | None:
    """A membership not yet ended: one's own, or of a body within the viewer's scope."""
    return db.session.scalars(
        select(Membership)
        .where(
            Membership.id == membership_id,
            Membership.ended_at.is_(None),
            or_(visible_memberships(viewer), Membership.user_id == viewer.user_id),
        )
        .options(joinedload(Membership.organisation), joinedload(Membership.user))
    ).one_or_none()


def colleagues(membership: Membership, on: date) -> Sequence[User]:
    """Active people of the same body, as successors and deputies."""
    return db.session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == membership.organisation_id,
            in_force(Membership, on),
            User.state == UserState.ACTIVE,
            User.id != membership.user_id,
        )
        .distinct()
        .order_by(User.id)
        .limit(300)
    ).all()


def colleague(membership: Membership, user_id: int, on: date) -> User | None:
    """One of the colleagues."""
    return next((user for user in colleagues(membership, on) if user.id == user_id), None)


def unused_since(before: datetime) -> Sequence[User]:
    """Active accounts whose last sign-in, or whose making, lies before an instant."""
    last = func.coalesce(User.last_seen_at, User.created_at)
    return db.session.scalars(
        select(User).where(User.state == UserState.ACTIVE, last < before).order_by(User.id)
    ).all()


def terms_over(on: date) -> Sequence[Membership]:
    """Memberships whose last day has passed and that are not marked as ended."""
    return db.session.scalars(
        select(Membership)
        .where(Membership.ended_at.is_(None), Membership.ends_on < on)
        .options(joinedload(Membership.user))
        .order_by(Membership.id)
    ).all()


def state_of(user: User) -> UserState:
    """Whether the account is open."""
    return UserState(user.state)
