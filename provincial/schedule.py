"""THE table of timed work, and of the kinds of long work the worker can run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provincial.office.jobs.actions import Handler


@dataclass(frozen=True, slots=True)
class Tick:
    """Timed work: ``minutes`` between runs, or every day at ``hour`` in China."""

    name: str
    run: Callable[[], None]
    minutes: int = 0
    hour: int | None = None


JOBS: dict[str, Handler] = {}

TICKS: tuple[Tick, ...] = ()
