"""Pages of plans: list, one plan, its rules, making, copying, editing, steps, programmes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.exports import actions as exports
from provincial.office.journal.queries import timeline
from provincial.planning.plans import actions, documents, permissions, queries
from provincial.planning.plans.forms import (
    CopyPlanForm,
    FactsForm,
    NewPlanForm,
    ProgrammeForm,
    SubmitForm,
    contact_values,
)
from provincial.planning.plans.models import Plan
from provincial.planning.plans.queries import plan_in_scope
from provincial.planning.plans.rules import MACHINE, PUBLICITY, PlanState
from provincial.planning.rulebooks.documents import sections
from provincial.planning.rulebooks.queries import choices as rulebook_choices
from provincial.rulebook.loader import from_data
from provincial.web.access import requires, signed_in
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.filters import translate
from provincial.web.formkit import Form, submission
from provincial.web.steps import carried_out, step_form, step_now

blueprint = Blueprint("plans", __name__)


@blueprint.get("/")
@requires(signed_in)
def list_plans() -> ResponseReturnValue:
    """The plans in sight, the newest first."""
    who = current_viewer()
    page = queries.plans(
        who,
        words=request.args.get("q", ""),
        state=request.args.get("state", ""),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        "planning/plans/list.html",
        page=page,
        state_of=PlanState,
        state_choices=[(state.value, state.label) for state in PlanState],
        may_create=permissions.may_create(who),
    )


@blueprint.post("/export")
@requires(signed_in)
def export() -> ResponseReturnValue:
    """The list as a workbook; there are never 2,000 plans."""
    words, state = request.args.get("q", ""), request.args.get("state", "")
    who = current_viewer()
    rows = queries.export_rows(who, words=words, state=state)
    with transaction():
        asked = {"q": words, "state": state}
        exports.note(
            "plans.export", (Plan.__tablename__, None), t("Plans"), len(rows), asked, by=who
        )
    return attachment(documents.workbook(rows, translate), "培训计划一览表.xlsx", XLSX)


@blueprint.get("/<int:plan_id>")
@requires(permissions.may_see, load=plan_in_scope)
def show(plan: Plan) -> ResponseReturnValue:
    """A plan: facts, what stands in the way, categories, windows, documents, notices, history."""
    who, state = current_viewer(), PlanState(plan.state)
    open_draft = state in (PlanState.DRAFT, PlanState.ISSUING) and permissions.sees_drafts(who)
    return render_template(
        "planning/plans/show.html",
        plan=plan,
        state=state,
        publicity=PUBLICITY[plan.publicity],
        categories=_categories(plan, who),
        windows=documents.window_lines(plan.windows, clock.now()),
        attachments=[
            document
            for document in queries.documents(plan)
            if permissions.may_read_document(who, document)
        ],
        notices=documents.notice_lines(queries.notices(plan), permissions.sees_drafts(who)),
        findings=queries.readiness(plan, clock.today()) if open_draft else [],
        may_edit=permissions.may_edit(who, plan),
        may_run=permissions.may_run(who, plan),
        may_create=permissions.may_create(who),
        is_live=state in documents.LIVE,
        steps=MACHINE.open_to(state, who.role),
        events=timeline(plan) if permissions.sees_drafts(who) else [],
    )


def _categories(plan: Plan, who: Viewer) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Each category with the links that later rooms give it, through ``CATEGORY_LINKS``."""
    makers = current_app.config.get("CATEGORY_LINKS", ())
    return [
        (category, [link for make in makers if (link := make(category, who))])
        for category in plan.categories
    ]


@blueprint.get("/<int:plan_id>/rules")
@requires(permissions.may_see, load=plan_in_scope)
def rules(plan: Plan) -> ResponseReturnValue:
    """The plan's rules with their articles, as they hold now or in an earlier version."""
    versions = queries.versions(plan)
    wanted = request.args.get("version", type=int)
    chosen = next((one for one in versions if one.version == wanted), None)
    if wanted is not None and chosen is None:
        abort(404)
    rulebook = from_data(chosen.content) if chosen else queries.current_rulebook(plan)
    return render_template(
        "planning/plans/rules.html",
        plan=plan,
        state=PlanState(plan.state),
        rulebook=rulebook,
        sections=sections(rulebook),
        versions=versions,
        shown=chosen.version if chosen else plan.rulebook_version,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(permissions.may_create)
def create() -> ResponseReturnValue:
    """Make a draft from a rulebook."""
    form = NewPlanForm(rulebook_choices(), data={"source": request.args.get("source")})
    if form.validate_on_submit():
        values = {name: form[name].data or "" for name in ("code", "title", "label")}
        with submission(form) as done:
            plan = actions.create(form.source.data, **values, by=current_viewer(), at=clock.now())
            done.answer = url_for("plans.show", plan_id=plan.id)
        if done:
            flash(_("The draft has its categories and windows from the rulebook."), "good")
            return redirect(done.answer, 303)
    return render_template("planning/plans/create.html", form=form), form.page_status


def _may_copy(viewer: Viewer, _plan: Plan) -> bool:
    return permissions.may_create(viewer)


@blueprint.route("/<int:plan_id>/copy", methods=["GET", "POST"])
@requires(_may_copy, load=plan_in_scope)
def copy(plan: Plan) -> ResponseReturnValue:
    """Make a draft from an earlier plan."""
    form = CopyPlanForm(data={"title": plan.title})
    if form.validate_on_submit():
        with submission(form) as done:
            made = actions.copy(
                plan,
                code=form["code"].data,
                title=form["title"].data,
                label=form.label.data or "",
                starts_on=form["starts_on"].data,
                by=current_viewer(),
                at=clock.now(),
            )
            done.answer = url_for("plans.show", plan_id=made.id)
        if done:
            flash(_("Copied. Enter the number and date of the new notice."), "good")
            return redirect(done.answer, 303)
    return render_template("planning/plans/copy.html", form=form, plan=plan), form.page_status


@blueprint.route("/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(permissions.may_edit, load=plan_in_scope)
def edit(plan: Plan) -> ResponseReturnValue:
    """Change the facts of a draft."""
    names = [name for name in actions.Facts.__slots__ if name != "contacts"]
    data = {name: getattr(plan, name) for name in names}
    data |= {"programme_id": plan.programme_id or 0, "version": plan.version}
    programmes = [(one.id, one.name) for one in queries.programmes()]
    form = FactsForm(programmes, data={**data, **contact_values(plan.contacts)})
    answer = url_for("plans.show", plan_id=plan.id)
    if form.validate_on_submit():
        typed = {name: form[name].data for name in names}
        typed["programme_id"] = form.programme_id.data or None
        with submission(form, answer) as done:
            actions.edit_facts(
                plan,
                actions.Facts(**typed, contacts=form.contacts),
                by=current_viewer(),
                expected_version=form.expected_version,
            )
        if done:
            flash(_("Saved."), "good")
            return redirect(answer, 303)
    theirs = form.stale.theirs if form.stale else {}
    return render_template(
        "planning/plans/edit.html",
        form=form,
        plan=plan,
        theirs=[(form[n].label.text, theirs[n], form[n].data) for n in names if n in theirs],
    ), form.page_status


def _load_step(viewer: Viewer, plan_id: int, step: str) -> tuple[Plan, str] | None:
    plan = plan_in_scope(viewer, plan_id)
    known = any(one.action == step for one in MACHINE.transitions)
    return (plan, step) if plan is not None and known else None


def _may_step(viewer: Viewer, place: tuple[Plan, str]) -> bool:
    return permissions.may_step(viewer, place[0])


@blueprint.route("/<int:plan_id>/steps/<string:step>", methods=["GET", "POST"])
@requires(_may_step, load=_load_step, grave=True)
def take_step(place: tuple[Plan, str]) -> ResponseReturnValue:
    """One step of the state machine: names the consequence, asks for the reason, then acts."""
    plan, step = place
    answer = url_for("plans.show", plan_id=plan.id)
    transition = step_now(MACHINE, PlanState(plan.state), step)
    if transition is None:
        return redirect(answer, 303)
    form = SubmitForm() if step == "submit" else step_form(transition, plan.version)
    done = carried_out(form, answer, lambda: _act(plan, step, form), transition)
    if done is not None:
        return done
    checked = step in ("submit", "issue")
    return render_template(
        "planning/plans/step.html",
        plan=plan,
        transition=transition,
        form=form,
        findings=queries.readiness(plan, clock.today()) if checked else [],
        columns=sum(len(category.projects) for category in plan.categories),
    ), form.page_status


#: Steps that need nothing but the person.
_PLAIN = {
    "start": actions.start,
    "begin_closing": actions.begin_closing,
    "archive": actions.archive,
}
#: Steps that also need a reason.
_REASONED = {
    "return": actions.return_to_draft,
    "unissue": actions.unissue,
    "halt": actions.halt,
    "resume": actions.resume,
    "reopen": actions.reopen,
    "discard": actions.discard,
    "restore": actions.restore,
}


def _act(plan: Plan, step: str, form: Form) -> None:
    who = current_viewer()
    if step == "submit":
        actions.submit(plan, by=who, at=clock.now(), reason=form["reason"].data or "")
    elif step == "issue":
        actions.issue(plan, by=who, at=clock.now(), expected_version=form.expected_version)
    elif step in _PLAIN:
        _PLAIN[step](plan, by=who)
    else:
        _REASONED[step](plan, by=who, reason=form["reason"].data)


@blueprint.get("/programmes")
@requires(signed_in)
def programmes() -> ResponseReturnValue:
    """Programmes of years and their plans (HN-73)."""
    who = current_viewer()
    return render_template(
        "planning/plans/programmes.html",
        programmes=queries.programmes(),
        plans_of=queries.plans_of_programmes(who),
        state_of=PlanState,
        may_create=permissions.may_create(who),
    )


@blueprint.route("/programmes/new", methods=["GET", "POST"])
@requires(permissions.may_create)
def create_programme() -> ResponseReturnValue:
    """Make a programme of years."""
    form = ProgrammeForm()
    if form.validate_on_submit():
        with submission(form, url_for("plans.programmes")) as done:
            actions.create_programme(
                form["name"].data,
                form["first_year"].data,
                form["last_year"].data,
                by=current_viewer(),
            )
        if done:
            flash(_("The programme has been made. Choose it on the page of a plan."), "good")
            return redirect(url_for("plans.programmes"), 303)
    return render_template("planning/plans/create_programme.html", form=form), form.page_status
