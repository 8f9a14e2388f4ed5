"""The list of background work as a workbook; every other list is exported by its own room."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from provincial.core.db import transaction
from provincial.office.exports import actions, documents
from provincial.office.exports.jobs import JOBS
from provincial.web.access import requires, signed_in, viewer
from provincial.web.downloads import XLSX, attachment

blueprint = Blueprint("exports", __name__)


@blueprint.post("/jobs/export")
@requires(signed_in)
def background_work() -> ResponseReturnValue:
    """The viewer's background work as Excel."""
    who = viewer()
    wanted = {
        "state": request.args.get("state", "")[:10],
        "everyone": request.args.get("of") == "all",
    }
    with transaction():
        job = actions.request(JOBS, wanted, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*documents.workbook(JOBS, wanted, by=who), XLSX)
