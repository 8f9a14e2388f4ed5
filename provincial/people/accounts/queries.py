"""Reads of accounts: who a token belongs to, what a person may act for, which sessions are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql.elements import ColumnElement

from provincial.adapters.passwords import token_digest
from provincial.adapters.services import services
from provincial.core import clock
from provincial.core.db import db
from provincial.core.text import Text
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import (
    Mandate,
    Membership,
    User,
    UserSession,
)
from provincial.people.accounts.rules import (
    ABSOLUTE_LIMIT,
    MANAGERS,
    PERSONAL,
    TOUCH_EVERY,
    Role,
    UserState,
    clean_login,
    idle_limit,
    role_under_mandate,
    session_alive,
)
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind


@dataclass(frozen=True, slots=True)
class SupportView:
    """What the banner of a support view says: as whom, until when."""

    user_name: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session: the real person's id, the viewer it makes, and whether to note its life.

    ``idle_ends_at``: when it ends without another request. ``confirmed_at``: when the person last
    proved who they are. ``needs_factor``: a second factor must be set up before anything else.
    """

    session_id: int
    user_id: int
    viewer: Viewer
    stale: bool
    idle_ends_at: datetime
    confirmed_at: datetime
    needs_factor: bool = False
    support: SupportView | None = None


@dataclass(frozen=True, slots=True)
class MembershipChoice:
    """One body a person may act for, as the frame shows it."""

    id: int
    organisation_id: int
    organisation_name: str
    role_label: Text
    can_be_handed_over: bool = True


def in_force(term: type[Membership | Mandate], on: date) -> ColumnElement[bool]:
    """The clause of memberships or mandates that count on this day."""
    return and_(
        term.ended_at.is_(None),
        term.starts_on <= on,
        or_(term.ends_on.is_(None), term.ends_on >= on),
    )


def find_signed_in(token: str, at: datetime) -> SignedIn | None:
    """Whose open session this token is, read afresh for each request (R20); one statement."""
    shown_user, shown_body = aliased(User), aliased(Organisation)
    shown, lower = aliased(Membership), aliased(Organisation)
    row = db.session.execute(
        select(
            UserSession,
            User,
            Membership,
            Organisation,
            Mandate,
            lower,
            shown_user,
            shown,
            shown_body,
        )
        .join(User, User.id == UserSession.user_id)
        .join(Membership, Membership.id == UserSession.membership_id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .outerjoin(Mandate, Mandate.id == UserSession.mandate_id)
        .outerjoin(lower, lower.id == Mandate.for_organisation_id)
        .outerjoin(shown_user, shown_user.id == UserSession.support_user_id)
        .outerjoin(shown, shown.id == UserSession.support_membership_id)
        .outerjoin(shown_body, shown_body.id == shown.organisation_id)
        .where(
            UserSession.token_digest == token_digest(token),
            UserSession.ended_at.is_(None),
            ~UserSession.awaits_code,
        )
    ).first()
    if row is None:
        return None
    own, user, membership, body, mandate, lower_body, other, other_membership, other_body = row
    idle = idle_of(membership.role)
    if not session_alive(own.created_at, own.last_seen_at, idle, at) or body.state != "active":
        return None
    if not _counts(user, membership, at):
        return None
    stale = at - own.last_seen_at >= TOUCH_EVERY
    until = own.support_ends_at
    viewer: Viewer | None
    support = None
    if other is not None and until and until > at and _counts(other, other_membership, at):
        viewer = _viewer(other, other_membership, other_body, support_user_id=user.id)
        support = SupportView(other.name, until)
    elif mandate is None:
        viewer = _viewer(user, membership, body)
    elif not _term_counts(mandate, at) or not stands_below(lower_body, body):
        return None
    else:
        viewer = _viewer_under_mandate(user, membership, mandate, lower_body)
    if viewer is None:
        return None
    return SignedIn(
        own.id,
        user.id,
        viewer,
        stale,
        (at if stale else own.last_seen_at) + idle,
        own.confirmed_at,
        _needs_factor(user, membership),
        support,
    )


def idle_of(role: str) -> timedelta:
    """How long a session of this role may stay without a request (R20)."""
    settings = services().settings
    return idle_limit(role, settings.idle_minutes, settings.idle_minutes_others)


def _needs_factor(user: User, membership: Membership) -> bool:
    """Whether this role must have a second factor and the person has none yet (R23)."""
    wanted = membership.role in services().settings.second_factor_roles
    return wanted and user.factor_on_at is None and not user.is_demonstration


def session_owner(token: str) -> int | None:
    """Whose session this token was, ended or not."""
    return db.session.scalars(
        select(UserSession.user_id).where(UserSession.token_digest == token_digest(token))
    ).one_or_none()


def _counts(user: User, membership: Membership, at: datetime) -> bool:
    return user.state == UserState.ACTIVE and _term_counts(membership, at)


def _term_counts(term: Membership | Mandate, at: datetime) -> bool:
    on = clock.china_date(at)
    over = term.ended_at is not None or (term.ends_on is not None and term.ends_on < on)
    return not over and term.starts_on <= on


def _viewer(
    user: User, membership: Membership, body: Organisation, support_user_id: int | None = None
) -> Viewer:
    return Viewer(
        user_id=user.id,
        name=user.name,
        organisation_id=body.id,
        organisation_name=body.name,
        organisation_kind=body.kind,
        path=body.path,
        quota_path=body.quota_path,
        role=membership.role,
        membership_id=membership.id,
        support_user_id=support_user_id,
        roles=frozenset({membership.role}),
    )


def stands_below(lower: Organisation, body: Organisation) -> bool:
    """Whether ``lower`` still acts, and still below ``body``: it may have moved or closed since."""
    return lower.state == "active" and (
        lower.path.startswith(body.path) or lower.quota_path.startswith(body.quota_path)
    )


def _viewer_under_mandate(
    user: User, membership: Membership, mandate: Mandate, body: Organisation
) -> Viewer | None:
    """The person of a higher body in the place of the lower one; the scope is the lower body's."""
    role = role_under_mandate(Kind(body.kind), membership.role in MANAGERS)
    if role is None:
        return None
    return Viewer(
        user_id=user.id,
        name=user.name,
        organisation_id=body.id,
        organisation_name=body.name,
        organisation_kind=body.kind,
        path=body.path,
        quota_path=body.quota_path,
        role=role.value,
        membership_id=membership.id,
        mandate_id=mandate.id,
        roles=frozenset({role.value}),
    )


def viewer_for(user: User, membership: Membership) -> Viewer:
    """The viewer that this membership makes; for commands and jobs that act as somebody."""
    return _viewer(user, membership, membership.organisation)


def find_user(login: str) -> User | None:
    """The account with this sign-in name, however it was typed."""
    return db.session.scalars(
        select(User).where(func.lower(User.login) == clean_login(login))
    ).one_or_none()


def get_user(user_id: int) -> User | None:
    """The account with this number."""
    return db.session.get(User, user_id)


def current_memberships(user_id: int, on: date) -> list[Membership]:
    """What a person may act for on this day, the higher body first."""
    statement = (
        select(Membership)
        .join(Organisation)
        .where(
            Membership.user_id == user_id, in_force(Membership, on), Organisation.state == "active"
        )
        .options(joinedload(Membership.organisation))
        .order_by(func.length(Organisation.path), Membership.id)
    )
    return list(db.session.scalars(statement))


def own_membership(user_id: int, membership_id: int, on: date) -> Membership | None:
    """One of the person's own current memberships."""
    choices = current_memberships(user_id, on)
    return next((choice for choice in choices if choice.id == membership_id), None)


def memberships_of(viewer: Viewer, on: date) -> list[MembershipChoice]:
    """The bodies that the frame offers to act for; a support view offers none."""
    if viewer.read_only:
        return []
    return [
        MembershipChoice(
            m.id,
            m.organisation_id,
            m.organisation.name,
            Role(m.role).label,
            m.role not in PERSONAL,
        )
        for m in current_memberships(viewer.user_id, on)
    ]


def last_used_membership(user_id: int) -> int | None:
    """For which membership the person acted last, to begin there again."""
    return db.session.scalars(
        select(UserSession.membership_id)
        .where(UserSession.user_id == user_id)
        .order_by(UserSession.id.desc())
        .limit(1)
    ).first()


def open_sessions(user_id: int, at: datetime) -> list[UserSession]:
    """The person's sessions that are within their limits, the latest first."""
    statement = (
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            ~UserSession.awaits_code,
            UserSession.created_at > at - ABSOLUTE_LIMIT,
        )
        .options(joinedload(UserSession.membership).joinedload(Membership.organisation))
        .order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())
    )
    return [
        row
        for row in db.session.scalars(statement)
        if row.membership and at - row.last_seen_at < idle_of(row.membership.role)
    ]


def own_session(user_id: int, session_id: int) -> UserSession | None:
    """One of the person's own sessions."""
    found = db.session.get(UserSession, session_id)
    return found if found is not None and found.user_id == user_id else None


def administrators(organisation_id: int, on: date, *, lasting: bool = True) -> list[Membership]:
    """Who manages this body's users now; ``lasting`` leaves out deputies and ended terms."""
    statement = (
        select(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role.in_([role.value for role in MANAGERS]),
            User.state == UserState.ACTIVE,
            in_force(Membership, on),
        )
    )
    if lasting:
        statement = statement.where(Membership.ends_on.is_(None))
    return list(db.session.scalars(statement.order_by(Membership.id)))


def address_book(user_id: int | None, organisation_id: int | None) -> list[tuple[int, str, str]]:
    """User, mail address and name of one user, or of all who act for a body; for the messages.

    Teachers belong to their school without acting for it: what it is told is not mailed to them (R5).
    """
    statement = select(User.id, User.email, User.name).where(User.state == UserState.ACTIVE)
    if user_id is not None:
        statement = statement.where(User.id == user_id)
    else:
        acting = select(Membership.user_id).where(
            Membership.organisation_id == organisation_id,
            Membership.role != Role.TEACHER,
            in_force(Membership, clock.today()),
        )
        statement = statement.where(User.id.in_(acting))
    return [(row.id, row.email, row.name) for row in db.session.execute(statement)]
