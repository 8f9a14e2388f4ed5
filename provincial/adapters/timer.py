"""The clock of the worker: calls functions at their times, in a few threads, kept in memory only.

Never started in a web process, never with a stored schedule: two schedulers on one store fire
twice. That each due moment is done once is the business of the caller (``jobs.claim_tick``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from provincial.core import clock


@dataclass(frozen=True, slots=True)
class Appointment:
    """What to call, every ``every`` seconds or daily at ``hour`` in China."""

    name: str
    call: Callable[[], object]
    every: int = 0
    hour: int | None = None


class Timer:
    """A running clock; every appointment is also called once at the start, for missed moments."""

    def __init__(self, appointments: Iterable[Appointment]) -> None:
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=clock.CHINA,
        )
        for one in appointments:
            daily = one.hour is not None
            trigger = CronTrigger(hour=one.hour) if daily else IntervalTrigger(seconds=one.every)
            self._scheduler.add_job(one.call, trigger, id=one.name, next_run_time=clock.now())

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Call nothing any more; what runs is left to its end."""
        self._scheduler.shutdown(wait=False)
