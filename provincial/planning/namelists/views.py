"""Lists of names: choose the file, see the verdict on each row, take the good ones in, take them back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.text import t
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import RunState
from provincial.office.jobs.actions import enqueue
from provincial.office.journal.queries import timeline
from provincial.people.organisations.models import Organisation
from provincial.planning.conditions.queries import articles
from provincial.planning.namelists import actions, documents, importer, jobs, permissions, queries
from provincial.planning.namelists.forms import TakeInForm, UploadForm
from provincial.planning.namelists.rules import ROWS_AT_ONCE
from provincial.planning.nominations.queries import category_with_places
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.plans.queries import current_rulebook
from provincial.rulebook import vocabulary
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("namelists", __name__)
#: Findings that the page of a check shows; all of them are in the workbook.
_SHOWN = 200
_WORDS = {term.code: term.label for term in (*vocabulary.STAGES, *vocabulary.SUBJECTS)}


@blueprint.route("/<int:category_id>/import", methods=["GET", "POST"])
@requires(permissions.may_bring_to, load=category_with_places)
def upload(category: ProjectCategory) -> ResponseReturnValue:
    """Step 1: choose the list; nothing is entered yet."""
    who, form, findings = current_viewer(), UploadForm(), []
    if form.validate_on_submit():
        sent = form.file.data
        data, name = sent.read(), sent.filename or "list"
        with submission(form) as done:
            run = importer.receive(data, name, category, _unit(), by=who, now=clock.now())
            done.answer = url_for("namelists.show_run", run_id=run.id)
        if done:
            return redirect(done.answer, 303)
        findings = form.refused.findings if form.refused else []
    page = render_template(
        "planning/namelists/upload.html", form=form, category=category, findings=findings
    )
    return page, form.page_status


def _unit() -> Organisation:
    """The body for which the viewer acts: the unit whose list it is."""
    return queries.unit(current_viewer().organisation_id)


@blueprint.get("/<int:category_id>/template")
@requires(permissions.may_bring_to, load=category_with_places)
def template(category: ProjectCategory) -> ResponseReturnValue:
    """The workbook to fill in, with the values that are allowed."""
    data = documents.template(category.name, queries.projects_of(category))
    return attachment(data, f"{category.name}推荐表模板.xlsx", XLSX)


@blueprint.get("/imports/<int:run_id>")
@requires(permissions.may_decide, load=queries.run_in_scope)
def show_run(run: ImportRun) -> ResponseReturnValue:
    """Step 2: the verdict on each row; step 3: what became of the list."""
    return _page(run, TakeInForm(), ReasonForm())


@blueprint.post("/imports/<int:run_id>/check")
@requires(permissions.may_decide, load=queries.run_in_scope)
def check_again(run: ImportRun) -> ResponseReturnValue:
    """Judge the list once more, as things stand now."""
    form, address = ConfirmForm(), url_for("namelists.show_run", run_id=run.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            importer.note_check(run, importer.check_again(run, now=clock.now()))
        if done:
            flash(_("The list was checked again."), "good")
    return redirect(address, 303)


@blueprint.post("/imports/<int:run_id>/confirm")
@requires(permissions.may_decide, load=queries.run_in_scope)
def confirm(run: ImportRun) -> ResponseReturnValue:
    """Step 3: enter the good rows; a long list as a job."""
    who, form = current_viewer(), TakeInForm()
    address = url_for("namelists.show_run", run_id=run.id)
    if not form.validate_on_submit():
        return _page(run, form, ReasonForm())
    reason = form.reason.data or ""
    with submission(form, address) as done:
        if run.counts.get("rows", 0) > ROWS_AT_ONCE:
            importer.require_reason_for(run, reason)
            args = {"run_id": run.id, "url": address, "reason": reason}
            title = t("Nominations from a list")
            enqueue(jobs.TAKE_IN, title, by=who, args=args, total=run.counts.get("rows", 0))
            told = _("The list is being entered; you may leave this page.")
        else:
            taken = importer.take_in(
                run, reason, by=who, now=clock.now(), expected_version=form.expected_version
            )
            told = _("%(count)s names are entered; a colleague signs them.", count=len(taken.good))
    if done:
        flash(told, "good")
        return redirect(address, 303)
    return _page(run, form, ReasonForm())


@blueprint.post("/imports/<int:run_id>/undo")
@requires(permissions.may_decide, load=queries.run_in_scope)
def undo(run: ImportRun) -> ResponseReturnValue:
    """Take back everything that the list brought."""
    form, address = ReasonForm(), url_for("namelists.show_run", run_id=run.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            actions.undo(run, form.reason.data or "", by=current_viewer(), now=clock.now())
        if done:
            flash(_("The list is taken back; its places are free again."), "good")
            return redirect(address, 303)
    return _page(run, TakeInForm(), form)


def _page(run: ImportRun, form: TakeInForm, undoing: ReasonForm) -> ResponseReturnValue:
    if not form.is_submitted():
        form.version.data = str(run.version)
    category = queries.category_of(run)
    found = form.refused.findings if form.refused else []
    found = found or imports.findings_of(run)
    page = render_template(
        "planning/namelists/run.html",
        run=run,
        state=RunState(run.state),
        category=category,
        form=form,
        undoing=undoing,
        checking=ConfirmForm(),
        findings=found[:_SHOWN],
        more=max(0, len(found) - _SHOWN),
        sources=queries.sources(current_rulebook(category.plan)),
        articles=articles(current_rulebook(category.plan)),
        words=_WORDS,
        to_take=run.counts.get("ok", 0) + run.counts.get("warning", 0),
        events=timeline(run),
    )
    return page, max(form.page_status, undoing.page_status)
