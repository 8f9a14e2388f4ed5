"""Accounts: made, signed in, kept, ended. Passwords and codes are never written or journaled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError

from provincial.adapters.passwords import (
    hash_password,
    needs_rehash,
    new_token,
    password_findings,
    token_digest,
)
from provincial.adapters.services import keys, services
from provincial.core import clock
from provincial.core.db import db
from provincial.core.identity import clean_line
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.people.accounts import queries
from provincial.people.accounts.models import (
    Mandate,
    Membership,
    User,
    UserSession,
)
from provincial.people.accounts.rules import (
    ADDRESS_FAILURES,
    ADDRESS_WINDOW,
    MOST_SESSIONS,
    TOUCH_EVERY,
    Role,
    UserState,
    lock_time,
    require_email,
    require_login,
    require_phone,
    require_role,
    require_term,
)
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind
from provincial.web import limits


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try at a password, counted before the password is looked at; nobody when it cannot work."""

    user_id: int | None = None
    password_hash: str = ""
    too_many: bool = False


def create_user(
    login: str,
    name: str,
    password: str,
    *,
    email: str = "",
    phone: str = "",
    is_demonstration: bool = False,
    by: Viewer | None = None,
) -> User:
    """Make an active account; refuses a taken sign-in name and a weak password (R21).

    Demonstration accounts have a published password, which is not checked; they never sign in to a
    production site (R24).
    """
    user = User(
        login=require_login(login),
        name=_require_name(name),
        email=require_email(email),
        is_demonstration=is_demonstration,
    )
    if queries.find_user(user.login) is not None:
        raise _taken()
    try:
        with db.session.begin_nested():
            db.session.add(user)
            db.session.flush()
    except IntegrityError as error:
        raise _taken() from error
    _keep_phone(user, phone)
    if is_demonstration:
        _store_password(user, password)
    else:
        set_password(user, password)
    record(
        "accounts.create",
        user,
        by=by,
        label=user.name,
        after={"login": user.login},
        said=t("Account made"),
    )
    return user


def add_membership(
    user: User,
    organisation: Organisation,
    role: Role | str,
    *,
    starts_on: date,
    ends_on: date | None = None,
    deputy_for: Membership | None = None,
    by: Viewer | None = None,
) -> Membership:
    """Let ``user`` act for ``organisation`` in ``role``; refuses a twin and a role of another kind."""
    known = require_role(Kind(organisation.kind), role)
    require_term(starts_on, ends_on, starts_on)
    db.session.get(User, user.id, with_for_update=True)
    twin = select(Membership.id).where(
        Membership.user_id == user.id,
        Membership.organisation_id == organisation.id,
        Membership.role == known.value,
        Membership.ended_at.is_(None),
    )
    if db.session.scalar(twin) is not None:
        raise Refusal(t("This person already has this role here."), field="role")
    membership = Membership(
        user=user,
        organisation=organisation,
        role=known.value,
        starts_on=starts_on,
        ends_on=ends_on,
        deputy_for_id=deputy_for.id if deputy_for else None,
        appointed_by_id=by.user_id if by else None,
    )
    db.session.add(membership)
    db.session.flush()
    record(
        "accounts.add_membership",
        user,
        by=by,
        label=user.name,
        org_path=organisation.path,
        after={"body": organisation.name, "role": known, "from": starts_on, "until": ends_on},
        said=t("Became %(role)s of %(body)s", role=known.label, body=organisation.name),
    )
    return membership


def set_password(user: User, password: str, *, field: str = "password") -> None:
    """Set a password that the rules accept (R21); the refusal lands on ``field``."""
    bodies = [m.organisation.name for m in user.memberships]
    own = [user.name, user.login, user.email.partition("@")[0], phone_of(user), *bodies]
    findings = password_findings(password, [word for word in own if word])
    if findings:
        raise Refusal(findings[0].message, field=field, findings=findings)
    _store_password(user, password)


def begin_attempt(login: str, address: str, at: datetime) -> Attempt:
    """Count a try before the password is looked at, so that no race gives extra tries (R22).

    The caller commits this in a transaction of its own: the count stands whatever comes after.
    """
    if limits.is_over(f"address:{address}", ADDRESS_FAILURES, ADDRESS_WINDOW):
        return Attempt(too_many=True)
    found = queries.find_user(login)
    if found is None or (found.is_demonstration and services().settings.production):
        return Attempt()
    user = db.session.get_one(User, found.id, with_for_update=True, populate_existing=True)
    if user.locked_until is not None and user.locked_until > at:
        return Attempt()
    count_try(user, at)
    return Attempt(user.id, user.password_hash)


def count_try(user: User, at: datetime) -> None:
    """One more try that may fail; the fifth locks the account for a while (R22)."""
    user.failures += 1
    lock = lock_time(user.failures)
    if lock is not None:
        user.locked_until = at + lock


def fail_attempt(attempt: Attempt, address: str, at: datetime) -> None:
    """Count the failure of the address; note that of a known account."""
    count_failure(f"address:{address}")
    user = queries.get_user(attempt.user_id) if attempt.user_id else None
    if user is None:
        return
    after: dict[str, object] = {"address": address, "failures": user.failures}
    if user.locked_until is not None and user.locked_until > at:
        after["locked_until"] = user.locked_until
    said = t("Wrong password")
    record("accounts.sign_in_failed", user, by=None, label=user.name, after=after, said=said)


def finish_attempt(
    attempt: Attempt, password: str, address: str, agent: str, at: datetime
) -> tuple[str, bool]:
    """Open a session after the right password; gives its token and whether it waits for a code.

    Where a second factor is on they stand until its code was right too, or a thief of the password
    could go on guessing codes for ever; only the try that was no failure is taken off again.
    """
    if attempt.user_id is None:
        raise ValueError("an attempt without an account cannot succeed")
    user = db.session.get_one(User, attempt.user_id, with_for_update=True, populate_existing=True)
    user.failures = user.failures - 1 if user.factor_on_at else 0
    user.locked_until = None
    if user.state != UserState.ACTIVE:
        raise Refusal(t("This account is disabled. Ask the administrator of your organisation."))
    if needs_rehash(user.password_hash):
        user.password_hash = hash_password(password)
    return open_session(user, address, agent, at), user.factor_on_at is not None


def count_failure(bucket: str) -> None:
    """One more failure in the current window, for all workers (R22)."""
    limits.count_here(bucket, ADDRESS_WINDOW)


def open_session(user: User, address: str, agent: str, at: datetime) -> str:
    """A new session, for the body acted for last; gives the token, whose digest alone is kept.

    Where a second factor is on it waits for the code and opens nothing until then (R23).
    """
    choices = queries.current_memberships(user.id, clock.china_date(at))
    if not choices:
        raise Refusal(
            t("Your account acts for no organisation at present. Ask your administrator.")
        )
    last = queries.last_used_membership(user.id)
    membership = next((choice for choice in choices if choice.id == last), choices[0])
    token = new_token()
    session = UserSession(
        token_digest=token_digest(token),
        user_id=user.id,
        membership_id=membership.id,
        created_at=at,
        last_seen_at=at,
        confirmed_at=at,
        awaits_code=user.factor_on_at is not None,
        address=address[:64],
        agent=agent[:200],
    )
    db.session.add(session)
    db.session.flush()
    if not session.awaits_code:
        welcome(user, session, membership, at)
    return token


def welcome(user: User, session: UserSession, membership: Membership, at: datetime) -> None:
    """What a sign-in brings with it, once it is whole."""
    user.last_seen_at = at
    db.session.flush()
    for surplus in queries.open_sessions(user.id, at)[MOST_SESSIONS:]:
        end_session(surplus, "too many sessions", at)
    record(
        "accounts.sign_in",
        user,
        by=queries.viewer_for(user, membership),
        label=user.name,
        after={"address": session.address},
        said=t("Signed in"),
    )


def renew_session(session_id: int) -> str:
    """A new token for a session whose rights have changed (R20); the old one is void."""
    token = new_token()
    session = db.session.get_one(UserSession, session_id, with_for_update=True)
    session.token_digest = token_digest(token)
    return token


def act_as(
    session_id: int, membership: Membership, mandate: Mandate | None, *, by: Viewer, at: datetime
) -> str:
    """Switch the session to another body, or to one below under a mandate; gives the new token."""
    session = db.session.get_one(UserSession, session_id, with_for_update=True)
    session.membership_id = membership.id
    session.mandate_id = mandate.id if mandate else None
    body = mandate.for_organisation if mandate else membership.organisation
    record(
        "accounts.act_as",
        ("app_user", by.user_id),
        by=by,
        label=by.name,
        org_path=body.path,
        after={"body": body.name, "mandate": mandate.id if mandate else None},
        said=t("Began to act for %(body)s", body=body.name),
    )
    return renew_session(session_id)


def touch(session_id: int, at: datetime) -> None:
    """Note a sign of life, at most once a minute: the only write that a page may do."""
    db.session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.last_seen_at < at - TOUCH_EVERY / 2)
        .values(last_seen_at=at)
        .execution_options(synchronize_session=False)
    )


def end_session(session: UserSession, reason: str, at: datetime) -> None:
    """End one session at once."""
    if session.ended_at is None:
        session.ended_at = at
        session.ended_reason = reason


def end_sessions(
    user_id: int,
    reason: str,
    at: datetime,
    *,
    keep: int | None = None,
    membership_id: int | None = None,
) -> None:
    """End all sessions of a person, or those for one membership, but ``keep`` (R20)."""
    statement = update(UserSession).where(UserSession.ended_at.is_(None))
    if membership_id is not None:
        statement = statement.where(
            or_(
                UserSession.membership_id == membership_id,
                UserSession.support_membership_id == membership_id,
            )
        )
    else:
        statement = statement.where(UserSession.user_id == user_id)
    if keep is not None:
        statement = statement.where(UserSession.id != keep)
    db.session.execute(statement.values(ended_at=at, ended_reason=reason))


def change_contact(user: User, name: str, email: str, phone: str | None, *, by: Viewer) -> None:
    """Change one's own name, mail address and telephone; ``None`` leaves the telephone as it is."""
    before = {"name": user.name, "email": user.email}
    user.name = _require_name(name)
    user.email = require_email(email)
    if phone is not None:
        _keep_phone(user, phone)
    after = {"name": user.name, "email": user.email, "phone_changed": phone is not None}
    record(
        "accounts.change_contact",
        user,
        by=by,
        label=user.name,
        before=before,
        after=after,
        said=t("Changed name or contact"),
    )


def phone_of(user: User) -> str:
    """The telephone number in clear, or nothing."""
    return keys().decrypt(user.phone, f"app_user.phone:{user.id}") if user.phone else ""


def _require_name(name: str) -> str:
    line = clean_line(name)
    if not 1 <= len(line) <= 40:
        raise Refusal(t("A name has 1 to 40 characters."), field="name")
    return line


def _store_password(user: User, password: str) -> None:
    user.password_hash = hash_password(password)
    user.password_set_at = func.clock_timestamp()


def _keep_phone(user: User, phone: str) -> None:
    number = require_phone(phone)
    user.phone = keys().encrypt(number, f"app_user.phone:{user.id}") if number else ""


def _taken() -> Refusal:
    return Refusal(t("This sign-in name is taken."), field="login")
