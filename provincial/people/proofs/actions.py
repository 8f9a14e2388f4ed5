"""Proofs: tried, failed, passed; the second factor on and off; an account in a colleague's hand."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime

import pyotp
from sqlalchemy import delete, update

from provincial.adapters.passwords import clean_slip_code, new_slip_code, token_digest
from provincial.adapters.services import keys
from provincial.core import clock
from provincial.core.db import db, lock
from provincial.core.refusals import Refusal, WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.journal.actions import record
from provincial.office.messages.actions import tell
from provincial.people.accounts.actions import (
    count_try,
    end_sessions,
    renew_session,
    set_password,
    welcome,
)
from provincial.people.accounts.models import User, UserSession
from provincial.people.accounts.rules import UserState
from provincial.people.proofs import queries
from provincial.people.proofs.models import AccountInHand, RecoveryCode
from provincial.people.proofs.rules import RECOVERY_CODES, clean_code, steps_to_try

#: What looks at a password or code, given the account it must belong to.
Check = Callable[[User], bool]


def begin_proof(user_id: int, at: datetime) -> None:
    """Count a try of a known person at password or code, before it is looked at (R22).

    The caller commits this in a transaction of its own. Refuses while the account is locked.
    """
    user = db.session.get_one(User, user_id, with_for_update=True, populate_existing=True)
    if user.locked_until is not None and user.locked_until > at:
        raise Refusal(
            t("Too many wrong tries. The account is closed for a while and opens again by itself.")
        )
    count_try(user, at)


def fail_proof(user_id: int, address: str) -> None:
    """Note a wrong password or code of a known person; the try itself is counted already."""
    user = db.session.get_one(User, user_id)
    after: dict[str, object] = {"address": address, "failures": user.failures}
    said = t("Wrong password or code")
    record("proofs.failed", user, by=None, label=user.name, after=after, said=said)


def finish_proof(session_id: int, at: datetime) -> None:
    """The person is who they say: failures are forgotten, grave acts are open for a while (R23)."""
    session = db.session.get_one(UserSession, session_id, with_for_update=True)
    session.confirmed_at = at
    user = db.session.get_one(User, session.user_id, with_for_update=True, populate_existing=True)
    user.failures = 0
    user.locked_until = None


def take_code(user: User, typed: str, at: datetime) -> bool:
    """Whether this is a code of the person's second factor; each counts once (R23).

    The code of the app, or a recovery code, which is used up and told to the person.
    """
    digits = clean_code(typed)
    if digits:
        return _take_step(user, digits, at)
    code = clean_slip_code(typed)
    if code is None:
        return False
    taken = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.digest == token_digest(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .returning(RecoveryCode.id)
    ).all()
    if not taken:
        return False
    left = queries.codes_left(user.id)
    said = t("Used a recovery code; %(left)s are left", left=left)
    record("proofs.use_recovery_code", user, by=None, label=user.name, said=said)
    tell(user_id=user.id, kind="second_factor", subject=said, url="/me/second-factor")
    return True


def _take_step(user: User, digits: str, at: datetime) -> bool:
    secret = queries.secret_of(user)
    if not secret:
        return False
    app = pyotp.TOTP(secret)
    for step in steps_to_try(at):
        if hmac.compare_digest(app.generate_otp(step), digits):
            # A code that was read over the shoulder is worth nothing after its owner has used it.
            newer = update(User).where(User.id == user.id, User.factor_last_step < step)
            return bool(
                db.session.execute(newer.values(factor_last_step=step).returning(User.id)).all()
            )
    return False


def pass_code(session: UserSession, at: datetime) -> str:
    """Open a session that has waited for the code, which was right; gives its new token (R20, R23)."""
    user = db.session.get_one(User, session.user_id, with_for_update=True, populate_existing=True)
    if user.state != UserState.ACTIVE or session.membership is None:
        raise Refusal(t("This account is disabled. Ask the administrator of your organisation."))
    user.failures = 0
    user.locked_until = None
    session.awaits_code = False
    session.created_at = session.last_seen_at = session.confirmed_at = at
    db.session.flush()
    welcome(user, session, session.membership, at)
    return renew_session(session.id)


def change_password(user: User, new: str, session_id: int, *, by: Viewer, at: datetime) -> str:
    """Change one's own password; all other sessions end; gives this one's new token.

    The caller has asked for the current one (``begin_proof``).
    """
    set_password(user, new, field="password")
    end_sessions(user.id, "password changed", at, keep=session_id)
    said = t("Changed the password")
    record("accounts.change_password", user, by=by, label=user.name, said=said)
    return renew_session(session_id)


def begin_setup(user: User) -> None:
    """A new secret for the app; it counts only once a code of it has been typed."""
    lock(user)
    if user.factor_on_at is not None:
        raise WrongState(t("The second factor is on already."))
    user.factor_secret = keys().encrypt(pyotp.random_base32(), queries.secret_context(user.id))


def app_address(user: User, issuer: str) -> str:
    """The ``otpauth`` address that the app reads from the QR code."""
    app = pyotp.TOTP(queries.secret_of(user))
    return str(app.provisioning_uri(name=user.login, issuer_name=issuer))


def switch_on(user: User, typed: str, session_id: int, *, by: Viewer, at: datetime) -> list[str]:
    """Switch the second factor on after a right code; gives the recovery codes, shown only now.

    All other sessions end: they were opened without it.
    """
    lock(user)
    if user.factor_on_at is not None:
        raise WrongState(t("The second factor is on already."))
    if (
        not user.factor_secret
        or not clean_code(typed)
        or not _take_step(user, clean_code(typed), at)
    ):
        raise Refusal(
            t("This code is not right. Is the clock of the telephone right?"), field="code"
        )
    user.factor_on_at = at
    end_sessions(user.id, "second factor switched on", at, keep=session_id)
    said = t("Switched the second factor on")
    record("proofs.switch_on", user, by=by, label=user.name, said=said)
    return _new_codes(user)


def renew_codes(user: User, *, by: Viewer) -> list[str]:
    """New recovery codes; the earlier ones are void."""
    lock(user)
    if user.factor_on_at is None:
        raise WrongState(t("The second factor is not on."))
    said = t("Made new recovery codes")
    record("proofs.renew_codes", user, by=by, label=user.name, said=said)
    return _new_codes(user)


def _new_codes(user: User) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [new_slip_code() for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, digest=token_digest(code)) for code in codes)
    db.session.flush()
    return codes


def switch_off(user: User, *, by: Viewer) -> None:
    """Switch one's own second factor off."""
    _take_off(user)
    said = t("Switched the second factor off")
    record("proofs.switch_off", user, by=by, label=user.name, said=said)


def reset_factor(user: User, reason: str, *, by: Viewer, at: datetime) -> None:
    """Take a colleague's lost second factor off; the person is told, the sessions end (R23)."""
    _take_off(user)
    note_in_hand(user, "factor", by_user_id=by.user_id)
    end_sessions(user.id, "second factor reset", at)
    tell(
        user_id=user.id,
        kind="second_factor",
        subject=t("%(name)s has taken your second factor off", name=by.name),
        body=t("Reason: %(reason)s", reason=reason),
        url="/me/second-factor",
        by=by,
    )
    said = t("Took the second factor off")
    record("proofs.reset_factor", user, by=by, label=user.name, reason=reason, said=said)


def _take_off(user: User) -> None:
    lock(user)
    if user.factor_on_at is None:
        raise WrongState(t("The second factor is not on."))
    user.factor_secret, user.factor_on_at = "", None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def note_in_hand(user: User, cause: str, *, by_user_id: int) -> None:
    """A colleague gets a key to an account: from now on the two are not two persons (R14)."""
    db.session.add(
        AccountInHand(user_id=user.id, by_user_id=by_user_id, cause=cause, email=user.email)
    )
    db.session.flush()


def release_by_mail(user: User, email: str, at: datetime) -> None:
    """A link that reached the person's own address shows that the account is theirs again.

    Only what was noted while the account had this address: who had it in hand could change it.
    """
    if email and _release(user.id, at, None, AccountInHand.email == email):
        said = t("The account is with its owner again: a link reached the own mail address")
        record("proofs.release", user, by=None, label=user.name, said=said)


def confirm_owner(user: User, reason: str, *, by: Viewer) -> None:
    """A third person confirms that an account is with its owner again (R14)."""
    lock(user)
    if by.user_id in queries.same_hands(user.id):
        raise Refusal(t("Somebody who has not had the account in hand confirms this."))
    if not _release(user.id, clock.now(), by.user_id):
        raise WrongState(t("Nobody else has this account in hand."))
    said = t("Confirmed that the account is with its owner")
    record("proofs.confirm_owner", user, by=by, label=user.name, reason=reason, said=said)
    tell(
        user_id=user.id,
        kind="second_factor",
        subject=t("%(name)s has confirmed that your account is in your own hands", name=by.name),
        body=t("Reason: %(reason)s", reason=reason),
        url="/me",
        by=by,
    )


def _release(user_id: int, at: datetime, by: int | None, *only: object) -> bool:
    done = db.session.execute(
        update(AccountInHand)
        .where(AccountInHand.user_id == user_id, AccountInHand.released_at.is_(None), *only)  # type: ignore[arg-type]
        .values(released_at=at, released_by_id=by)
        .returning(AccountInHand.id)
    )
    return bool(done.all())
