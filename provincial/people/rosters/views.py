"""The three steps of an import of teachers: choose, see, confirm."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.office.files import queries as files
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import RunState
from provincial.office.jobs.actions import enqueue
from provincial.office.journal.queries import timeline
from provincial.people.rosters import actions, documents
from provincial.people.rosters.forms import UploadForm
from provincial.people.rosters.importer import Checked, check
from provincial.people.rosters.permissions import may_decide, may_import
from provincial.people.rosters.queries import run_in_scope
from provincial.people.rosters.rules import KIND, ROWS_AT_ONCE, nothing_to_take
from provincial.rulebook import vocabulary
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("rosters", __name__)
#: Rows and findings that the page of a check shows; all of them are in the workbook.
_SHOWN = 200
_STAGES = {term.code: term.label for term in vocabulary.STAGES}
_SUBJECTS = {term.code: term.label for term in vocabulary.SUBJECTS}


@blueprint.route("/import", methods=["GET", "POST"])
@requires(may_import)
def upload() -> ResponseReturnValue:
    """Choose the file."""
    who, form, findings = current_viewer(), UploadForm(), []
    if form.validate_on_submit():
        sent = form.file.data
        data, name = sent.read(), sent.filename or "teachers"
        with submission(form) as done:
            run = imports.receive(
                KIND,
                data,
                name,
                organisation_id=who.organisation_id,
                by=who,
                title=t("Teachers from a spreadsheet"),
            )
            _record(run, check(data, name, who, clock.today()))
            done.answer = url_for("rosters.show_run", run_id=run.id)
        if done:
            return redirect(done.answer, 303)
        findings = form.refused.findings if form.refused else []
    page = render_template("people/rosters/upload.html", form=form, findings=findings)
    return page, form.page_status


@blueprint.get("/import/template")
@requires(may_import)
def template() -> ResponseReturnValue:
    """The workbook to fill in."""
    return attachment(documents.template(), "教师名单模板.xlsx", XLSX)


@blueprint.get("/import/<int:run_id>")
@requires(may_decide, load=run_in_scope)
def show_run(run: ImportRun) -> ResponseReturnValue:
    """What was understood, and what became of it."""
    return _page(run, ConfirmForm(), ReasonForm())


@blueprint.post("/import/<int:run_id>/confirm")
@requires(may_decide, load=run_in_scope)
def confirm(run: ImportRun) -> ResponseReturnValue:
    """Register the good rows; a long list as a job."""
    who, form = current_viewer(), ConfirmForm()
    address = url_for("rosters.show_run", run_id=run.id)
    if not form.validate_on_submit():
        return _page(run, form, ReasonForm())
    with submission(form, address) as done:
        if run.counts.get("rows", 0) > ROWS_AT_ONCE:
            args = {"run_id": run.id, "url": address}
            enqueue("teachers.write", t("Teachers from a spreadsheet"), by=who, args=args)
            told = _("The teachers are being written; you may leave this page.")
        else:
            _write(run, form)
            told = _("The teachers are registered.")
    if done:
        flash(told, "good")
        return redirect(address, 303)
    return _page(run, form, ReasonForm())


@blueprint.post("/import/<int:run_id>/undo")
@requires(may_decide, load=run_in_scope)
def undo(run: ImportRun) -> ResponseReturnValue:
    """Take the whole import back."""
    form, address = ReasonForm(), url_for("rosters.show_run", run_id=run.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            reason = form.reason.data or ""
            actions.undo(run, reason, on=clock.today(), by=current_viewer())
        if done:
            flash(_("The import is undone; the register is as before."), "good")
            return redirect(address, 303)
    return _page(run, ConfirmForm(), form)


def _write(run: ImportRun, form: ConfirmForm) -> None:
    """Check again and write, in the transaction of the form."""
    who, today = current_viewer(), clock.today()
    if form.expected_version is not None and form.expected_version != run.version:
        raise Refusal(t("The workbook was checked again since. Look at the new result first."))
    checked = check(files.content(run.file), run.file.name, who, today)
    _record(run, checked)
    if checked.stops:
        raise Refusal(checked.stops[0].message, findings=checked.stops)
    if nothing_to_take(checked.rows):
        raise Refusal(t("No row of this list can be taken."))
    new = [row for row in checked.rows if row.verdict == "new"]
    changed = [row for row in checked.rows if row.verdict == "changed"]
    actions.register_rows(new, run, on=today, by=who)
    actions.change_rows(changed, run, on=today, by=who)
    actions.confirm(run, by=who)


def _record(run: ImportRun, checked: Checked) -> None:
    """Keep what was understood; ID numbers only masked (R6)."""
    understood = {
        "rows": [row.as_data() for row in checked.rows[:_SHOWN]],
        "sheet": checked.sheet,
        "header_row": checked.header_row,
        "stopped": bool(checked.stops),
    }
    imports.record_check(run, understood, checked.findings, checked.counts)


def _page(run: ImportRun, form: ConfirmForm, undoing: ReasonForm) -> ResponseReturnValue:
    if not form.is_submitted():
        form.version.data = str(run.version)
    found = imports.findings_of(run)
    counts = run.counts
    page = render_template(
        "people/rosters/run.html",
        run=run,
        state=RunState(run.state),
        form=form,
        undoing=undoing,
        findings=found[:_SHOWN],
        more=max(0, len(found) - _SHOWN),
        stopped=bool(run.understood.get("stopped")),
        to_take=counts.get("new", 0) + counts.get("changed", 0),
        stages=_STAGES,
        subjects=_SUBJECTS,
        events=timeline(run),
    )
    return page, max(form.page_status, undoing.page_status)
