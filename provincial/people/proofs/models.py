"""Tables of recovery codes, and of accounts that a colleague has had in hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered
from provincial.people.accounts.models import User


class RecoveryCode(Numbered, Dated, Base):
    """A way past a lost second factor, once; only its digest is kept (R23)."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    used_at: Mapped[datetime | None]


class AccountInHand(Numbered, Dated, Base):
    """A colleague had the key to an account: a reset code, or its second factor taken off (R14).

    Until released the two do not count as two persons. ``email`` is the address the account had
    then: a link that reaches it shows that the person has the account back.
    """

    __tablename__ = "account_in_hand"
    __table_args__ = (
        CheckConstraint("user_id <> by_user_id", name="two_people"),
        CheckConstraint("cause in ('password','factor')", name="cause"),
        Index("ix_account_in_hand_open", "user_id", postgresql_where=text("released_at is null")),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    by_user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    cause: Mapped[str] = mapped_column(String(10))
    email: Mapped[str] = mapped_column(String(200), default="", server_default="")
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(BigInteger)

    by_user: Mapped[User] = relationship(foreign_keys=[by_user_id])
