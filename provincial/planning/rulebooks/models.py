"""The table of rulebook editions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from provincial.core.db import Base, Dated, Numbered, Versioned


class RulebookEdition(Numbered, Dated, Versioned, Base):
    """A province's own edition of a rulebook, made from a built-in one or another edition."""

    __tablename__ = "rulebook_edition"
    __table_args__ = (
        CheckConstraint("state in ('draft','submitted','released','withdrawn')", name="state"),
        CheckConstraint(
            "state <> 'released' or (released_at is not null "
            "and released_by_id is distinct from made_by_id "
            "and released_by_id is distinct from submitted_by_id)",
            name="two_persons",
        ),
        CheckConstraint("uses >= 0", name="uses"),
    )

    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    based_on: Mapped[str] = mapped_column(String(60))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    original: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: Who changed what and why, by key: ``{"reason", "by_id", "by", "at"}``.
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    made_by_id: Mapped[int | None] = mapped_column(BigInteger)
    submitted_by_id: Mapped[int | None] = mapped_column(BigInteger)
    released_by_id: Mapped[int | None] = mapped_column(BigInteger)
    released_at: Mapped[datetime | None]
    return_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    #: How many plans were made from it; while there are any, the release stands.
    uses: Mapped[int] = mapped_column(default=0, server_default="0")
