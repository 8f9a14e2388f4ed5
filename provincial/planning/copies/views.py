"""Copies of a list: send one out as Excel or paper, bring it back, see the differences, merge."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.adapters.pdf import render_pdf
from provincial.adapters.services import services
from provincial.core import clock
from provincial.core.db import transaction
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import RunState
from provincial.office.journal.queries import timeline
from provincial.people.organisations.models import Organisation
from provincial.planning.copies import actions, documents, importer, permissions, queries
from provincial.planning.copies.forms import ReturnForm
from provincial.planning.copies.models import NominationCopy
from provincial.planning.namelists.queries import unit
from provincial.planning.nominations.queries import category_with_places
from provincial.planning.plans.models import ProjectCategory
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import PDF, XLSX, attachment
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("copies", __name__)
_SHOWN = 200


@blueprint.get("/<int:category_id>/copies")
@requires(permissions.may_send, load=category_with_places)
def list_copies(category: ProjectCategory) -> ResponseReturnValue:
    """The copies of the viewer's body that went out."""
    return _list(category, ConfirmForm(), ReturnForm())


def _list(category: ProjectCategory, sending: ConfirmForm, form: ReturnForm) -> ResponseReturnValue:
    page = render_template(
        "planning/copies/list.html",
        category=category,
        copies=queries.copies(category.id, current_viewer().organisation_id),
        sending=sending,
        form=form,
        findings=form.refused.findings if form.refused else [],
    )
    return page, max(sending.page_status, form.page_status)


def _body() -> Organisation:
    return unit(current_viewer().organisation_id)


@blueprint.post("/<int:category_id>/send-out")
@requires(permissions.may_send, load=category_with_places)
def send_out(category: ProjectCategory) -> ResponseReturnValue:
    """Make a copy of the list as it stands now."""
    form, address = ConfirmForm(), url_for("copies.list_copies", category_id=category.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            actions.send_out(category, _body(), by=current_viewer())
        if done:
            flash(_("The copy is ready; download it as Excel or paper."), "good")
            return redirect(address, 303)
    return _list(category, form, ReturnForm(formdata=None))


@blueprint.post("/copies/<int:copy_id>/workbook")
@requires(permissions.may_fetch, load=queries.copy_in_scope)
def workbook(copy: NominationCopy) -> ResponseReturnValue:
    """The copy as a workbook; taking it away is an event (R30)."""
    with transaction():
        actions.note_taken(copy, "Excel", by=current_viewer())
    data = documents.workbook(copy, documents.rows_of(copy))
    return attachment(data, f"推荐名单-{copy.number}.xlsx", XLSX)


@blueprint.post("/copies/<int:copy_id>/paper")
@requires(permissions.may_fetch, load=queries.copy_in_scope)
def paper(copy: NominationCopy) -> ResponseReturnValue:
    """The copy as a paper to write on; taking it away is an event (R30)."""
    with transaction():
        actions.note_taken(copy, "PDF", by=current_viewer())
    html = render_template(
        "papers/nomination_copy.html",
        title=documents.title_of(copy),
        rows=documents.rows_of(copy),
        sent=copy.created_at,
    )
    pdf = render_pdf(html, fonts=services().fonts)
    return attachment(pdf, f"推荐名单-{copy.number}.pdf", PDF)


@blueprint.post("/<int:category_id>/return")
@requires(permissions.may_send, load=category_with_places)
def bring_back(category: ProjectCategory) -> ResponseReturnValue:
    """Read a copy that came back; nothing is changed yet."""
    form = ReturnForm()
    if form.validate_on_submit():
        data, name = form.file.data.read(), form.file.data.filename or "copy"
        with submission(form) as done:
            run = importer.receive(data, name, category, by=current_viewer(), today=clock.today())
            done.answer = url_for("copies.show_run", run_id=run.id)
        if done:
            return redirect(done.answer, 303)
    return _list(category, ConfirmForm(formdata=None), form)


@blueprint.get("/copies/imports/<int:run_id>")
@requires(permissions.may_decide, load=queries.run_in_scope)
def show_run(run: ImportRun) -> ResponseReturnValue:
    """What a copy changes, and where it is stale."""
    return _page(run, ReasonForm())


@blueprint.post("/copies/imports/<int:run_id>/confirm")
@requires(permissions.may_decide, load=queries.run_in_scope)
def confirm(run: ImportRun) -> ResponseReturnValue:
    """Merge the rows without a clash."""
    form, address = ReasonForm(), url_for("copies.show_run", run_id=run.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            count = importer.take_in(
                run, form.reason.data or "", by=current_viewer(), today=clock.today()
            )
        if done:
            flash(_("%(count)s names are changed.", count=count), "good")
            return redirect(address, 303)
    return _page(run, form)


def _page(run: ImportRun, form: ReasonForm) -> ResponseReturnValue:
    found = imports.findings_of(run)
    page = render_template(
        "planning/copies/run.html",
        run=run,
        state=RunState(run.state),
        category=queries.category_of(run),
        form=form,
        findings=found[:_SHOWN],
        more=max(0, len(found) - _SHOWN),
        events=timeline(run),
    )
    return page, form.page_status
