"""Pages of a split by spreadsheet: the workbook, bringing it in, the check, booking it, undoing it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.office.exports import actions as exports
from provincial.office.files import queries as files
from provincial.office.imports import actions as imports
from provincial.office.imports import queries as runs
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import RunState
from provincial.people.accounts.viewer import current_viewer
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.ledger.permissions import may_see
from provincial.planning.ledger.queries import sheet_in_scope
from provincial.planning.quotas import actions
from provincial.planning.quotas.permissions import may_split
from provincial.planning.quotas.queries import children_of
from provincial.planning.workbooks import importer, queries
from provincial.planning.workbooks import permissions as may
from provincial.planning.workbooks.forms import UploadForm
from provincial.planning.workbooks.permissions import SplitRun
from provincial.planning.workbooks.rules import KIND
from provincial.web.access import requires
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, submission

blueprint = Blueprint("workbooks", __name__)


@blueprint.post("/sheets/<int:sheet_id>/workbook")
@requires(may_see, load=sheet_in_scope)
def workbook(sheet: QuotaSheet) -> ResponseReturnValue:
    """The sheet as a workbook: the template, with what stands now."""
    name = f"{sheet.organisation.name}{sheet.category.name}名额分解表.xlsx"
    data = importer.workbook(sheet)
    with transaction():
        exports.note(
            "workbooks.export",
            sheet,
            sheet.category.name,
            len(children_of(sheet)),
            {"body": sheet.organisation.code},
            by=current_viewer(),
            org_path=sheet.organisation.quota_path,
        )
    return attachment(data, name, XLSX)


@blueprint.route("/sheets/<int:sheet_id>/import", methods=["GET", "POST"])
@requires(may_split, load=sheet_in_scope)
def upload(sheet: QuotaSheet) -> ResponseReturnValue:
    """Step 1: a workbook comes in and is read; nothing is booked."""
    form = UploadForm()
    if form.validate_on_submit():
        data, name = form.file.data.read(), form.file.data.filename or ""
        with submission(form) as done:
            run = _receive(sheet, data, name)
            done.answer = url_for("workbooks.check", run_id=run.id)
        if done:
            return redirect(done.answer, 303)
    page = render_template("planning/workbooks/upload.html", form=form, sheet=sheet)
    return page, form.page_status


def _receive(sheet: QuotaSheet, data: bytes, name: str) -> ImportRun:
    who = current_viewer()
    run = imports.receive(
        KIND,
        data,
        name,
        organisation_id=who.organisation_id,
        context={"sheet": sheet.id},
        by=who,
        title=t("Split of the places of %(body)s", body=sheet.organisation.name),
    )
    reading = importer.read(sheet, data, name)
    imports.record_check(run, reading.kept(), reading.findings, reading.counts)
    return run


@blueprint.get("/imports/<int:run_id>")
@requires(may.may_see_run, load=queries.split_run)
def check(found: SplitRun) -> ResponseReturnValue:
    """Step 2: unit by unit what was understood, and cell by cell what would change."""
    return _check_page(found, ConfirmForm(version=found.run.version))


def _check_page(found: SplitRun, form: ConfirmForm) -> ResponseReturnValue:
    findings = imports.findings_of(found.run)
    page = render_template(
        "planning/workbooks/check.html",
        run=found.run,
        sheet=found.sheet,
        findings_found=findings,
        verdict=runs.verdict(findings),
        understood=queries.understood(found.run, found.sheet),
        batch=queries.batch_of(found.run),
        waits=found.run.status is RunState.CHECKED,
        may_confirm=may.may_confirm(current_viewer(), found),
        form=form,
    )
    return page, form.page_status


@blueprint.post("/imports/<int:run_id>/confirm")
@requires(may.may_confirm, load=queries.split_run)
def confirm(found: SplitRun) -> ResponseReturnValue:
    """Step 3: read again under the lock of the sheet, and book one split."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with submission(form) as done:
            done.answer = _book(found, form.expected_version)
        if done:
            flash(_("The split is booked."), "good")
            return redirect(done.answer, 303)
    return _check_page(found, form)


def _book(found: SplitRun, expected_version: int | None) -> str:
    """Check the workbook once more and book it; the address of the act."""
    run, sheet = found.run, found.sheet
    reading = importer.read(sheet, files.content(run.file), run.file.name)
    version = run.version
    imports.record_check(run, reading.kept(), reading.findings, reading.counts)
    if expected_version is not None and expected_version == version:
        expected_version = run.version
    imports.confirm(
        run, {"sheet": sheet.id}, by=current_viewer(), expected_version=expected_version
    )
    batch = actions.split(
        sheet, reading.wanted, by=current_viewer(), now=clock.now(), import_run_id=run.id
    )
    if batch is None:
        raise Refusal(t("The workbook changes nothing."))
    return url_for("quotas.batch", batch_id=batch.id)
