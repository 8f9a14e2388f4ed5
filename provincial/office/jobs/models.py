"""The table of jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from provincial.core.db import Base, Dated, Numbered
from provincial.office.jobs.rules import JobState


class Job(Numbered, Dated, Base):
    """One run of one kind of long work: owner, progress in numbers, result or error."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("state in ('queued','running','done','failed','cancelled')", name="state"),
        CheckConstraint("done between 0 and greatest(total, done)", name="progress"),
        Index("ix_job_owner_recent", "owner_id", text("id desc")),
    )

    kind: Mapped[str] = mapped_column(String(60))
    title: Mapped[dict[str, Any]] = mapped_column(JSONB)
    args: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    owner_id: Mapped[int | None] = mapped_column(BigInteger)
    org_path: Mapped[str] = mapped_column(String(200), default="/")
    acting: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(String(10), default="queued", server_default="queued")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Who runs it now: a worker that lost the job may not report or end it any more (R38).
    fence: Mapped[str] = mapped_column(String(32), default="", server_default="")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False, server_default="false")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    result_url: Mapped[str] = mapped_column(String(300), default="", server_default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    @property
    def status(self) -> JobState:
        """The state as an enum with label and tone."""
        return JobState(self.state)


class TickRun(Numbered, Base):
    """One due moment of one piece of timed work: whoever inserts the row does it (R38)."""

    __tablename__ = "tick_run"
    __table_args__ = (UniqueConstraint("task", "due"),)

    task: Mapped[str] = mapped_column(String(60))
    due: Mapped[datetime]
    started_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=1, server_default="1")
    error: Mapped[str] = mapped_column(String(300), default="", server_default="")
