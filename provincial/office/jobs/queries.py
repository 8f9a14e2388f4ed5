"""Reading jobs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select, text

from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.viewer import Viewer
from provincial.office.jobs import permissions
from provincial.office.jobs.models import Job


def job_in_scope(viewer: Viewer, job_id: int) -> Job | None:
    """The job with this id, when the viewer may see it."""
    return db.session.scalar(select(Job).where(Job.id == job_id, permissions.visible(viewer)))


def jobs_of(
    viewer: Viewer, *, state: str = "", everyone: bool = False, after: str = "", before: str = ""
) -> Page[Job]:
    """The viewer's jobs, newest first; ``everyone``: those of all that the viewer may see."""
    keys = [Key(Job.id, descending=True)]
    statement = _matching(viewer, state, everyone)
    return paginate(db.session(), statement, keys, after=after, before=before)


def count(viewer: Viewer, *, state: str = "", everyone: bool = False) -> int:
    """How many jobs the list has."""
    found = _matching(viewer, state, everyone).with_only_columns(func.count())
    return int(db.session.scalar(found) or 0)


def rows(viewer: Viewer, *, state: str = "", everyone: bool = False) -> Sequence[Job]:
    """The whole list, newest first."""
    statement = _matching(viewer, state, everyone).order_by(Job.id.desc())
    return list(db.session.scalars(statement))


def _matching(viewer: Viewer, state: str, everyone: bool) -> Select[Job]:
    statement = select(Job).where(permissions.visible(viewer))
    if not everyone:
        statement = statement.where(Job.owner_id == viewer.user_id)
    return statement.where(Job.state == state) if state else statement


def without_queue_row() -> Select[int]:
    """Jobs that have not ended and that the queue no longer knows as waiting or running."""
    known = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs q WHERE q.status IN ('todo', 'doing') "
        "AND (q.args->>'job_id')::bigint = job.id)"
    )
    recent = text("job.updated_at < clock_timestamp() - interval '1 minute'")
    return select(Job.id).where(Job.state.in_(("queued", "running")), known, recent)
