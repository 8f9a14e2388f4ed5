"""Pages of supplementary notices: prepare, enter values, see what is touched, decide."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.viewer import Viewer
from provincial.office.journal.queries import timeline
from provincial.planning.amendments import actions, permissions, queries
from provincial.planning.amendments.forms import NoticeForm, change_form
from provincial.planning.amendments.queries import notice_in_scope
from provincial.planning.amendments.rules import AUDIENCES, MACHINE, NoticeState
from provincial.planning.plans import permissions as plan_permissions
from provincial.planning.plans.models import Plan, SupplementaryNotice
from provincial.planning.plans.queries import current_rulebook, plan_in_scope
from provincial.planning.plans.rules import kind_label
from provincial.planning.rulebooks.documents import in_words, named
from provincial.rulebook import schema
from provincial.rulebook.editing import typed_text
from provincial.rulebook.parameter import Parameter
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.formkit import ConfirmForm, Form, submission
from provincial.web.steps import carried_out, step_form, step_now

blueprint = Blueprint("amendments", __name__)


def _changes(notice: SupplementaryNotice) -> list[dict[str, Any]]:
    """The changed values in words."""
    rows = []
    for key, change in notice.changes.items():
        parameter = schema.PARAMETERS[key]
        words = {
            part: in_words(parameter, queries.value_of(key, change[part]))
            for part in ("before", "after")
        }
        rows.append({**change, **words, "key": key, "label": parameter.label})
    return rows


@blueprint.get("/<int:notice_id>")
@requires(permissions.may_see, load=notice_in_scope)
def show(notice: SupplementaryNotice) -> ResponseReturnValue:
    """A supplementary notice: values, what it touches, steps, history."""
    who = current_viewer()
    state = NoticeState(notice.state)
    return render_template(
        "planning/amendments/show.html",
        notice=notice,
        plan=notice.plan,
        state=state,
        changes=_changes(notice),
        touches=queries.shown_touches(notice),
        kind_label=kind_label,
        audiences=AUDIENCES,
        may_edit=permissions.may_edit(who, notice),
        steps=MACHINE.open_to(state, who.role),
        drop_form=ConfirmForm(),
        events=timeline(notice) if plan_permissions.sees_drafts(who) else [],
    )


@blueprint.route("/new/<int:plan_id>", methods=["GET", "POST"])
@requires(plan_permissions.may_run, load=plan_in_scope)
def prepare(plan: Plan) -> ResponseReturnValue:
    """Begin a supplementary notice."""
    form = NoticeForm()
    if form.validate_on_submit():
        with submission(form) as done:
            notice = actions.prepare(plan, **_header(form), by=current_viewer())
            done.answer = url_for("amendments.show", notice_id=notice.id)
        if done:
            flash(_("Now enter the changed values."), "good")
            return redirect(done.answer, 303)
    return render_template(
        "planning/amendments/edit.html", form=form, plan=plan, notice=None
    ), form.page_status


@blueprint.route("/<int:notice_id>/edit", methods=["GET", "POST"])
@requires(permissions.may_edit, load=notice_in_scope)
def edit(notice: SupplementaryNotice) -> ResponseReturnValue:
    """Change number, title and date of effect."""
    form = NoticeForm(obj=notice)
    answer = url_for("amendments.show", notice_id=notice.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.edit_header(notice, **_header(form), by=current_viewer())
        if done:
            flash(_("Saved."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/amendments/edit.html", form=form, plan=notice.plan, notice=notice
    ), form.page_status


def _header(form: NoticeForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("doc_number", "title", "effective_on")}


@blueprint.get("/<int:notice_id>/values")
@requires(permissions.may_edit, load=notice_in_scope)
def choose(notice: SupplementaryNotice) -> ResponseReturnValue:
    """Choose the value that the notice changes."""
    rulebook = current_rulebook(notice.plan)
    groups = [group for group in schema.GROUPS if rulebook.applies(group.code)]
    return render_template(
        "planning/amendments/choose.html",
        notice=notice,
        groups=groups,
        value_of=lambda parameter: in_words(parameter, named(rulebook, parameter)),
    )


def _load_value(
    viewer: Viewer, notice_id: int, key: str
) -> tuple[SupplementaryNotice, Parameter] | None:
    notice, parameter = notice_in_scope(viewer, notice_id), schema.parameter(key)
    if notice is None or parameter is None:
        return None
    return notice, parameter


def _may_edit_value(viewer: Viewer, place: tuple[SupplementaryNotice, Parameter]) -> bool:
    return permissions.may_edit(viewer, place[0])


@blueprint.route("/<int:notice_id>/values/<string:key>", methods=["GET", "POST"])
@requires(_may_edit_value, load=_load_value)
def change(place: tuple[SupplementaryNotice, Parameter]) -> ResponseReturnValue:
    """Enter one changed value with its article and sentence."""
    notice, parameter = place
    entry = current_rulebook(notice.plan).entry(parameter.key)
    earlier = notice.changes.get(parameter.key, {})
    value = queries.value_of(parameter.key, earlier["after"]) if earlier else entry.value
    source = {name: earlier.get(name, "") for name in ("article", "quote")}
    form = change_form(parameter, typed_text(parameter, value), **source)
    answer = url_for("amendments.show", notice_id=notice.id)
    if form.validate_on_submit():
        typed = {name: form[name].data or "" for name in ("article", "quote")}
        with submission(form, answer) as done:
            actions.set_change(
                notice, parameter.key, form["value"].data or "", **typed, by=current_viewer()
            )
        if done:
            flash(_("The value has been entered."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/amendments/change.html",
        notice=notice,
        parameter=parameter,
        entry=entry,
        before=in_words(parameter, entry.value),
        form=form,
    ), form.page_status


@blueprint.post("/<int:notice_id>/values/<string:key>/drop")
@requires(_may_edit_value, load=_load_value)
def drop(place: tuple[SupplementaryNotice, Parameter]) -> ResponseReturnValue:
    """Take one changed value out."""
    notice, parameter = place
    with submission(ConfirmForm()) as done:
        actions.drop_change(notice, parameter.key, by=current_viewer())
    if done:
        flash(_("The value has been taken out."), "good")
    return redirect(url_for("amendments.show", notice_id=notice.id), 303)


def _load_step(viewer: Viewer, notice_id: int, step: str) -> tuple[SupplementaryNotice, str] | None:
    notice = notice_in_scope(viewer, notice_id)
    known = any(one.action == step for one in MACHINE.transitions)
    return (notice, step) if notice is not None and known else None


def _may_step(viewer: Viewer, place: tuple[SupplementaryNotice, str]) -> bool:
    return permissions.may_step(viewer, place[0])


@blueprint.route("/<int:notice_id>/steps/<string:step>", methods=["GET", "POST"])
@requires(_may_step, load=_load_step, grave=True)
def take_step(place: tuple[SupplementaryNotice, str]) -> ResponseReturnValue:
    """One step of the state machine, with its consequence and reason."""
    notice, step = place
    answer = url_for("amendments.show", notice_id=notice.id)
    transition = step_now(MACHINE, NoticeState(notice.state), step)
    if transition is None:
        return redirect(answer, 303)
    form = step_form(transition, notice.version)
    done = carried_out(form, answer, lambda: _act(notice, step, form), transition)
    if done is not None:
        return done
    return render_template(
        "planning/amendments/step.html",
        notice=notice,
        transition=transition,
        form=form,
        changes=_changes(notice),
        touches=queries.shown_touches(notice),
        kind_label=kind_label,
        audiences=AUDIENCES,
    ), form.page_status


def _act(notice: SupplementaryNotice, step: str, form: Form) -> None:
    who, reason = current_viewer(), form["reason"].data if "reason" in form else ""
    if step == "submit":
        actions.submit(notice, by=who)
    elif step == "return":
        actions.return_to_draft(notice, by=who, reason=reason)
    elif step == "approve":
        actions.approve(notice, by=who, at=clock.now(), expected_version=form.expected_version)
    elif step == "withdraw":
        actions.withdraw(notice, by=who, reason=reason)
    elif step == "revoke":
        actions.revoke(notice, by=who, reason=reason, at=clock.now())
    else:
        actions.restore(notice, by=who, reason=reason)
