"""Reads of proofs: who waits for a code, which codes are left, whose account was in whose hands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import BigInteger, func, literal, select, union_all
from sqlalchemy.orm import joinedload

from provincial.adapters.passwords import token_digest
from provincial.adapters.services import keys
from provincial.core.db import db
from provincial.core.viewer import Viewer
from provincial.people.accounts.models import Membership, User, UserSession
from provincial.people.accounts.rules import CODE_WAIT
from provincial.people.proofs.models import AccountInHand, RecoveryCode
from provincial.people.proofs.rules import require_two_persons


def find_waiting(token: str, at: datetime) -> UserSession | None:
    """The session of this token that waits for the code of the second factor (R23)."""
    return db.session.scalars(
        select(UserSession)
        .where(
            UserSession.token_digest == token_digest(token),
            UserSession.ended_at.is_(None),
            UserSession.awaits_code,
            UserSession.created_at > at - CODE_WAIT,
        )
        .options(joinedload(UserSession.membership).joinedload(Membership.organisation))
    ).one_or_none()


def hands_open(user_id: int) -> list[AccountInHand]:
    """Who has had this account in hand and is not released yet, the latest first."""
    return list(
        db.session.scalars(
            select(AccountInHand)
            .where(AccountInHand.user_id == user_id, AccountInHand.released_at.is_(None))
            .options(joinedload(AccountInHand.by_user))
            .order_by(AccountInHand.id.desc())
        )
    )


def same_hands(user_id: int) -> frozenset[int]:
    """Everybody who may be the same person as this account, itself included (R14).

    Who has had the account in hand, whose account this one has had in hand, and so on: one manager
    with the keys to two accounts is not two officers.
    """
    either = union_all(
        select(AccountInHand.user_id.label("one"), AccountInHand.by_user_id.label("other")).where(
            AccountInHand.released_at.is_(None)
        ),
        select(AccountInHand.by_user_id, AccountInHand.user_id).where(
            AccountInHand.released_at.is_(None)
        ),
    ).subquery()
    found = select(literal(user_id, BigInteger).label("id")).cte(recursive=True)
    found = found.union(select(either.c.other).join(found, found.c.id == either.c.one))
    return frozenset(db.session.scalars(select(found.c.id)))


def require_other_hands(by: Viewer, earlier: Collection[int | None]) -> None:
    """Refuse a second signature where one person may hold both accounts (R14)."""
    require_two_persons(same_hands(by.user_id), earlier)


def secret_context(user_id: int) -> str:
    """Where a sealed secret belongs, so that it opens nowhere else."""
    return f"app_user.factor_secret:{user_id}"


def secret_of(user: User) -> str:
    """The secret of the second factor in clear, or nothing."""
    return keys().decrypt(user.factor_secret, secret_context(user.id)) if user.factor_secret else ""


def codes_left(user_id: int) -> int:
    """How many recovery codes have not been used."""
    return (
        db.session.scalar(
            select(func.count()).where(
                RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
            )
        )
        or 0
    )
