"""Tables of papers and of their running numbers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered
from provincial.office.files.models import StoredFile
from provincial.office.papers.rules import PaperState


class Paper(Numbered, Dated, Base):
    """One official paper. The PDF is made from ``content`` by a job or on first demand."""

    __tablename__ = "paper"
    __table_args__ = (
        CheckConstraint("state in ('valid','replaced','withdrawn')", name="state"),
        CheckConstraint("(state = 'replaced') = (replaced_by_id is not null)", name="replaced"),
        UniqueConstraint("number"),
        Index("ix_paper_about", "about_type", "about_id"),
        Index("ix_paper_org_path", "org_path", postgresql_ops={"org_path": "text_pattern_ops"}),
    )

    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    #: 192 random bits behind the QR code; not derived from anything (R40).
    token: Mapped[str] = mapped_column(String(43), unique=True)
    #: The same door for fingers: 12 signs that cannot be misread, tries are limited.
    code: Mapped[str] = mapped_column(String(12), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="valid", server_default="valid")
    #: Plain values from which the PDF is laid out; never changed.
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    template: Mapped[str] = mapped_column(String(80))
    issued_on: Mapped[date]
    issuer_name: Mapped[str] = mapped_column(String(120))
    issuer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    addressee_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    addressee_name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    org_path: Mapped[str] = mapped_column(String(200), default="/")
    about_type: Mapped[str] = mapped_column(String(40))
    about_id: Mapped[int] = mapped_column(BigInteger)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[int | None] = mapped_column(BigInteger)
    read_by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")

    file: Mapped[StoredFile | None] = relationship()
    replaced_by: Mapped[Paper | None] = relationship(remote_side="Paper.id")

    @property
    def status(self) -> PaperState:
        """The state as an enum with label and tone."""
        return PaperState(self.state)


class PaperNumber(Base):
    """The last running number of a series; locked while a number is taken, so none is used twice."""

    __tablename__ = "paper_number"

    series: Mapped[str] = mapped_column(String(80), primary_key=True)
    last: Mapped[int] = mapped_column(default=0, server_default="0")
