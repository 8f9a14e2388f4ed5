"""Pages of imports that no room owns: the list of runs, one run, its workbook back."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core.db import transaction
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook
from provincial.office.files import queries as files
from provincial.office.imports import actions, documents, permissions, queries
from provincial.office.imports.jobs import RUNS
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import ImportKind, RunState
from provincial.office.journal.queries import timeline
from provincial.web.access import requires, signed_in, viewer
from provincial.web.downloads import XLSX, attachment

blueprint = Blueprint("imports", __name__)


@blueprint.get("/")
@requires(signed_in)
def list_runs() -> ResponseReturnValue:
    """Workbooks that came in within the viewer's scope, newest first."""
    page = queries.runs(
        viewer(),
        kind=request.args.get("kind", ""),
        state=request.args.get("state", ""),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        "office/imports/list.html", page=page, states=list(RunState), kinds=_kinds()
    )


@blueprint.post("/export")
@requires(signed_in)
def export() -> ResponseReturnValue:
    """The list as Excel; many runs as a job."""
    who = viewer()
    wanted = {name: request.args.get(name, "")[:40] for name in ("kind", "state")}
    with transaction():
        job = exports.request(RUNS, wanted, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook(RUNS, wanted, by=who), XLSX)


@blueprint.get("/<int:run_id>")
@requires(permissions.may_see, load=queries.run_in_scope)
def show(run: ImportRun) -> ResponseReturnValue:
    """One run: who, when, what was found, what became of it."""
    found = actions.findings_of(run)
    may_discard = (
        run.status is RunState.CHECKED
        and permissions.may_discard(viewer(), run)
        and not viewer().read_only
    )
    return render_template(
        "office/imports/show.html",
        run=run,
        found=found,
        verdict=queries.verdict(found),
        may_discard=may_discard,
        may_take_away=permissions.may_take_away(viewer(), run),
        kinds=_kinds(),
        events=timeline(run),
    )


@blueprint.post("/<int:run_id>/original")
@requires(permissions.may_take_away, load=queries.run_in_scope)
def original(run: ImportRun) -> ResponseReturnValue:
    """The workbook as it came; taking it away is an event (R30)."""
    with transaction():
        actions.note_taken(run, "original", by=viewer())
    return attachment(files.content(run.file), run.file.name, run.file.media_type)


@blueprint.post("/<int:run_id>/results")
@requires(permissions.may_take_away, load=queries.run_in_scope)
def results(run: ImportRun) -> ResponseReturnValue:
    """The same workbook with a result beside each row; taking it away is an event (R30)."""
    with transaction():
        actions.note_taken(run, "results", by=viewer())
    data = documents.with_results(run, files.content(run.file), actions.findings_of(run))
    stem = run.file.name.rpartition(".")[0] or run.file.name
    return attachment(data, f"{stem}-结果.xlsx", XLSX)


@blueprint.post("/<int:run_id>/discard")
@requires(permissions.may_discard, load=queries.run_in_scope)
def discard(run: ImportRun) -> ResponseReturnValue:
    """Put a checked workbook aside."""
    with transaction():
        actions.discard(run, by=viewer())
    flash(_("The workbook is put aside; nothing was saved from it."), "good")
    return redirect(url_for("imports.show", run_id=run.id), 303)


def _kinds() -> dict[str, ImportKind]:
    """What workbooks are called, and where their rooms carry on with them."""
    kinds: dict[str, ImportKind] = current_app.config.get("IMPORT_KINDS", {})
    return kinds
