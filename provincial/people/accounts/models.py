"""Tables of users, memberships, sessions, invitations, mandates and second factors."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.people.organisations.models import Organisation


class User(Numbered, Dated, Versioned, Base):
    """A person with an account. Rights come from memberships, never from here."""

    __tablename__ = "app_user"
    __table_args__ = (
        CheckConstraint("state in ('invited','active','disabled')", name="state"),
        Index("uq_app_user_login_lower", func.lower(text("login")), unique=True),
    )

    login: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(40))
    email: Mapped[str] = mapped_column(String(200), default="", server_default="")
    phone: Mapped[str] = mapped_column(String(200), default="", server_default="")
    password_hash: Mapped[str] = mapped_column(String(200), default="", server_default="")
    password_set_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10), default="active", server_default="active")
    is_demonstration: Mapped[bool] = mapped_column(default=False, server_default="false")
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    locked_until: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    warned_dormant_at: Mapped[datetime | None]
    disabled_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    # The second factor (R23): the secret is sealed; the last step used is not taken again.
    factor_secret: Mapped[str] = mapped_column(String(300), default="", server_default="")
    factor_on_at: Mapped[datetime | None]
    factor_last_step: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", order_by="Membership.id", foreign_keys="Membership.user_id"
    )


class Membership(Numbered, Dated, Versioned, Base):
    """A user may act for a body in a role, from a date, and for a deputy until one."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="dates"),
        CheckConstraint("deputy_for_id is null or ends_on is not null", name="deputy_has_end"),
        Index(
            "uq_membership_open",
            "user_id",
            "organisation_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    deputy_for_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    appointed_by_id: Mapped[int | None] = mapped_column(BigInteger)

    user: Mapped[User] = relationship(back_populates="memberships", foreign_keys=[user_id])
    organisation: Mapped[Organisation] = relationship()


class Mandate(Numbered, Dated, Base):
    """A higher body may act for one below; shown on every act done under it."""

    __tablename__ = "mandate"
    __table_args__ = (CheckConstraint("ends_on is null or ends_on >= starts_on", name="dates"),)

    for_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    by_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    document_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(BigInteger)

    for_organisation: Mapped[Organisation] = relationship(foreign_keys=[for_organisation_id])
    by_organisation: Mapped[Organisation] = relationship(foreign_keys=[by_organisation_id])


class UserSession(Numbered, Base):
    """A server-side session; only the digest of its token is kept (R20)."""

    __tablename__ = "user_session"

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandate.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str] = mapped_column(String(80), default="", server_default="")
    #: While it waits for the code of the second factor, the session opens nothing (R23).
    awaits_code: Mapped[bool] = mapped_column(default=False, server_default="false")
    #: When the person last proved who they are; grave acts ask again after a while (R23).
    confirmed_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    address: Mapped[str] = mapped_column(String(64), default="", server_default="")
    agent: Mapped[str] = mapped_column(String(200), default="", server_default="")
    # A support view: read-only, marked, at most 30 minutes (R27).
    support_user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    support_membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    support_ends_at: Mapped[datetime | None]
    support_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    membership: Mapped[Membership | None] = relationship(foreign_keys=[membership_id])
    mandate: Mapped[Mandate | None] = relationship(foreign_keys=[mandate_id])


class Invitation(Numbered, Dated, Base):
    """A single-use way in: a mailed link or a printed slip, 14 days (R24)."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("purpose in ('join','first','reset')", name="purpose"),
        CheckConstraint("form in ('link','slip')", name="form"),
    )

    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    purpose: Mapped[str] = mapped_column(String(10), default="join")
    form: Mapped[str] = mapped_column(String(10), default="link")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[str] = mapped_column(String(40), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    name: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    invited_by_id: Mapped[int | None] = mapped_column(BigInteger)

    organisation: Mapped[Organisation | None] = relationship()
