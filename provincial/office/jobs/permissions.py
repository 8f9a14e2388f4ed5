"""Who may see and stop long work: whoever asked for it, and the administrators of the site."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.viewer import Viewer
from provincial.office.jobs.models import Job
from provincial.office.jobs.rules import JobState

_SITE = ("system_administrator", "province_administrator")


def visible(viewer: Viewer, model: Any = Job) -> ColumnElement[bool]:
    """The scope clause: one's own work, and for the site's administrators all."""
    own: ColumnElement[bool] = model.owner_id == viewer.user_id
    return or_(own, model.org_path.like(viewer.path + "%")) if viewer.is_any(*_SITE) else own


def may_see(viewer: Viewer, job: Job) -> bool:
    """Whether this job is within the viewer's scope."""
    return job.owner_id == viewer.user_id or viewer.is_any(*_SITE)


def may_fetch(viewer: Viewer, job: Job) -> bool:
    """Whether the viewer may take the file away that the work made.

    Only who asked, acting for the body for which it was asked: the file holds what that person may
    see, and an administrator of the site sees the work, not the names in it (R32).
    """
    asked_for = (job.acting or {}).get("organisation_id")
    return job.owner_id == viewer.user_id and asked_for == viewer.organisation_id


def may_cancel(viewer: Viewer, job: Job) -> bool:
    """Whether the viewer may stop this job; that it still runs is the action's to check."""
    return may_see(viewer, job)


def can_cancel_now(viewer: Viewer, job: Job) -> bool:
    """Whether the button is shown."""
    return (
        may_cancel(viewer, job)
        and not viewer.read_only
        and job.status in (JobState.QUEUED, JobState.RUNNING)
        and not job.cancel_requested
    )
