"""Time: instants in UTC, dates in China Standard Time, deadlines as half-open intervals."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This instant, aware, in UTC. The only place that asks the machine for the time."""
    return datetime.now(UTC)  # noqa: TID251  the one place


def china_date(instant: datetime) -> date:
    """The calendar date in China at ``instant``."""
    return instant.astimezone(CHINA).date()


def today() -> date:
    """Today's date in China."""
    return china_date(now())


def start_of(day: date) -> datetime:
    """The first instant of ``day`` in China, as UTC."""
    return datetime.combine(day, time.min, CHINA).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first instant after ``day`` in China: "by 20 November" includes that day (rules.md 0)."""
    return start_of(day + timedelta(days=1))


def days_left(due: date, on: date) -> int:
    """Whole days from ``on`` to ``due``; negative when overdue."""
    return (due - on).days
