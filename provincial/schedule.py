"""THE table of timed work, and of the kinds of long work the worker can run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provincial.office.audit.jobs import export as export_journal
from provincial.office.exports.jobs import JOBS as JOBS_OF
from provincial.office.exports.jobs import writer
from provincial.office.exports.rules import Listing
from provincial.office.files.jobs import sweep
from provincial.office.imports.jobs import RUNS
from provincial.office.jobs.actions import Handler, forget_old_ticks
from provincial.office.journal.jobs import seal_journal
from provincial.office.messages.jobs import FEED, MAIL_LOG, deliver
from provincial.office.papers.jobs import PAPERS, render
from provincial.people.acting.jobs import MANDATES
from provincial.people.organisations.jobs import BODIES
from provincial.people.rosters.jobs import write as write_teachers
from provincial.people.schools.jobs import write as write_schools
from provincial.people.staff.jobs import daily as staff_daily
from provincial.people.teachers.jobs import export as export_teachers
from provincial.planning.allocations.jobs import TABLES
from provincial.planning.amendments.jobs import bring_due_into_force
from provincial.planning.bans.jobs import BANS
from provincial.planning.bans.jobs import daily as bans_daily
from provincial.planning.boards.jobs import BOARD
from provincial.planning.fillings.jobs import FILLING
from provincial.planning.fillings.jobs import remind as remind_of_idle_places
from provincial.planning.lists.jobs import LISTS
from provincial.planning.namelists.jobs import take_in
from provincial.planning.selection.jobs import NAMES
from provincial.web.limits import forget_old_counts


@dataclass(frozen=True, slots=True)
class Tick:
    """Timed work: ``minutes`` or ``seconds`` between runs, or every day at ``hour`` in China.

    ``run`` opens its own transactions, works on what it finds, and may be called twice.
    """

    name: str
    run: Callable[[], object]
    minutes: int = 0
    hour: int | None = None
    seconds: int = 0

    @property
    def every(self) -> int:
        """Seconds between two runs; nought for daily work."""
        return self.minutes * 60 + self.seconds


#: The lists that leave the site as workbooks; each is also a kind of work.
LISTINGS: tuple[Listing, ...] = (
    RUNS,
    JOBS_OF,
    FEED,
    MAIL_LOG,
    PAPERS,
    BODIES,
    BANS,
    MANDATES,
    BOARD,
    FILLING,
    LISTS,
    TABLES,
    NAMES,
)

JOBS: dict[str, Handler] = {listing.kind: writer(listing) for listing in LISTINGS} | {
    "audit.export": export_journal,
    "schools.write": write_schools,
    "teachers.export": export_teachers,
    "teachers.write": write_teachers,
    "nominations.take_in": take_in,
    "papers.render": render,
}

TICKS: tuple[Tick, ...] = (
    Tick("journal.seal", seal_journal, minutes=1),
    Tick("messages.deliver", deliver, seconds=15),
    Tick("files.sweep", sweep, hour=3),
    Tick("jobs.forget_ticks", forget_old_ticks, hour=3),
    Tick("web.forget_counts", forget_old_counts, hour=3),
    Tick("staff.daily", staff_daily, hour=3),
    Tick("bans.daily", bans_daily, hour=8),
    Tick("amendments.in_force", bring_due_into_force, minutes=10),
    Tick("fillings.remind", remind_of_idle_places, hour=8),
)
