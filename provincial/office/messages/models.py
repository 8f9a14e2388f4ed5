"""Tables of messages and of mail on its way out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from provincial.core.db import Base, Dated, Numbered
from provincial.office.messages.rules import MailState


class Message(Numbered, Dated, Base):
    """One notice to one person, or to whoever acts for a body."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("num_nonnulls(user_id, organisation_id) = 1", name="one_addressee"),
        Index("ix_message_user", "user_id", text("id desc")),
        Index("ix_message_body", "organisation_id", text("id desc")),
    )

    kind: Mapped[str] = mapped_column(String(60))
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    organisation_id: Mapped[int | None] = mapped_column(BigInteger)
    subject: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    url: Mapped[str] = mapped_column(String(300), default="", server_default="")
    thing_type: Mapped[str] = mapped_column(String(40), default="", server_default="")
    thing_id: Mapped[int | None] = mapped_column(BigInteger)
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)


class MessageRead(Base):
    """Who has opened which message; a body's message is read person by person."""

    __tablename__ = "message_read"

    message_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    read_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class OutboxMail(Numbered, Dated, Base):
    """One mail on its way out."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        CheckConstraint("state in ('waiting','sent','failed','cancelled')", name="state"),
        Index("ix_outbox_mail_due", "next_try_at", postgresql_where=text("state = 'waiting'")),
    )

    message_id_header: Mapped[str] = mapped_column(String(200), unique=True)
    to_user_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    to_address: Mapped[str] = mapped_column(String(200))
    #: Sentences as ``core.text`` keeps them; they are said in the site's language when mailed.
    subject: Mapped[dict[str, Any]] = mapped_column(JSONB)
    body: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    kind: Mapped[str] = mapped_column(String(60), default="", server_default="")
    state: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="", server_default="")

    @property
    def status(self) -> MailState:
        """The state as an enum with label and tone."""
        return MailState(self.state)
