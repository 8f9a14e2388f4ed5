"""Reads of invitations: whose code this is, what is open, which bodies below have nobody yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.elements import ColumnElement

from provincial.adapters.passwords import clean_slip_code, token_digest
from provincial.core import clock
from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.text import t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Invitation, Membership, User
from provincial.people.accounts.permissions import manages_own_users, may_invite_first
from provincial.people.accounts.queries import administrators, in_force
from provincial.people.accounts.rules import (
    MANAGERS,
    InvitationState,
    Role,
    UserState,
    clean_login,
    first_role,
    invitation_state,
)
from provincial.people.invitations.permissions import BodyUsers
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind


def body_users(viewer: Viewer, body_id: int) -> BodyUsers | None:
    """The viewer's own body, or one in its scope or directly below."""
    body = db.session.get(Organisation, body_id)
    if body is None or not (
        body.path.startswith(viewer.path)
        or body.quota_path.startswith(viewer.quota_path)
        or viewer.role == Role.SYSTEM_ADMINISTRATOR
    ):
        return None
    return BodyUsers(body, len(administrators(body.id, clock.today())))


def find_invitation(code: str) -> Invitation | None:
    """The invitation behind a link's token or a slip's code, in whatever state."""
    slip = clean_slip_code(code)
    digests = [token_digest(code)] + ([token_digest(slip)] if slip else [])
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.token_digest.in_(digests))
        .options(joinedload(Invitation.organisation))
    ).first()


def invited_user(invitation: Invitation) -> User | None:
    """Whose password a reset code renews."""
    return db.session.get(User, invitation.user_id) if invitation.user_id else None


def is_open(invitation: Invitation, at: datetime) -> bool:
    """Whether the code can still be used."""
    return state_of(invitation, at) is InvitationState.OPEN


def state_of(invitation: Invitation, at: datetime) -> InvitationState:
    """Open, used, withdrawn or expired."""
    return invitation_state(invitation.used_at, invitation.withdrawn_at, invitation.expires_at, at)


def invitation_in_scope(viewer: Viewer, invitation_id: int) -> Invitation | None:
    """An invitation into a body that the viewer may look at."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.organisation_id is None:
        return None
    return found if body_users(viewer, found.organisation_id) else None


def pending(organisation_id: int) -> Sequence[Invitation]:
    """Invitations of a body that were neither used nor withdrawn, the latest first."""
    return db.session.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.purpose != "reset",
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Invitation.id.desc())
        .limit(200)
    ).all()


def users_for_reset(typed: str) -> Sequence[User]:
    """Active accounts with a mail address that this sign-in name or address belongs to."""
    wanted = clean_login(typed)
    statement = select(User).where(
        or_(func.lower(User.login) == wanted, func.lower(User.email) == wanted),
        User.state == UserState.ACTIVE,
        User.email != "",
    )
    return db.session.scalars(statement.order_by(User.id).limit(5)).all()


def _directly_below(viewer: Viewer) -> ColumnElement[bool]:
    above = case(
        (
            Organisation.kind == Kind.PROVINCE_MANAGED_COUNTY,
            Organisation.quota_parent_id,
        ),
        else_=Organisation.parent_id,
    )
    return and_(above == viewer.organisation_id, Organisation.state == "active")


def _without_administrator(on: date) -> ColumnElement[bool]:
    somebody = (
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id == Organisation.id,
            Membership.role.in_([role.value for role in MANAGERS]),
            User.state == UserState.ACTIVE,
            in_force(Membership, on),
            Membership.ends_on.is_(None),
        )
    )
    kinds = [kind.value for kind in Kind if first_role(kind)]
    return and_(~somebody.exists(), Organisation.kind.in_(kinds))


def bodies_without_administrator(
    viewer: Viewer, on: date, *, kind: str = "", after: str = "", before: str = ""
) -> Page[Organisation]:
    """Bodies directly below that nobody manages yet, in the order of the tree."""
    statement = select(Organisation).where(_directly_below(viewer), _without_administrator(on))
    if kind:
        statement = statement.where(Organisation.kind == kind)
    keys = [Key(Organisation.sort_order), Key(Organisation.id)]
    return paginate(db.session(), statement, keys, after=after, before=before, size=100)


def all_without_administrator(viewer: Viewer, on: date, kind: str = "") -> Sequence[Organisation]:
    """The same, all at once, for printing slips; at most 500."""
    statement = select(Organisation).where(_directly_below(viewer), _without_administrator(on))
    if kind:
        statement = statement.where(Organisation.kind == kind)
    return db.session.scalars(
        statement.order_by(Organisation.sort_order, Organisation.id).limit(500)
    ).all()


def todo(viewer: Viewer) -> list[TodoItem]:
    """Bodies directly below that wait for their first administrator."""
    if viewer.read_only or not manages_own_users(viewer):
        return []
    below = select(func.count()).where(
        _directly_below(viewer), _without_administrator(clock.today())
    )
    count = db.session.scalar(below.select_from(Organisation)) or 0
    if not count:
        return []
    title = t("Invite the first administrator of %(count)s bodies below", count=count)
    return [TodoItem(title, "/invitations/below", place="users", count=count)]


def needs_first(viewer: Viewer, body: Organisation) -> bool:
    """Whether nobody manages this active body yet and the viewer brings in its first administrator."""
    if body.state != "active" or first_role(Kind(body.kind)) is None:
        return False
    count = len(administrators(body.id, clock.today()))
    return may_invite_first(viewer, body, count)


def root() -> Organisation | None:
    """The provincial office."""
    return db.session.scalars(
        select(Organisation).where(Organisation.kind == Kind.PROVINCIAL_OFFICE).limit(1)
    ).first()
