"""Enqueue, run, report, cancel."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from provincial.adapters.queue import enqueue as put_in_queue
from provincial.core.db import db, lock, transaction
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.jobs import queries
from provincial.office.jobs.models import Job, TickRun
from provincial.office.jobs.rules import (
    MOST_ATTEMPTS,
    TICK_ATTEMPTS,
    TICK_IN_HAND,
    TICKS_KEPT,
    JobState,
)
from provincial.office.journal.actions import record

logger = logging.getLogger(__name__)


class Stopped(Exception):
    """The job was asked to stop between two chunks."""


@dataclass
class Run:
    """What a handler gets: its arguments, who asked, and how to report.

    A handler opens its own short transactions, reports between them, and must be able to start
    again from the beginning after a kill without doing anything twice.
    """

    job_id: int
    args: Mapping[str, Any]
    by: Viewer | None
    should_stop: Callable[[], bool]
    fence: str = ""

    def progress(self, done: int, total: int) -> None:
        """Report in a transaction of its own; raises when asked to stop, or no longer in charge."""
        with transaction() as session:
            asked = session.execute(
                update(Job)
                .where(Job.id == self.job_id, Job.fence == self.fence)
                .values(done=done, total=max(total, done))
                .returning(Job.cancel_requested)
            ).scalar()
        if asked is None:
            raise TakenOver
        if asked:
            raise Stopped
        if self.should_stop():
            raise Interrupted


class Interrupted(Exception):
    """The worker is stopping; the job will be taken up again."""


class TakenOver(Exception):
    """Another worker has this job now; whatever this one still holds is not reported."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a handler hands back: facts to show, a file to fetch, a page to go to."""

    facts: Mapping[str, Any] | None = None
    file_id: int | None = None
    url: str = ""


Handler = Callable[[Run], Result | None]


def enqueue(
    kind: str,
    title: Text,
    *,
    by: Viewer | None,
    args: Mapping[str, Any] | None = None,
    total: int = 0,
) -> Job:
    """Create a job and queue it in the caller's transaction."""
    job = Job(
        kind=kind,
        title=title.as_data(),
        args=dict(args or {}),
        owner_id=by.user_id if by else None,
        org_path=by.path if by else "/",
        acting=_as_data(by) if by else None,
        total=total,
    )
    db.session.add(job)
    db.session.flush()
    put_in_queue(db.session(), job.id)
    return job


def cancel(job: Job, *, by: Viewer) -> None:
    """Ask a job to stop: at once while queued, else between two chunks."""
    lock(job)
    if job.state == JobState.QUEUED:
        job.state = JobState.CANCELLED
        job.ended_at = func.clock_timestamp()
    elif job.state == JobState.RUNNING:
        job.cancel_requested = True
    else:
        raise Refusal(t("This work has ended already."))
    record(
        "jobs.cancel",
        job,
        by=by,
        label=job.kind,
        org_path=job.org_path,
        said=t("Cancelled the work"),
    )


def note_fetched(job: Job, name: str, *, by: Viewer) -> None:
    """Note that somebody took the file away that the work made (R30)."""
    record(
        "jobs.download",
        job,
        by=by,
        after={"rows": int((job.result or {}).get("rows") or job.total), "filter": dict(job.args)},
        label=name,
        org_path=job.org_path,
        said=t("Fetched the file “%(name)s”", name=name),
    )


def run(
    job_id: int, handlers: Mapping[str, Handler], should_stop: Callable[[], bool] = lambda: False
) -> None:
    """Run one job to its end. Called by the worker; safe to call again after a kill."""
    work = _take(job_id, should_stop)
    if work is None:
        return
    handler = handlers.get(work.kind)
    if handler is None or work.attempts > MOST_ATTEMPTS:
        _end(work.run, JobState.FAILED, error=t("The work could not be carried out."))
        return
    try:
        result = handler(work.run)
    except TakenOver:
        logger.warning("job %s was taken over by another worker", job_id)
    except Interrupted:
        _put_back(work.run)
    except Stopped:
        _end(work.run, JobState.CANCELLED)
    except Refusal as refusal:
        _end(work.run, JobState.FAILED, error=refusal.message)
    except Exception:
        logger.exception("job %s failed", job_id)
        _end(work.run, JobState.FAILED, error=t("Something went wrong; it has been noted."))
    else:
        _end(work.run, JobState.DONE, result=result)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A job this process has taken: what to call, and how often it was taken before."""

    run: Run
    kind: str
    attempts: int


def _take(job_id: int, should_stop: Callable[[], bool]) -> _Taken | None:
    """Take the job under a fresh fence; nothing when it has ended."""
    with transaction() as session:
        job = session.get(Job, job_id, with_for_update=True)
        if job is None or job.state not in (JobState.QUEUED, JobState.RUNNING):
            return None
        job.attempts += 1
        job.fence = secrets.token_hex(16)
        job.state = JobState.RUNNING
        job.started_at = job.started_at or func.clock_timestamp()
        work = Run(job_id, dict(job.args), _viewer(job.acting), should_stop, job.fence)
        return _Taken(work, job.kind, job.attempts)


def _put_back(work: Run) -> None:
    """The worker stops in good order: this was not an attempt that failed."""
    with transaction() as session:
        job = _in_charge(session, work)
        if job is not None:
            job.attempts -= 1
            job.fence = ""
            put_in_queue(session, work.job_id)


def _end(
    work: Run, state: JobState, *, result: Result | None = None, error: Text | None = None
) -> None:
    with transaction() as session:
        job = _in_charge(session, work)
        if job is None:
            return
        job.state = state
        job.ended_at = func.clock_timestamp()
        job.error = error.as_data() if error else None
        if state == JobState.DONE:
            job.done = job.total
        if result is not None:
            job.result = dict(result.facts) if result.facts is not None else None
            job.file_id = result.file_id
            job.result_url = result.url


def _in_charge(session: Session, work: Run) -> Job | None:
    """The job, locked, while this run still holds it."""
    job = session.get(Job, work.job_id, with_for_update=True)
    return job if job is not None and job.fence == work.fence else None


def requeue_lost() -> int:
    """Queue again what is neither waiting nor running in the queue but has not ended; how many.

    The net below the net: a queue row that failed on its own (the database went away while it
    ended) would else leave its job "running" for good.
    """
    with transaction() as session:
        lost = list(session.scalars(queries.without_queue_row()))
        for job_id in lost:
            put_in_queue(session, job_id)
    return len(lost)


def claim_tick(task: str, due: datetime) -> int | None:
    """Insert the row of one due moment first; its id, or nothing when another scheduler has it.

    A moment whose worker died is given out again after ten minutes, at most three times (R38).
    """
    statement = insert(TickRun).values(task=task, due=due)
    with transaction() as session:
        return session.execute(
            statement.on_conflict_do_update(
                index_elements=[TickRun.task, TickRun.due],
                set_={
                    "started_at": func.clock_timestamp(),
                    "attempts": TickRun.attempts + 1,
                },
                where=and_(
                    TickRun.finished_at.is_(None),
                    TickRun.started_at < func.clock_timestamp() - TICK_IN_HAND,
                    TickRun.attempts < TICK_ATTEMPTS,
                ),
            ).returning(TickRun.id)
        ).scalar()


def finish_tick(tick_id: int, error: str = "") -> None:
    """Note that the work of a due moment has ended, well or not."""
    with transaction() as session:
        session.execute(
            update(TickRun)
            .where(TickRun.id == tick_id)
            .values(finished_at=func.clock_timestamp(), error=error[:300])
        )


def forget_old_ticks() -> None:
    """Rows of past moments are of use for a while only; a tick of the night."""
    with transaction() as session:
        session.execute(delete(TickRun).where(TickRun.due < func.clock_timestamp() - TICKS_KEPT))


def _as_data(viewer: Viewer) -> dict[str, Any]:
    return asdict(viewer) | {"roles": sorted(viewer.roles)}


def _viewer(data: Mapping[str, Any] | None) -> Viewer | None:
    return None if data is None else Viewer(**{**data, "roles": frozenset(data["roles"])})
