"""Pages of yearly figures: the table of a year, one body, the spreadsheet in three steps."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.findings import blocking
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports import actions as exports
from provincial.office.files import queries as files
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.imports.queries import run_page
from provincial.people.figures import actions, documents, queries
from provincial.people.figures.forms import FiguresForm, UploadForm
from provincial.people.figures.importer import Checked, check
from provincial.people.figures.permissions import may_decide, may_write, may_write_for
from provincial.people.figures.queries import Wanted, run_in_scope
from provincial.people.figures.rules import (
    FIRST_YEAR,
    FLAGS,
    GRADES,
    LAST_YEAR,
    SOURCES,
    Figures,
)
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import body_in_scope, bureaus_below
from provincial.web.access import requires, signed_in
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, ReasonForm, submission
from provincial.web.steps import carried_out

blueprint = Blueprint("figures", __name__)


@blueprint.get("/")
@requires(signed_in)
def table() -> ResponseReturnValue:
    """The figures of a year of the bodies straight below one."""
    who = current_viewer()
    wanted = _wanted(who)
    page = queries.table(
        who, wanted, after=request.args.get("after", ""), before=request.args.get("before", "")
    )
    return render_template(
        "people/figures/table.html",
        page=page,
        wanted=wanted,
        years=sorted({wanted.year, clock.today().year, *queries.years()}, reverse=True),
        bureaus=bureaus_below(who),
        flags=FLAGS,
        grades=GRADES,
        sources=SOURCES,
        may_write=may_write(who),
    )


@blueprint.post("/workbook")
@requires(signed_in)
def workbook() -> ResponseReturnValue:
    """The same table as a workbook; filled in, it can be sent back."""
    who = current_viewer()
    wanted = _wanted(who)
    rows = queries.all_rows(who, wanted)
    with transaction():
        thing = (Organisation.__tablename__, wanted.below)
        what = t("Yearly figures %(year)s", year=wanted.year)
        exports.note("figures.export", thing, what, len(rows), asdict(wanted), by=who)
    data = documents.workbook(wanted.year, rows)
    return attachment(data, f"{wanted.year}年度数据.xlsx", XLSX)


def _load(viewer: Viewer, body_id: int, year: int) -> tuple[Organisation, int] | None:
    body = body_in_scope(viewer, body_id)
    return (body, year) if body is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def _may_edit(viewer: Viewer, place: tuple[Organisation, int]) -> bool:
    return may_write_for(viewer, place[0])


@blueprint.route("/<int:body_id>/<int:year>", methods=["GET", "POST"])
@requires(_may_edit, load=_load)
def edit(place: tuple[Organisation, int]) -> ResponseReturnValue:
    """Type in the figures of one body."""
    body, year = place
    row = queries.of_body(body, year)
    form = FiguresForm()
    if not form.is_submitted():
        form.show(queries.values_of(row) if row else Figures())
        form.version.data = str(row.version if row else 0)
    if form.validate_on_submit():
        with submission(form, url_for("figures.table", year=year)) as done:
            actions.put(
                body, year, form.figures(), by=current_viewer(), version=form.expected_version
            )
        if done:
            flash(_("Saved."), "good")
            return redirect(url_for("figures.table", year=year), 303)
    page = render_template("people/figures/edit.html", form=form, body=body, year=year)
    return page, form.page_status


@blueprint.route("/import", methods=["GET", "POST"])
@requires(may_write)
def upload() -> ResponseReturnValue:
    """Choose the file."""
    who = current_viewer()
    form = UploadForm()
    if not form.is_submitted():
        form.year.data = clock.today().year
    if form.validate_on_submit():
        sent, year = form.file.data, form.year.data or 0
        data, name = sent.read(), sent.filename or "figures"
        with submission(form) as done:
            run = imports.receive(
                actions.KIND,
                data,
                name,
                organisation_id=who.organisation_id,
                context={"year": year},
                by=who,
                title=t("Figures from a spreadsheet"),
            )
            _record(run, check(data, name, year, who))
            done.answer = url_for("figures.show_run", run_id=run.id)
        if done:
            return redirect(done.answer, 303)
    found = form.refused.findings if form.refused else []
    page = render_template("people/figures/upload.html", form=form, findings=found)
    return page, form.page_status


@blueprint.get("/import/<int:run_id>")
@requires(may_decide, load=run_in_scope)
def show_run(run: ImportRun) -> ResponseReturnValue:
    """What was understood, and what became of it."""
    return _page(run, ConfirmForm(), ReasonForm())


@blueprint.post("/import/<int:run_id>/confirm")
@requires(may_decide, load=run_in_scope)
def confirm(run: ImportRun) -> ResponseReturnValue:
    """Write the figures; the file is checked again first."""
    who, form = current_viewer(), ConfirmForm()
    year = int(run.context["year"])

    def act() -> None:
        checked = check(files.content(run.file), run.file.name, year, who)
        stops = blocking(checked.findings)
        if stops:
            raise Refusal(stops[0].message, findings=stops)
        rows = [(row.organisation_id, row.figures) for row in checked.rows]
        actions.confirm(run, year, rows, by=who, expected_version=form.expected_version)

    address = url_for("figures.show_run", run_id=run.id)
    done = carried_out(form, address, act, _("The figures are written."))
    return done or _page(run, form, ReasonForm())


@blueprint.post("/import/<int:run_id>/undo")
@requires(may_decide, load=run_in_scope)
def undo(run: ImportRun) -> ResponseReturnValue:
    """Put back what was there before."""
    form, who = ReasonForm(), current_viewer()
    done = carried_out(
        form,
        url_for("figures.show_run", run_id=run.id),
        lambda: actions.undo(run, form.reason.data or "", by=who),
        _("The import is undone; the figures are as before."),
    )
    return done or _page(run, ConfirmForm(), form)


def _wanted(who: Viewer) -> Wanted:
    year = request.args.get("year", type=int) or clock.today().year
    below = request.args.get("below", type=int) or who.organisation_id
    return Wanted(
        year=min(max(year, FIRST_YEAR), LAST_YEAR),
        below=below if 0 < below < 2**62 else who.organisation_id,
        sort=request.args.get("sort", ""),
    )


def _record(run: ImportRun, checked: Checked) -> None:
    understood = {"rows": [row.as_data() for row in checked.rows[:200]]}
    imports.record_check(run, understood, checked.findings, checked.counts)


def _page(run: ImportRun, form: ConfirmForm, undoing: ReasonForm) -> ResponseReturnValue:
    if not form.is_submitted():
        form.version.data = str(run.version)
    page = render_template("people/figures/run.html", form=form, undoing=undoing, **run_page(run))
    return page, max(form.page_status, undoing.page_status)
