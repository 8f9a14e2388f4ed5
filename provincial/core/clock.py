"""Time: instants in UTC, dates in China Standard Time, deadlines as half-open intervals."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from provincial.core.refusals import Refusal
from provincial.core.text import t

CHINA = ZoneInfo("Asia/Shanghai")
#: Days the site reckons with; a school may be old, but the year 0203 is a slip of the keyboard.
EARLIEST, LATEST = date(1800, 1, 1), date(2199, 12, 31)


def now() -> datetime:
    """This instant, aware, in UTC. The only place that asks the machine for the time."""
    return datetime.now(UTC)  # noqa: TID251  the one place


def china_date(instant: datetime) -> date:
    """The calendar date in China at ``instant``."""
    return instant.astimezone(CHINA).date()


def today() -> date:
    """Today's date in China."""
    return china_date(now())


def plausible(day: date) -> date:
    """``day`` itself; refuses a year that cannot be meant (R15)."""
    if not EARLIEST <= day <= LATEST:
        raise Refusal(t("The year of %(day)s cannot be right.", day=day.isoformat()))
    return day


def start_of(day: date) -> datetime:
    """The first instant of ``day`` in China, as UTC."""
    return datetime.combine(plausible(day), time.min, CHINA).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first instant after ``day`` in China: "by 20 November" includes that day (rules.md 0)."""
    following = plausible(day) + timedelta(days=1)
    return datetime.combine(following, time.min, CHINA).astimezone(UTC)


def days_left(due: date, on: date) -> int:
    """Whole days from ``on`` to ``due``; negative when overdue."""
    return (due - on).days
