"""States of a job, and when timed work is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from provincial.core.clock import CHINA
from provincial.core.states import State, Tone
from provincial.core.text import Text, t


class JobState(State):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @classmethod
    def looks(cls) -> dict[str, tuple[Text, Tone]]:
        """Label and tone by value."""
        return {
            "queued": (t("Queued"), Tone.NEUTRAL),
            "running": (t("Running"), Tone.WAITING),
            "done": (t("Done"), Tone.GOOD),
            "failed": (t("Failed"), Tone.BLOCKED),
            "cancelled": (t("Cancelled"), Tone.NEUTRAL),
        }


#: A job that a killed worker left is taken up again this many times, then it fails.
MOST_ATTEMPTS = 5

#: A worker that died with timed work in hand leaves it to another after this time.
TICK_IN_HAND = timedelta(minutes=10)
TICK_ATTEMPTS = 3
TICKS_KEPT = timedelta(days=14)


def last_due(now: datetime, *, seconds: int = 0, hour: int | None = None) -> datetime:
    """The last moment at or before ``now`` at which timed work was due, in UTC.

    Either every ``seconds`` seconds, counted from the epoch so that all schedulers agree, or every
    day at ``hour`` o'clock in China.
    """
    if hour is None:
        since = int(now.timestamp())
        return datetime.fromtimestamp(since - since % max(seconds, 1), UTC)
    local = now.astimezone(CHINA)
    due = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (due if due <= local else due - timedelta(days=1)).astimezone(UTC)


def time_left(done: int, total: int, elapsed: timedelta) -> timedelta | None:
    """How long the rest takes at the speed so far; nothing before a twentieth is done."""
    if done <= 0 or total <= 0 or done * 20 < total:
        return None
    return elapsed * (total - done) / done
