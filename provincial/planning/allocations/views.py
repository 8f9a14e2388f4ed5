"""Pages of a province's table: bring it in, propose it, look at the difference, issue it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.findings import Finding, finding_from_data
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook as list_workbook
from provincial.office.files import queries as files
from provincial.office.imports import actions as imports
from provincial.office.imports import queries as runs
from provincial.office.imports.models import ImportRun
from provincial.office.journal.queries import timeline
from provincial.people.accounts.viewer import current_viewer
from provincial.planning.allocations import actions, documents, importer, queries
from provincial.planning.allocations import permissions as may
from provincial.planning.allocations.forms import GridForm, SubmitForm, UploadForm
from provincial.planning.allocations.jobs import TABLES
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.allocations.rules import TableState
from provincial.planning.ledger import queries as ledger
from provincial.planning.plans.models import ProjectCategory
from provincial.web.access import requires
from provincial.web.downloads import XLSX, attachment
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, ReasonForm, ids_from, submission

blueprint = Blueprint("allocations", __name__)


@blueprint.post("/export")
@requires(may.may_propose)
def export() -> ResponseReturnValue:
    """The categories and their tables as Excel."""
    who = current_viewer()
    with transaction():
        job = exports.request(TABLES, {}, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*list_workbook(TABLES, {}, by=who), XLSX)


@blueprint.get("/<int:category_id>")
@requires(may.may_propose_for, load=ledger.category_with_table)
def category(category: ProjectCategory) -> ResponseReturnValue:
    """A category's tables: the one in force, the one on its way, and the earlier ones."""
    return render_template(
        "planning/allocations/category.html",
        category=category,
        tables=queries.tables_of(category.id),
        open_table=queries.open_table(category.id),
        in_force=queries.view_of(category, queries.held_now(category)),
        start=ConfirmForm(),
    )


@blueprint.post("/<int:category_id>/template")
@requires(may.may_propose_for, load=ledger.category_with_table)
def template(category: ProjectCategory) -> ResponseReturnValue:
    """The workbook to fill in, with the table in force; an event of the journal (R30)."""
    cells = queries.held_now(category)
    _note_taken("allocations.export_template", category, category, cells)
    data = documents.workbook(category, cells)
    return attachment(data, f"{category.name}名额分配表.xlsx", XLSX)


def _note_taken(
    action: str, thing: object, category: ProjectCategory, cells: queries.Cells
) -> None:
    units = len({unit for unit, _project in cells})
    with transaction():
        asked = {"category": category.code}
        exports.note(action, thing, category.name, units, asked, by=current_viewer())


@blueprint.route("/<int:category_id>/import", methods=["GET", "POST"])
@requires(may.may_propose_for, load=ledger.category_with_table)
def upload(category: ProjectCategory) -> ResponseReturnValue:
    """Step 1: a workbook comes in and is read; nothing is saved to the table."""
    form = UploadForm()
    if form.validate_on_submit():
        data, name = form.file.data.read(), form.file.data.filename or ""
        with submission(form) as done:
            run = _receive(category, data, name)
            done.answer = url_for("allocations.check", run_id=run.id)
        if done:
            return redirect(done.answer, 303)
    page = render_template("planning/allocations/upload.html", form=form, category=category)
    return page, form.page_status


def _receive(category: ProjectCategory, data: bytes, name: str) -> ImportRun:
    who = current_viewer()
    run = imports.receive(
        queries.KIND,
        data,
        name,
        organisation_id=who.organisation_id,
        context={"category": category.id},
        by=who,
    )
    understood = importer.understand(category, data, name)
    kept = {"cells": queries.as_data(importer.wanted(category, understood.table))}
    imports.record_check(run, kept, understood.findings, understood.counts)
    return run


@blueprint.get("/imports/<int:run_id>")
@requires(may.may_propose_for, load=queries.run_of_table)
def check(run: ImportRun) -> ResponseReturnValue:
    """Step 2: unit by unit what was understood, and what would change."""
    category = queries.category_of(run)
    cells = queries.cells_from(run.understood["cells"])
    supply = queries.supply(category, cells)
    found = [*imports.findings_of(run), *([supply] if supply else [])]
    form = ConfirmForm(version=run.version)
    return render_template(
        "planning/allocations/check.html",
        run=run,
        category=category,
        found=found,
        verdict=runs.verdict(found),
        view=queries.view_of(category, cells),
        form=form,
        confirm_url=url_for("allocations.confirm", run_id=run.id),
        discard_url=url_for("imports.discard", run_id=run.id),
    )


@blueprint.post("/imports/<int:run_id>/confirm")
@requires(may.may_propose_for, load=queries.run_of_table)
def confirm(run: ImportRun) -> ResponseReturnValue:
    """Step 3: read again, and keep it as a draft table."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with submission(form) as done:
            table = _confirm(run)
            done.answer = url_for("allocations.show", table_id=table.id)
        if done:
            flash(_("The table is kept as a draft. Submit it to the second officer."), "good")
            return redirect(done.answer, 303)
    for message in form.form_errors:
        flash(message, "blocked")
    return redirect(url_for("allocations.check", run_id=run.id), 303)


def _confirm(run: ImportRun) -> QuotaTable:
    category = queries.category_of(run)
    understood = importer.understand(category, files.content(run.file), run.file.name)
    cells = importer.wanted(category, understood.table)
    imports.record_check(
        run, {"cells": queries.as_data(cells)}, understood.findings, understood.counts
    )
    return actions.prepare(
        category, cells, "import", by=current_viewer(), findings=understood.findings, run=run
    )


@blueprint.post("/<int:category_id>/start")
@requires(may.may_propose_for, load=ledger.category_with_table)
def start(category: ProjectCategory) -> ResponseReturnValue:
    """Begin a table by hand, from the one in force."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with submission(form) as done:
            table = actions.prepare(
                category, queries.held_now(category), "form", by=current_viewer()
            )
            done.answer = url_for("allocations.edit", table_id=table.id)
        if done:
            return redirect(done.answer, 303)
    for message in form.form_errors:
        flash(message, "blocked")
    return redirect(url_for("allocations.category", category_id=category.id), 303)


@blueprint.get("/tables/<int:table_id>")
@requires(may.may_see_table, load=queries.table_by_id)
def show(table: QuotaTable) -> ResponseReturnValue:
    """A table: its figures beside those in force, what differs, and what may be done now."""
    return _page(table)


#: Obstacles of an undo that are named one by one; the rows below show them all.
_NAMED = 5
#: States in which a table is still to be issued.
_ON_ITS_WAY = (TableState.DRAFT, TableState.SUBMITTED)


def _page(table: QuotaTable, form: SubmitForm | None = None) -> ResponseReturnValue:
    who = current_viewer()
    reasons = form or SubmitForm(formdata=None, reason=table.reason, version=table.version)
    cells = queries.cells_of(table)
    page = render_template(
        "planning/allocations/table.html",
        table=table,
        category=table.category,
        view=queries.view_of(table.category, cells),
        supply=queries.supply(table.category, cells) if may.may_edit_table(who, table) else None,
        found=[finding_from_data(data) for data in table.findings],
        blocked=queries.in_the_way(table.category, cells) if table.state in _ON_ITS_WAY else [],
        form=reasons,
        why=ReasonForm(formdata=None, version=table.version),
        may_edit=may.may_edit_table(who, table),
        may_issue=may.may_issue(who, table),
        may_undo=may.may_undo_table(who, table),
        rows=queries.undo_rows(table),
        events=timeline(table),
    )
    return page, reasons.page_status


@blueprint.post("/tables/<int:table_id>/workbook")
@requires(may.may_see_table, load=queries.table_by_id)
def workbook(table: QuotaTable) -> ResponseReturnValue:
    """The table as a workbook; it can be changed and brought in again."""
    cells = queries.cells_of(table)
    _note_taken("allocations.export_table", table, table.category, cells)
    data = documents.workbook(table.category, cells)
    return attachment(data, f"{table.category.name}名额分配表-{table.id}.xlsx", XLSX)


@blueprint.route("/tables/<int:table_id>/edit", methods=["GET", "POST"])
@requires(may.may_edit_table, load=queries.table_by_id)
def edit(table: QuotaTable) -> ResponseReturnValue:
    """The figures of a draft in a grid."""
    form = GridForm(version=table.version)
    view = queries.view_of(table.category, queries.cells_of(table))
    if form.validate_on_submit():
        figures = form.read(view.input_names)
        if not form.errors_by_cell:
            with submission(form, url_for("allocations.show", table_id=table.id)) as done:
                actions.edit(
                    table,
                    view.cells_from(figures),
                    by=current_viewer(),
                    expected_version=form.expected_version,
                )
            if done:
                flash(_("The table is saved."), "good")
                return redirect(url_for("allocations.show", table_id=table.id), 303)
    page = render_template(
        "planning/allocations/edit.html",
        table=table,
        category=table.category,
        form=form,
        grid=view.as_grid(request.form if form.is_submitted() else None, form.errors_by_cell),
        mine=request.form if form.stale else None,
    )
    return page, form.page_status


@blueprint.post("/tables/<int:table_id>/submit")
@requires(may.may_edit_table, load=queries.table_by_id)
def submit(table: QuotaTable) -> ResponseReturnValue:
    """Hand the table to the second officer."""
    form = SubmitForm()
    if form.validate_on_submit():
        with submission(form, url_for("allocations.show", table_id=table.id)) as done:
            actions.submit(table, reason=form.reason.data or "", by=current_viewer())
        if done:
            flash(_("The table waits for the second officer."), "good")
            return redirect(url_for("allocations.show", table_id=table.id), 303)
    return _page(table, form)


@blueprint.post("/tables/<int:table_id>/return")
@requires(may.may_edit_table, load=queries.table_by_id)
def return_to_draft(table: QuotaTable) -> ResponseReturnValue:
    """Give the table back to its maker."""
    return _with_reason(table, actions.return_to_draft, _("The table is a draft again."))


@blueprint.post("/tables/<int:table_id>/withdraw")
@requires(may.may_edit_table, load=queries.table_by_id)
def withdraw(table: QuotaTable) -> ResponseReturnValue:
    """Put the table aside."""
    return _with_reason(table, actions.withdraw, _("The table is withdrawn."))


def _with_reason(table: QuotaTable, act: object, said: str) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit():
        with submission(form, url_for("allocations.show", table_id=table.id)) as done:
            act(table, reason=form.reason.data, by=current_viewer())  # type: ignore[operator]
        if done:
            flash(said, "good")
            return redirect(url_for("allocations.show", table_id=table.id), 303)
    _flash_errors(form)
    return redirect(url_for("allocations.show", table_id=table.id), 303)


def _flash_obstacles(found: Sequence[Finding]) -> None:
    """The first obstacles by name, how many more there are, and the way that is left."""
    for finding in found[:_NAMED]:
        flash(translate(finding.message), "blocked")
    more = len(found) - _NAMED
    if more > 0:
        flash(ngettext("%(num)s more of this kind", "%(num)s more of this kind", more), "blocked")
    flash(_("Rows on which nothing builds can still be taken back: tick them below."))


def _flash_errors(form: ReasonForm | ConfirmForm) -> None:
    for message in [*form.form_errors, *(m for field in form for m in field.errors)]:
        flash(str(message), "blocked")


@blueprint.post("/tables/<int:table_id>/issue")
@requires(may.may_issue, load=queries.table_by_id, grave=True)
def issue(table: QuotaTable) -> ResponseReturnValue:
    """The second officer issues: places are booked, letters written, everybody told."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with submission(form, url_for("allocations.show", table_id=table.id)) as done:
            actions.issue(
                table,
                by=current_viewer(),
                on=clock.today(),
                expected_version=form.expected_version,
            )
        if done:
            flash(_("The table is issued. The letters are being laid out."), "good")
            return redirect(url_for("allocations.show", table_id=table.id), 303)
    _flash_errors(form)
    return redirect(url_for("allocations.show", table_id=table.id), 303)


@blueprint.post("/tables/<int:table_id>/undo")
@requires(may.may_undo_table, load=queries.table_by_id, grave=True)
def undo(table: QuotaTable) -> ResponseReturnValue:
    """Take an issued table back, whole or the rows that were ticked."""
    form = ReasonForm()
    ticked = request.form.getlist("row")
    chosen = ids_from(ticked)
    if form.validate_on_submit():
        with submission(form, url_for("allocations.show", table_id=table.id)) as done:
            actions.undo(
                table,
                reason=form.reason.data or "",
                by=current_viewer(),
                on=clock.today(),
                entry_ids=chosen if ticked else None,
            )
        if done:
            flash(_("Taken back. Those concerned were told."), "good")
    if form.refused:
        _flash_obstacles(form.refused.as_findings())
    else:
        _flash_errors(form)
    return redirect(url_for("allocations.show", table_id=table.id), 303)


@blueprint.get("/")
@requires(may.may_propose)
def list_categories() -> ResponseReturnValue:
    """Every category that hands out places by a table, with where its table stands."""
    return render_template("planning/allocations/list.html", rows=queries.categories())
