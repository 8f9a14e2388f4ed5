"""Limits per address or person, shared by all web workers (R22, R40)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Executable, String, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from provincial.core import clock
from provincial.core.db import Base, db, transaction
from provincial.core.refusals import Refusal
from provincial.core.text import t

_KEPT = timedelta(days=2)


class RateCounter(Base):
    """How often something happened for a bucket in one window of time."""

    __tablename__ = "rate_counter"

    bucket: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, default=1)


class TooMany(Refusal):
    """The limit of a bucket is reached."""

    status = 429


def count(bucket: str, window: timedelta) -> int:
    """Count one more in the current window; the new count.

    Its own connection and commit: a request that is rolled back must still count.
    """
    # The engine's engine is a fresh connection even where a test has put one in its place.
    with db.engine.engine.begin() as connection:
        return int(connection.execute(_one_more(bucket, window)).scalar_one())


def count_here(bucket: str, window: timedelta) -> None:
    """Count one more in the caller's transaction, where that one holds nothing else."""
    db.session.execute(_one_more(bucket, window))


def _one_more(bucket: str, window: timedelta) -> Executable:
    """One statement, so that no worker's count is lost."""
    return (
        insert(RateCounter)
        .values(bucket=bucket[:120], window_start=_window(window), count=1)
        .on_conflict_do_update(
            index_elements=[RateCounter.bucket, RateCounter.window_start],
            set_={"count": RateCounter.count + 1},
        )
        .returning(RateCounter.count)
    )


def is_over(bucket: str, limit: int, window: timedelta) -> bool:
    """Whether the bucket has reached ``limit`` in the current window; counts nothing."""
    statement = select(RateCounter.count).where(
        RateCounter.bucket == bucket[:120], RateCounter.window_start == _window(window)
    )
    return int(db.session.scalar(statement) or 0) >= limit


def refuse_over(bucket: str, limit: int, window: timedelta) -> None:
    """Refuse when the bucket has reached ``limit`` in the current window; counts nothing."""
    if is_over(bucket, limit, window):
        raise TooMany(t("Too many tries from here. Wait a few minutes, then try again."))


def forget_old_counts() -> None:
    """Drop windows that have passed; a tick of the night."""
    with transaction() as session:
        session.execute(
            delete(RateCounter).where(RateCounter.window_start < func.clock_timestamp() - _KEPT)
        )


def _window(window: timedelta) -> datetime:
    seconds = int(window.total_seconds())
    since = int(clock.now().timestamp())
    return datetime.fromtimestamp(since - since % seconds, clock.now().tzinfo)
