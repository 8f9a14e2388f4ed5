"""Pages of windows: dates, who is extended, extending, taking back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.office.journal.queries import timeline
from provincial.planning.plans import permissions as plan_permissions
from provincial.planning.plans.models import Extension, Plan, Window
from provincial.planning.plans.queries import last_day, plan_in_scope
from provincial.planning.plans.rules import kind_label, window_kinds
from provincial.planning.windows import actions, permissions, queries
from provincial.planning.windows.forms import DatesForm, ExtensionForm, NewWindowForm
from provincial.planning.windows.queries import extension_in_scope, window_in_scope
from provincial.planning.windows.rules import state_at
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.formkit import ReasonForm, submission

blueprint = Blueprint("windows", __name__)


@blueprint.get("/<int:window_id>")
@requires(permissions.may_see, load=window_in_scope)
def show(window: Window) -> ResponseReturnValue:
    """A window: its dates, its source, who is extended."""
    who = current_viewer()
    return render_template(
        "planning/windows/show.html",
        window=window,
        plan=window.plan,
        label=kind_label(window.kind),
        state=state_at(window.opens_at, window.closes_at, clock.now()),
        closes=last_day(window),
        days_left=clock.days_left(last_day(window), clock.today()),
        extensions=[(one, last_day(one)) for one in queries.extensions(window, who)],
        may_edit=permissions.may_edit(who, window),
        may_extend=permissions.may_extend(who, window),
        events=timeline(window) if plan_permissions.sees_drafts(who) else [],
    )


@blueprint.route("/new/<int:plan_id>", methods=["GET", "POST"])
@requires(plan_permissions.may_edit, load=plan_in_scope)
def add(plan: Plan) -> ResponseReturnValue:
    """Give a draft another window."""
    there = {window.kind for window in plan.windows}
    kinds = [(kind, kind_label(kind)) for kind in window_kinds() if kind not in there]
    form = NewWindowForm(kinds)
    answer = url_for("plans.show", plan_id=plan.id) + "#windows"
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.add(
                plan,
                form["kind"].data,
                form["opens"].data,
                form["closes"].data,
                by=current_viewer(),
            )
        if done:
            flash(_("The window has been added."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/windows/edit.html", form=form, plan=plan, label=_("New window")
    ), form.page_status


@blueprint.route("/<int:window_id>/edit", methods=["GET", "POST"])
@requires(permissions.may_edit, load=window_in_scope)
def edit(window: Window) -> ResponseReturnValue:
    """Move a window of a draft."""
    data = {"opens": clock.china_date(window.opens_at), "closes": last_day(window)}
    form = DatesForm(data=data)
    answer = url_for("plans.show", plan_id=window.plan_id) + "#windows"
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.set_dates(window, form["opens"].data, form["closes"].data, by=current_viewer())
        if done:
            flash(_("Saved."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/windows/edit.html", form=form, plan=window.plan, label=kind_label(window.kind)
    ), form.page_status


@blueprint.route("/<int:window_id>/remove", methods=["GET", "POST"])
@requires(permissions.may_edit, load=window_in_scope)
def remove(window: Window) -> ResponseReturnValue:
    """Take a window out of a draft."""
    form, plan, label = ReasonForm(), window.plan, kind_label(window.kind)
    answer = url_for("plans.show", plan_id=plan.id) + "#windows"
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.remove(window, by=current_viewer(), reason=form["reason"].data)
        if done:
            flash(_("The window has been taken out."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/windows/remove.html", form=form, plan=plan, label=label
    ), form.page_status


@blueprint.route("/<int:window_id>/extend", methods=["GET", "POST"])
@requires(permissions.may_extend, load=window_in_scope)
def extend(window: Window) -> ResponseReturnValue:
    """Keep the window open for one body, with a reason."""
    form, answer = ExtensionForm(), url_for("windows.show", window_id=window.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.extend(
                window,
                queries.body_named(form["body"].data),
                form["last_day"].data,
                reason=form["reason"].data,
                by=current_viewer(),
                at=clock.now(),
            )
        if done:
            flash(_("Extended. The body has been told."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/windows/extend.html",
        form=form,
        window=window,
        label=kind_label(window.kind),
        closes=last_day(window),
        names=queries.offered_names(),
    ), form.page_status


@blueprint.route("/extensions/<int:extension_id>/withdraw", methods=["GET", "POST"])
@requires(permissions.may_withdraw, load=extension_in_scope)
def withdraw(extension: Extension) -> ResponseReturnValue:
    """Take an extension back, with a reason."""
    form, answer = ReasonForm(), url_for("windows.show", window_id=extension.window_id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.withdraw_extension(
                extension, reason=form["reason"].data, by=current_viewer(), at=clock.now()
            )
        if done:
            flash(_("The extension has been withdrawn. The body has been told."), "good")
            return redirect(answer, 303)
    return render_template(
        "planning/windows/withdraw.html",
        form=form,
        extension=extension,
        window=extension.window,
        label=kind_label(extension.window.kind),
        until=last_day(extension),
    ), form.page_status
