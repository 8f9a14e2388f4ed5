"""A form sent twice acts once (R13): each form carries a key, kept with the change it made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, String, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from provincial.core.db import Base
from provincial.core.refusals import Refusal
from provincial.core.text import t


class Submission(Base):
    """One accepted form: who, its key, a digest of what was sent, where the answer is."""

    __tablename__ = "submission"

    actor: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.clock_timestamp(), index=True
    )
    user_id: Mapped[int | None] = mapped_column(BigInteger)


class Replayed(Exception):
    """This form has acted already; ``answer`` is where its result can be seen."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


class DifferentContent(Refusal):
    """The same key came with other content."""

    status = 409


def claim(session: Session, actor: str, key: str, digest: str) -> None:
    """Take ``key`` for ``actor`` in this transaction, waiting for a twin that is still running.

    Raises ``Replayed`` when the key has acted, ``DifferentContent`` when it came with other content.
    """
    statement = (
        insert(Submission)
        .values(actor=actor, key=key, digest=digest, answer="")
        .on_conflict_do_nothing()
        .returning(Submission.key)
    )
    if session.execute(statement).scalar() is not None:
        return
    earlier = session.get(Submission, (actor, key))
    if earlier is None or earlier.digest == digest:
        raise Replayed(earlier.answer if earlier else "")
    raise DifferentContent(
        t("This form was sent before with other content. Open the page again and check it.")
    )


def remember_answer(session: Session, actor: str, key: str, answer: str) -> None:
    """Note where the result can be seen, for a twin that comes later."""
    found = session.get(Submission, (actor, key))
    if found is not None:
        found.answer = answer[:500]
