"""Enqueue, run, report, cancel."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, update

from provincial.adapters.queue import enqueue as put_in_queue
from provincial.core.db import db, transaction
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.jobs.models import Job
from provincial.office.jobs.rules import MOST_ATTEMPTS, JobState

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

    def progress(self, done: int, total: int) -> None:
        """Report in a transaction of its own; raises ``Stopped`` when asked to stop."""
        with transaction() as session:
            asked = session.execute(
                update(Job)
                .where(Job.id == self.job_id)
                .values(done=done, total=max(total, done))
                .returning(Job.cancel_requested)
            ).scalar()
        if asked:
            raise Stopped
        if self.should_stop():
            raise Interrupted


class Interrupted(Exception):
    """The worker is stopping; the job will be taken up again."""


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
    if job.state == JobState.QUEUED:
        job.state = JobState.CANCELLED
        job.ended_at = func.clock_timestamp()
    elif job.state == JobState.RUNNING:
        job.cancel_requested = True
    else:
        raise Refusal(t("This work has ended already."))


def run(
    job_id: int, handlers: Mapping[str, Handler], should_stop: Callable[[], bool] = lambda: False
) -> None:
    """Run one job to its end. Called by the worker; safe to call again after a kill."""
    with transaction() as session:
        job = session.get(Job, job_id, with_for_update=True)
        if job is None or job.state not in (JobState.QUEUED, JobState.RUNNING):
            return
        job.attempts += 1
        job.state = JobState.RUNNING
        job.started_at = job.started_at or func.clock_timestamp()
        too_often = job.attempts > MOST_ATTEMPTS
        work = Run(job_id, dict(job.args), _viewer(job.acting), should_stop)
        handler = handlers.get(job.kind)
    if handler is None or too_often:
        _end(job_id, JobState.FAILED, error=t("The work could not be carried out."))
        return
    try:
        result = handler(work)
    except Interrupted:
        with transaction() as session:
            put_in_queue(session, job_id)
        return
    except Stopped:
        _end(job_id, JobState.CANCELLED)
    except Refusal as refusal:
        _end(job_id, JobState.FAILED, error=refusal.message)
    except Exception:
        logger.exception("job %s failed", job_id)
        _end(job_id, JobState.FAILED, error=t("Something went wrong; it has been noted."))
    else:
        _end(job_id, JobState.DONE, result=result)


def _end(
    job_id: int, state: JobState, *, result: Result | None = None, error: Text | None = None
) -> None:
    with transaction() as session:
        job = session.get(Job, job_id, with_for_update=True)
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


def _as_data(viewer: Viewer) -> dict[str, Any]:
    return asdict(viewer) | {"roles": sorted(viewer.roles)}


def _viewer(data: Mapping[str, Any] | None) -> Viewer | None:
    return None if data is None else Viewer(**{**data, "roles": frozenset(data["roles"])})
