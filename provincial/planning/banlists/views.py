"""Paper lists of bans: choose the file, see what was understood, confirm; a second officer enforces."""

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
from provincial.office.journal.queries import timeline
from provincial.planning.banlists import actions, documents, queries
from provincial.planning.banlists.forms import UploadForm
from provincial.planning.banlists.importer import Checked, check
from provincial.planning.banlists.permissions import may_decide, may_import
from provincial.planning.banlists.queries import run_in_scope
from provincial.planning.integrity.queries import latest_policy
from provincial.planning.integrity.rules import CAUSES, BanPolicy
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, submission

blueprint = Blueprint("banlists", __name__)
#: Rows and findings that the page of a check shows; all of them are in the workbook.
_SHOWN = 200


@blueprint.route("/", methods=["GET", "POST"])
@requires(may_import)
def upload() -> ResponseReturnValue:
    """Choose the file."""
    who, form, findings = current_viewer(), UploadForm(), []
    if form.validate_on_submit():
        sent = form.file.data
        data, name = sent.read(), sent.filename or "bans"
        with submission(form) as done:
            run = imports.receive(
                queries.KIND,
                data,
                name,
                organisation_id=who.organisation_id,
                by=who,
                title=t("Training bans from a paper list"),
            )
            _record(run, check(data, name, _policy(), clock.today()))
            done.answer = url_for("banlists.show_run", run_id=run.id)
        if done:
            return redirect(done.answer, 303)
        findings = form.refused.findings if form.refused else []
    page = render_template(
        "planning/banlists/upload.html", form=form, findings=findings, policy=latest_policy()
    )
    return page, form.page_status


@blueprint.get("/template")
@requires(may_import)
def template() -> ResponseReturnValue:
    """The workbook to fill in."""
    return attachment(documents.template(), "限制名单模板.xlsx", XLSX)


@blueprint.get("/<int:run_id>")
@requires(may_decide, load=run_in_scope)
def show_run(run: ImportRun) -> ResponseReturnValue:
    """What was understood, and what became of it."""
    return _page(run)


@blueprint.post("/<int:run_id>/confirm")
@requires(may_decide, load=run_in_scope)
def confirm(run: ImportRun) -> ResponseReturnValue:
    """Check again, then propose and sign the bans of the good rows."""
    form, address = ConfirmForm(), url_for("banlists.show_run", run_id=run.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            _take(run, form)
        if done:
            flash(_("The bans are signed; a second officer puts them in force."), "good")
            return redirect(address, 303)
    return _page(run, confirming=form)


@blueprint.post("/<int:run_id>/enforce")
@requires(may_decide, load=run_in_scope, grave=True)
def enforce(run: ImportRun) -> ResponseReturnValue:
    """The second officer puts the whole list in force."""
    form, address = ConfirmForm(), url_for("banlists.show_run", run_id=run.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            actions.put_list_in_force(run, by=current_viewer(), now=clock.now())
        if done:
            flash(_("The bans are in force; teachers, schools and counties are told."), "good")
            return redirect(address, 303)
    return _page(run, enforcing=form)


@blueprint.post("/<int:run_id>/undo")
@requires(may_decide, load=run_in_scope)
def undo(run: ImportRun) -> ResponseReturnValue:
    """Take the whole list back."""
    form, address = ReasonForm(), url_for("banlists.show_run", run_id=run.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            actions.undo(run, form.reason.data or "", by=current_viewer())
        if done:
            flash(_("The import is undone; its bans are gone."), "good")
            return redirect(address, 303)
    return _page(run, undoing=form)


def _policy() -> BanPolicy:
    policy = latest_policy()
    if policy is None:
        raise Refusal(t("No plan with a training ban has been issued."), rule="HN-46")
    return policy


def _take(run: ImportRun, form: ConfirmForm) -> None:
    """Check again and write, in the transaction of the form."""
    if form.expected_version is not None and form.expected_version != run.version:
        raise Refusal(t("The workbook was checked again since. Look at the new result first."))
    checked = check(files.content(run.file), run.file.name, _policy(), clock.today())
    _record(run, checked)
    if checked.stops:
        raise Refusal(checked.stops[0].message, findings=checked.stops)
    if not checked.new:
        raise Refusal(t("No row of this list can be taken."))
    actions.take(run, checked.new, by=current_viewer())


def _record(run: ImportRun, checked: Checked) -> None:
    understood = {
        "rows": [row.as_data() for row in checked.rows[:_SHOWN]],
        "sheet": checked.sheet,
        "header_row": checked.header_row,
        "stopped": bool(checked.stops),
    }
    imports.record_check(run, understood, checked.findings, checked.counts)


def _page(
    run: ImportRun,
    *,
    confirming: ConfirmForm | None = None,
    enforcing: ConfirmForm | None = None,
    undoing: ReasonForm | None = None,
) -> ResponseReturnValue:
    shown: tuple[Form, ...] = (
        confirming or ConfirmForm(formdata=None),
        enforcing or ConfirmForm(formdata=None),
        undoing or ReasonForm(formdata=None),
    )
    for one in shown:
        if not one.errors:
            one.version.data = str(run.version)
    found, bans = imports.findings_of(run), queries.bans_of_run(run)
    waiting = [ban for ban in bans if ban.state == "proposed" and ban.asked == "sign"]
    page = render_template(
        "planning/banlists/run.html",
        run=run,
        state=RunState(run.state),
        confirming=shown[0],
        enforcing=shown[1],
        undoing=shown[2],
        findings=found[:_SHOWN],
        more=max(0, len(found) - _SHOWN),
        stopped=bool(run.understood.get("stopped")),
        waiting=len(waiting),
        barring=sum(ban.ends_on >= clock.today() for ban in waiting),
        settled=sum(ban.state != "proposed" for ban in bans),
        mine=any(ban.asked_by_id == current_viewer().user_id for ban in waiting),
        bans={(ban.teacher_id, ban.event_on.isoformat()): ban.id for ban in bans},
        causes=CAUSES,
        events=timeline(run),
    )
    return page, max(one.page_status for one in shown)
