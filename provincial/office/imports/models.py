"""The table of import runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from provincial.core.db import Base, Dated, Numbered, Versioned
from provincial.core.text import Text, text_from_data
from provincial.office.files.models import StoredFile
from provincial.office.imports.rules import RunState


class ImportRun(Numbered, Dated, Versioned, Base):
    """One workbook: who brought it, what was understood, what was found, what became of it."""

    __tablename__ = "import_run"
    __table_args__ = (
        CheckConstraint("state in ('checked','confirmed','undone','discarded')", name="state"),
        Index("ix_import_run_body", "organisation_id", text("id desc")),
        Index(
            "ix_import_run_org_path", "org_path", postgresql_ops={"org_path": "text_pattern_ops"}
        ),
    )

    kind: Mapped[str] = mapped_column(String(40), index=True)
    #: What is imported, in words; empty: the kind itself.
    title: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    org_path: Mapped[str] = mapped_column(String(200), default="/")
    by_user_id: Mapped[int | None] = mapped_column(BigInteger)
    by_name: Mapped[str] = mapped_column(String(80), default="", server_default="")
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    context: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    understood: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    #: Numbers by verdict for the page. Plain JSON keeps their order, jsonb does not.
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: What confirming made, so that it can be undone as a whole.
    effect: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="checked", server_default="checked")
    confirmed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undo_reason: Mapped[str] = mapped_column(String(500), default="", server_default="")

    file: Mapped[StoredFile] = relationship()

    @property
    def status(self) -> RunState:
        """The state as an enum with label and tone."""
        return RunState(self.state)

    @property
    def words(self) -> Text:
        """What is imported, for people."""
        return text_from_data(self.title) if self.title else Text(self.kind)
