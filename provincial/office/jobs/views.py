"""Pages of long work: my jobs, one job with its progress, cancel, fetch the result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.text import Text, text_from_data
from provincial.core.viewer import Viewer
from provincial.office.files import queries as files
from provincial.office.jobs import actions, permissions, queries
from provincial.office.jobs.models import Job
from provincial.office.jobs.rules import JobState, time_left
from provincial.office.journal.queries import timeline
from provincial.web.access import requires, signed_in, viewer
from provincial.web.downloads import attachment

blueprint = Blueprint("jobs", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A job as ``components/progress.html`` wants it."""

    id: int
    title: Text
    state: JobState
    done: int
    total: int | None
    started_by: str
    started_at: datetime
    left: str | None
    note: Text | str | None
    running: bool
    cancel_url: str | None
    result_url: str | None
    result_label: str | None
    result_is_file: bool


@blueprint.get("/")
@requires(signed_in)
def list_jobs() -> ResponseReturnValue:
    """The viewer's own work, newest first."""
    who = viewer()
    everyone = request.args.get("of") == "all"
    page = queries.jobs_of(
        who,
        state=request.args.get("state", ""),
        everyone=everyone,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        "office/jobs/list.html",
        page=page,
        jobs=[_shown(job, who) for job in page.rows],
        states=list(JobState),
        may_see_all=who.is_any("system_administrator", "province_administrator"),
    )


@blueprint.get("/<int:job_id>")
@requires(permissions.may_see, load=queries.job_in_scope)
def show(job: Job) -> ResponseReturnValue:
    """One job; with ``?fragment=1`` only the progress, for the module that looks again."""
    shown = _shown(job, viewer())
    if request.args.get("fragment"):
        return render_template("office/jobs/progress.html", job=shown)
    return render_template("office/jobs/show.html", job=shown, events=timeline(job))


@blueprint.post("/<int:job_id>/cancel")
@requires(permissions.may_cancel, load=queries.job_in_scope)
def cancel(job: Job) -> ResponseReturnValue:
    """Ask the work to stop."""
    with transaction():
        actions.cancel(job, by=viewer())
    flash(_("The work stops at its next step. What is done stays done."), "waiting")
    return redirect(url_for("jobs.show", job_id=job.id), 303)


@blueprint.post("/<int:job_id>/file")
@requires(permissions.may_fetch, load=queries.job_in_scope)
def download(job: Job) -> ResponseReturnValue:
    """The file that the work made; fetching it is an event (R30)."""
    file = files.file_by_id(job.file_id) if job.file_id else None
    if file is None:
        abort(404)
    with transaction():
        actions.note_fetched(job, file.name, by=viewer())
    return attachment(files.content(file), file.name, file.media_type)


def _shown(job: Job, who: Viewer) -> Shown:
    running = job.status in (JobState.QUEUED, JobState.RUNNING)
    may_stop = permissions.can_cancel_now(who, job)
    url, label = _result(job, who)
    return Shown(
        id=job.id,
        title=text_from_data(job.title),
        state=job.status,
        done=job.done,
        total=job.total or None,
        started_by=(job.acting or {}).get("name") or _("the site itself"),
        started_at=job.started_at or job.created_at,
        left=_left(job) if running else None,
        note=_note(job),
        running=running,
        cancel_url=url_for("jobs.cancel", job_id=job.id) if may_stop else None,
        result_url=url,
        result_label=label,
        result_is_file=job.file_id is not None,
    )


def _result(job: Job, who: Viewer) -> tuple[str | None, str | None]:
    if job.status is not JobState.DONE:
        return None, None
    if job.file_id:
        allowed = permissions.may_fetch(who, job)
        url = url_for("jobs.download", job_id=job.id) if allowed else None
        return url, _("Download the file")
    return (job.result_url, _("Open the result")) if job.result_url else (None, None)


def _note(job: Job) -> Text | str | None:
    if job.error:
        return text_from_data(job.error)
    if job.cancel_requested and job.status is JobState.RUNNING:
        return str(_("Asked to stop; it ends at its next step."))
    return None


def _left(job: Job) -> str | None:
    """Time left in words, once it can be told."""
    elapsed = clock.now() - job.started_at if job.started_at else timedelta()
    rest = time_left(job.done, job.total, elapsed)
    if rest is None:
        return None
    minutes = int(rest.total_seconds() // 60)
    if minutes < 1:
        return str(_("less than a minute"))
    return str(ngettext("about %(num)s minute", "about %(num)s minutes", minutes))
