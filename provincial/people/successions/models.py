"""What a merger or closing did to people, so that taking it back undoes just that."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from provincial.core.db import Base, Dated, Numbered


class Succession(Numbered, Dated, Base):
    """One membership, invitation or contact that a step of the tree ended or moved.

    ``thing_id`` is the membership, the invitation, or the heir that received the contact;
    ``made_id`` the membership made at the heir, when there is one.
    """

    __tablename__ = "succession"
    __table_args__ = (
        CheckConstraint("kind in ('membership','invitation','contact')", name="kind"),
    )

    step_id: Mapped[int] = mapped_column(ForeignKey("organisation_event.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    thing_id: Mapped[int] = mapped_column(BigInteger)
    made_id: Mapped[int | None] = mapped_column(BigInteger)
    returned_at: Mapped[datetime | None]
