"""Pages of lists: all, one, handing in, the stamped twin, the province's decision."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from provincial.adapters.pdf import page_count
from provincial.adapters.pdf_check import page_picture
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook as workbook_of
from provincial.office.files import queries as files
from provincial.office.journal.queries import timeline
from provincial.office.papers.rules import shown_code
from provincial.people.accounts.viewer import current_viewer
from provincial.planning.lists import actions, documents, permissions, queries, rules
from provincial.planning.lists.forms import DecideForm, StampForm, SubmitForm
from provincial.planning.lists.jobs import LISTS, wanted_as_data
from provincial.planning.nominations.models import NominationList
from provincial.planning.nominations.queries import category_with_places
from provincial.planning.nominations.rules import Channel, ListState
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.signing.actions import Outcome
from provincial.web.access import requires
from provincial.web.downloads import PDF, XLSX, attachment, picture
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, ids_from, submission

blueprint = Blueprint("lists", __name__)


@blueprint.get("/")
@requires(permissions.may_look)
def list_lists() -> ResponseReturnValue:
    """Lists in the viewer's scope, the newest first, and what could be handed in now."""
    viewer = current_viewer()
    wanted = _filter()
    return render_template(
        "planning/lists/list.html",
        page=queries.page(
            viewer,
            wanted,
            after=request.args.get("after", ""),
            before=request.args.get("before", ""),
        ),
        wanted=wanted,
        categories=queries.categories(viewer),
        to_submit=queries.to_submit(viewer),
        decides=permissions.decides(viewer),
        states=list(ListState),
    )


@blueprint.post("/export")
@requires(permissions.may_look)
def export() -> ResponseReturnValue:
    """The filtered list of lists as a workbook; a long one as a job."""
    who, wanted = current_viewer(), wanted_as_data(_filter())
    with transaction():
        job = exports.request(LISTS, wanted, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook_of(LISTS, wanted, by=who), XLSX)


def _filter() -> queries.Wanted:
    return queries.Wanted(
        request.args.get("category", 0, type=int),
        request.args.get("state", "")[:12],
        request.args.get("channel", "")[:10],
        request.args.get("q", "").strip()[:60],
    )


@blueprint.route("/submit/<int:category_id>", methods=["GET", "POST"])
@requires(permissions.may_submit_for, load=category_with_places)
def submit(category: ProjectCategory) -> ResponseReturnValue:
    """Hand the names at the desk to the province: all that wait, or those ticked."""
    viewer, now = current_viewer(), clock.now()
    channel = Channel.GREEN if request.values.get("channel") == "green" else Channel.REGULAR
    names = queries.names_at(viewer.organisation_id, category.id, channel)
    form = SubmitForm()
    ticked = _ticked() if request.method == "POST" else {one.id for one in names}
    if form.validate_on_submit():
        with submission(form) as done:
            chosen = [one for one in names if one.id in ticked]
            handed_in = actions.submit(category, chosen, channel, by=viewer, now=now)
            done.answer = url_for("lists.show", list_id=handed_in.id)
        if done:
            flash(_("The list is handed in; its paper is being laid out."), "good")
            return redirect(done.answer, 303)
    return render_template(
        "planning/lists/submit.html",
        form=form,
        category=category,
        channel=channel,
        names=names,
        ticked=ticked,
        desk=queries.desk(viewer, category, names, now),
        totals=queries.totals(category.id, viewer.organisation_id, channel, names),
        county_of=documents.county_of,
        found=form.refused.findings if form.refused else [],
    ), form.page_status


def _ticked() -> set[int]:
    return set(ids_from(request.form.getlist("name")))


@blueprint.get("/<int:list_id>")
@requires(permissions.may_see_list, load=queries.list_in_scope)
def show(handed_in: NominationList) -> ResponseReturnValue:
    """One list: facts, names, its paper, its stamped twin, what may be done now."""
    return _page(handed_in)


def _page(handed_in: NominationList, refused: Form | None = None) -> ResponseReturnValue:
    viewer = current_viewer()
    names = queries.names_of(handed_in)
    paper = handed_in.paper
    pages = page_count(files.content(paper.file)) if paper and paper.file else None
    page = render_template(
        "planning/lists/show.html",
        handed_in=handed_in,
        names=names,
        reasons=queries.last_reasons(names),
        off_paper=queries.off_paper(handed_in, names),
        totals=queries.totals(
            handed_in.category_id,
            handed_in.organisation_id,
            Channel(handed_in.channel),
            [one for one in names if one.status in rules.ON_LIST],
        ),
        steps={step.action for step in permissions.steps(viewer, handed_in)},
        may_renew=permissions.may_renew(viewer, handed_in) and not viewer.read_only,
        paper=paper,
        pages=pages,
        code=shown_code(paper.code) if paper else "",
        versions=queries.versions(handed_in),
        county_of=documents.county_of,
        form=refused or ReasonForm(formdata=None),
        confirm_form=ConfirmForm(formdata=None),
        events=timeline(handed_in),
    )
    return page, refused.page_status if refused else 200


@blueprint.post("/<int:list_id>/workbook")
@requires(permissions.may_see_list, load=queries.list_in_scope)
def workbook(handed_in: NominationList) -> ResponseReturnValue:
    """The names of a list as a workbook, ID numbers masked (R7)."""
    names = queries.names_of(handed_in)
    lines = [documents.row_of(n, one) for n, one in enumerate(names, start=1)]
    title = handed_in.paper.number if handed_in.paper else ""
    with transaction():
        exports.note("lists.export", handed_in, title, len(lines), {}, by=current_viewer())
    return attachment(documents.names_workbook(title, lines), f"{title}.xlsx", XLSX)


@blueprint.route("/<int:list_id>/stamp", methods=["GET", "POST"])
@requires(permissions.is_own, load=queries.list_in_scope)
def stamp(handed_in: NominationList) -> ResponseReturnValue:
    """Upload the stamped or e-sealed PDF of the list's paper."""
    form = StampForm()
    if form.validate_on_submit():
        data, name = form.file.data.read(), form.file.data.filename or ""
        with submission(form, url_for("lists.show", list_id=handed_in.id)) as done:
            actions.stamp(
                handed_in,
                data,
                name,
                form.code.data or "",
                by=current_viewer(),
                now=clock.now(),
            )
        if done:
            flash(_("The stamped list is in; it belongs to this paper."), "good")
            return redirect(url_for("lists.show", list_id=handed_in.id), 303)
    page = render_template(
        "planning/lists/stamp.html", form=form, handed_in=handed_in, paper=handed_in.paper
    )
    return page, form.page_status


@blueprint.get("/<int:list_id>/stamped")
@requires(permissions.may_see_list, load=queries.list_in_scope)
def stamped(handed_in: NominationList) -> ResponseReturnValue:
    """The stamped file, byte for byte as it came (R18)."""
    if handed_in.stamped is None:
        abort(404)
    return attachment(files.content(handed_in.stamped), handed_in.stamped.name, PDF)


@blueprint.get("/<int:list_id>/stamped.png")
@requires(permissions.may_see_list, load=queries.list_in_scope)
def stamped_page(handed_in: NominationList) -> ResponseReturnValue:
    """A picture of the stamped file's first page, drawn in the fenced process (R18)."""
    if handed_in.stamped is None:
        abort(404)
    try:
        return picture(page_picture(files.content(handed_in.stamped)))
    except Refusal:
        abort(404)


@blueprint.route("/<int:list_id>/decide", methods=["GET", "POST"])
@requires(permissions.may_decide, load=queries.list_in_scope)
def decide(handed_in: NominationList) -> ResponseReturnValue:
    """The province confirms, approves for the green channel, or returns: all names or those ticked."""
    form = DecideForm()
    act = request.form.get("act", "")
    if form.validate_on_submit():
        said = ""
        with submission(form, url_for("lists.decide", list_id=handed_in.id)) as done:
            said = _decide(handed_in, act, _ticked(), form.reason.data or "")
        if done:
            flash(said, "good")
            waiting = any(one.status in rules.WAITING for one in queries.names_of(handed_in))
            goal = "lists.decide" if waiting else "lists.show"
            return redirect(url_for(goal, list_id=handed_in.id), 303)
    names = [one for one in queries.names_of(handed_in) if one.status in rules.WAITING]
    page = render_template(
        "planning/lists/decide.html",
        form=form,
        handed_in=handed_in,
        names=names,
        ticked=_ticked() if request.method == "POST" else {one.id for one in names},
        pending=sum(1 for one in names if one.status == "green_pending"),
        steps={step.action for step in permissions.steps(current_viewer(), handed_in)},
        county_of=documents.county_of,
        found=form.refused.findings if form.refused else [],
    )
    return page, form.page_status


def _decide(handed_in: NominationList, act: str, ids: Collection[int], reason: str) -> str:
    """Take the step that the button names; answers with the sentence to show."""
    by, now = current_viewer(), clock.now()
    if act == "return":
        gone = actions.send_back(handed_in, ids, reason, by=by, now=now)
        return str(
            ngettext("%(num)s name was returned.", "%(num)s names were returned.", len(gone))
        )
    if act == "green":
        outcome = actions.approve_green(handed_in, ids, by=by, now=now)
        return str(
            ngettext(
                "%(num)s name is approved for the green channel.",
                "%(num)s names are approved for the green channel.",
                len(outcome.passed),
            )
        )
    outcome = actions.accept(handed_in, ids, by=by, now=now)
    _tell_held_back(outcome)
    n = len(outcome.passed)
    return str(ngettext("%(num)s name is confirmed.", "%(num)s names are confirmed.", n))


def _tell_held_back(outcome: Outcome) -> None:
    for _one, finding in outcome.held_back[:8]:
        flash(translate(finding.message), "attention")
    more = len(outcome.held_back) - 8
    if more > 0:
        flash(ngettext("%(num)s more stays.", "%(num)s more stay.", more), "attention")


@blueprint.post("/<int:list_id>/withdraw")
@requires(permissions.is_own, load=queries.list_in_scope)
def withdraw(handed_in: NominationList) -> ResponseReturnValue:
    """Take the submission back while the province has not begun."""
    form = ReasonForm()
    if form.validate_on_submit():
        with submission(form, url_for("lists.show", list_id=handed_in.id)) as done:
            actions.withdraw(
                handed_in, form.reason.data or "", by=current_viewer(), now=clock.now()
            )
        if done:
            flash(_("The list is taken back; its names wait at your desk."), "good")
            return redirect(url_for("lists.show", list_id=handed_in.id), 303)
    return _page(handed_in, form)


@blueprint.post("/<int:list_id>/reopen")
@requires(permissions.may_decide, load=queries.list_in_scope)
def reopen(handed_in: NominationList) -> ResponseReturnValue:
    """Take the province's confirmation of a whole list back."""
    form = ReasonForm()
    if form.validate_on_submit():
        with submission(form, url_for("lists.show", list_id=handed_in.id)) as done:
            actions.reopen(handed_in, form.reason.data or "", by=current_viewer(), now=clock.now())
        if done:
            flash(_("The confirmation is taken back."), "good")
            return redirect(url_for("lists.show", list_id=handed_in.id), 303)
    return _page(handed_in, form)


@blueprint.post("/<int:list_id>/renew")
@requires(permissions.may_renew, load=queries.list_in_scope)
def renew(handed_in: NominationList) -> ResponseReturnValue:
    """Issue the paper anew, without the names that have left the list since."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with submission(form, url_for("lists.show", list_id=handed_in.id)) as done:
            actions.renew(handed_in, by=current_viewer(), on=clock.today())
        if done:
            flash(_("The paper is issued anew; the old one verifies as replaced."), "good")
            return redirect(url_for("lists.show", list_id=handed_in.id), 303)
    for message in form.form_errors:
        flash(str(message), "blocked")
    return redirect(url_for("lists.show", list_id=handed_in.id), 303)
