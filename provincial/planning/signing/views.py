"""Pages of a desk: what waits there, many names at once; and the same steps on one name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from provincial.core import clock
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.people.accounts.viewer import current_viewer
from provincial.people.teachers.queries import id_number_of
from provincial.people.teachers.rules import masked_id
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.queries import category_with_places, rulebook
from provincial.planning.nominations.queries import nomination_in_scope as in_scope
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.quotas.queries import sources_of
from provincial.planning.signing import actions, permissions, queries
from provincial.planning.signing.actions import Outcome
from provincial.planning.signing.forms import DeskForm
from provincial.web.access import requires
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, ids_from, submission

blueprint = Blueprint("signing", __name__)
#: The pages of a later room where a city hands its list in, and where the province decides.
SUBMIT_LIST, LISTS = "lists.submit", "lists.list_lists"
_F = TypeVar("_F", bound=Form)
#: Names held back that the answer tells one by one.
_TOLD = 5


@blueprint.get("/<int:category_id>/desk")
@requires(permissions.may_open_desk, load=category_with_places)
def desk(category: ProjectCategory) -> ResponseReturnValue:
    """What waits at the viewer's desk, project by project."""
    ticked = set(ids_from(request.args.getlist("nomination")))
    return _desk(category, DeskForm(), ticked)


@blueprint.post("/<int:category_id>/desk")
@requires(permissions.may_open_desk, load=category_with_places)
def decide(category: ProjectCategory) -> ResponseReturnValue:
    """Sign, return or refuse the ticked names."""
    form, viewer = DeskForm(), current_viewer()
    ticked = ids_from(request.form.getlist("nomination"))
    outcome = Outcome()
    if form.validate_on_submit():
        with submission(form, request.full_path.rstrip("?")) as done:
            names = queries.waiting_here(viewer, category.id, ticked)
            if not names:
                raise Refusal(t("Tick the names first."))
            outcome = _decide(names, request.form.get("act", ""), form.reason.data or "")
        if done:
            _tell(outcome)
            return redirect(request.full_path.rstrip("?"), 303)
    return _desk(category, form, set(ticked))


def _decide(names: list[Nomination], act: str, reason: str) -> Outcome:
    """What the pressed button says; a page that sends none of them signs nothing."""
    viewer, now = current_viewer(), clock.now()
    if act == "return":
        return actions.send_back_many(names, reason, by=viewer, now=now)
    if act == "refuse":
        return actions.refuse_many(names, reason, by=viewer)
    if act != "sign":
        raise Refusal(t("Choose what to do with the ticked names."))
    able = [one for one in names if permissions.may_sign(viewer, one)]
    if not able:
        raise Refusal(t("City and province act on whole lists; nothing was signed."), rule="HN-40")
    return actions.pass_on(able, by=viewer, now=now)


def _tell(outcome: Outcome) -> None:
    """Say how many were passed on, and why the others were held back."""
    n = len(outcome.passed)
    flash(ngettext("%(num)s name: done.", "%(num)s names: done.", n), "good" if n else "")
    for nomination, finding in outcome.held_back[:_TOLD]:
        words = _("%(name)s was held back", name=nomination.teacher.name)
        flash(f"{words}: {translate(finding.message)}", "attention")
    more = len(outcome.held_back) - _TOLD
    if more > 0:
        flash(_("%(n)s more were held back.", n=more), "attention")


def _desk(category: ProjectCategory, form: DeskForm, ticked: set[int]) -> ResponseReturnValue:
    project = request.args.get("project", 0, type=int)
    chosen = project if 0 < project < 2**62 else None
    found = queries.desk(current_viewer(), category, chosen, clock.today())
    if request.args.get("ticked") == "all":
        ticked = ticked or {row.id for row, tick in found.rows if tick.any}
    rules = {finding.rule for row, tick in found.rows for finding in tick.stops}
    return render_template(
        "planning/signing/desk.html",
        category=category,
        desk=found,
        form=form,
        ticked=ticked,
        project_id=chosen,
        at_once=queries.AT_ONCE,
        numbers={row.id: masked_id(id_number_of(row.teacher)) for row, _tick in found.rows},
        sources=sources_of(rulebook(category), rules),
        list_url=_list_url(category, found),
        pass_up_form=ConfirmForm(formdata=None),
    ), form.page_status


def _list_url(category: ProjectCategory, desk: queries.Desk) -> str:
    """Where this desk acts on whole lists; empty for those who sign, or while that room is not there."""
    known = current_app.view_functions
    if desk.hands_in_list and SUBMIT_LIST in known:
        return url_for(SUBMIT_LIST, category_id=category.id)
    if desk.decides_on_lists and LISTS in known:
        return url_for(LISTS, category=category.id)
    return ""


@blueprint.post("/names/<int:nomination_id>/sign")
@requires(permissions.may_sign, load=in_scope)
def sign(nomination: Nomination) -> ResponseReturnValue:
    """Sign one name and hand it to the next desk."""

    def act(_form: Form) -> None:
        outcome = actions.pass_on([nomination], by=current_viewer(), now=clock.now())
        for _held, finding in outcome.held_back:
            raise Refusal(finding.message, rule=finding.rule, findings=[finding])

    return _take(nomination, ConfirmForm(), t("Sign"), act, _("Signed and passed on."))


@blueprint.post("/names/<int:nomination_id>/pass-up")
@requires(permissions.may_pass_up, load=in_scope)
def pass_up(nomination: Nomination) -> ResponseReturnValue:
    """Hand one name up unsigned, where the body has nobody else who could sign."""

    def act(_form: Form) -> None:
        actions.pass_up(nomination, by=current_viewer(), now=clock.now())

    return _take(nomination, ConfirmForm(), t("Pass up unsigned"), act, _("Passed up unsigned."))


@blueprint.post("/names/<int:nomination_id>/return")
@requires(permissions.may_return, load=in_scope)
def send_back(nomination: Nomination) -> ResponseReturnValue:
    """Return one name with the reason; its place stays taken."""

    def act(form: ReasonForm) -> None:
        reason = form.reason.data or ""
        actions.send_back(nomination, reason, by=current_viewer(), now=clock.now())

    return _take(nomination, ReasonForm(), t("Return"), act, _("The nomination is returned."))


@blueprint.post("/names/<int:nomination_id>/refuse")
@requires(permissions.may_refuse, load=in_scope)
def refuse(nomination: Nomination) -> ResponseReturnValue:
    """Refuse one name for good; its place is free again."""

    def act(form: ReasonForm) -> None:
        actions.refuse(nomination, form.reason.data or "", by=current_viewer())

    done = _("The nomination is refused; its place is free again.")
    return _take(nomination, ReasonForm(), t("Refuse"), act, done)


@blueprint.post("/names/<int:nomination_id>/reopen")
@requires(permissions.may_reopen, load=in_scope)
def reopen(nomination: Nomination) -> ResponseReturnValue:
    """Take the province's own yes back, with a reason."""

    def act(form: ReasonForm) -> None:
        reason = form.reason.data or ""
        actions.reopen(nomination, reason, by=current_viewer(), now=clock.now())

    done = _("The confirmation is taken back.")
    return _take(nomination, ReasonForm(), t("Take the confirmation back"), act, done)


def _take(
    nomination: Nomination, form: _F, label: Text, act: Callable[[_F], None], done_words: str
) -> ResponseReturnValue:
    """Take one step on one name; a refusal shows the step's own page with what was typed."""
    answer = url_for("selection.show", nomination_id=nomination.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            act(form)
        if done:
            flash(done_words, "good")
            return redirect(answer, 303)
    rules = {finding.rule for finding in form.refused.findings} if form.refused else set()
    return render_template(
        "planning/selection/act.html",
        form=form,
        nomination=nomination,
        label=label,
        sources=sources_of(rulebook(nomination.category), rules),
    ), form.page_status
