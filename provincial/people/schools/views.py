"""Three steps: choose the file, see what was understood, confirm. Undo while nothing builds on it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.findings import blocking
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.office.files import queries as files
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.imports.queries import run_page
from provincial.office.jobs.actions import enqueue
from provincial.people.organisations.rules import STAGES
from provincial.people.schools import actions, documents
from provincial.people.schools.forms import UploadForm
from provincial.people.schools.importer import Checked, check, new_rows
from provincial.people.schools.permissions import may_decide, may_import
from provincial.people.schools.queries import run_in_scope
from provincial.people.schools.rules import ROWS_AT_ONCE
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, ReasonForm, submission
from provincial.web.steps import carried_out

blueprint = Blueprint("schools", __name__)
#: Rows that the page of a check shows; all of them are in the workbook.
_SHOWN = 200


@blueprint.route("/import", methods=["GET", "POST"])
@requires(may_import)
def upload() -> ResponseReturnValue:
    """Choose the file."""
    who = current_viewer()
    form = UploadForm()
    findings = []
    if form.validate_on_submit():
        sent = form.file.data
        data, name = sent.read(), sent.filename or "schools"
        with submission(form) as done:
            run = imports.receive(
                actions.KIND,
                data,
                name,
                organisation_id=who.organisation_id,
                by=who,
                title=t("Schools from a spreadsheet"),
            )
            _record(run, check(data, name, who))
            done.answer = url_for("schools.show_run", run_id=run.id)
        if done:
            return redirect(done.answer, 303)
        findings = form.refused.findings if form.refused else []
    page = render_template("people/schools/upload.html", form=form, findings=findings)
    return page, form.page_status


@blueprint.get("/import/template")
@requires(may_import)
def template() -> ResponseReturnValue:
    """The workbook to fill in."""
    return attachment(documents.template(), "学校名单模板.xlsx", XLSX)


@blueprint.get("/import/<int:run_id>")
@requires(may_decide, load=run_in_scope)
def show_run(run: ImportRun) -> ResponseReturnValue:
    """What was understood, and what became of it."""
    return _page(run, ConfirmForm(), ReasonForm())


@blueprint.post("/import/<int:run_id>/confirm")
@requires(may_decide, load=run_in_scope)
def confirm(run: ImportRun) -> ResponseReturnValue:
    """Register the schools; a long list as a job."""
    who, form = current_viewer(), ConfirmForm()
    address = url_for("schools.show_run", run_id=run.id)
    long = run.counts.get("rows", 0) > ROWS_AT_ONCE
    told = _("The schools are registered.")
    if long:
        told = _("The schools are being written; you may leave this page.")

    def act() -> None:
        if long:
            args = {"run_id": run.id, "url": address}
            enqueue("schools.write", t("Schools from a spreadsheet"), by=who, args=args)
        else:
            _write(run, form)

    return carried_out(form, address, act, told) or _page(run, form, ReasonForm())


@blueprint.post("/import/<int:run_id>/undo")
@requires(may_decide, load=run_in_scope)
def undo(run: ImportRun) -> ResponseReturnValue:
    """Take the whole import back."""
    form, who = ReasonForm(), current_viewer()
    done = carried_out(
        form,
        url_for("schools.show_run", run_id=run.id),
        lambda: actions.undo(run, form.reason.data or "", by=who),
        _("The import is undone; the schools are gone."),
    )
    return done or _page(run, ConfirmForm(), form)


def _write(run: ImportRun, form: ConfirmForm) -> None:
    """Check again and write, in the transaction of the form."""
    who = current_viewer()
    if form.expected_version is not None and form.expected_version != run.version:
        raise Refusal(t("The workbook was checked again since. Look at the new result first."))
    checked = check(files.content(run.file), run.file.name, who)
    _record(run, checked)
    stops = blocking(checked.findings)
    if stops:
        raise Refusal(stops[0].message, findings=stops)
    new = new_rows(checked.rows)
    actions.register_rows(new, on=clock.today(), by=who)
    changed = [row for row in checked.rows if row.verdict == "changed"]
    actions.confirm(run, new, actions.change_rows(changed, by=who), by=who)


def _record(run: ImportRun, checked: Checked) -> None:
    understood = {
        "rows": [row.as_data() for row in checked.rows[:_SHOWN]],
        "new": [row.code for row in checked.rows if row.verdict == "new"],
    }
    imports.record_check(run, understood, checked.findings, checked.counts)


def _page(run: ImportRun, form: ConfirmForm, undoing: ReasonForm) -> ResponseReturnValue:
    if not form.is_submitted():
        form.version.data = str(run.version)
    page = render_template(
        "people/schools/run.html", form=form, undoing=undoing, stages=STAGES, **run_page(run)
    )
    return page, max(form.page_status, undoing.page_status)
