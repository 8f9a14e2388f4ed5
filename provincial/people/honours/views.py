"""Pages that enter, withdraw and restore a title."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.people.honours import actions
from provincial.people.honours.forms import HonourForm, WithdrawForm
from provincial.people.honours.models import TeacherHonour
from provincial.people.honours.permissions import may_enter, may_handle
from provincial.people.honours.queries import honour_in_scope
from provincial.people.honours.rules import HonourState, levels_for, title_name
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import teacher_in_scope
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.formkit import ReasonForm, submission

blueprint = Blueprint("honours", __name__)


@blueprint.route("/<int:teacher_id>/honours/new", methods=["GET", "POST"])
@requires(may_enter, load=teacher_in_scope)
def enter(teacher: Teacher) -> ResponseReturnValue:
    """Enter a title."""
    who, address = current_viewer(), url_for("teachers.show", teacher_id=teacher.id)
    form = HonourForm(levels_for(who.organisation_kind))
    if form.validate_on_submit() and form.awarded_on.data:
        with submission(form, address) as done:
            actions.award(
                teacher,
                form.kind.data or "",
                form.level.data or "",
                form.awarded_on.data,
                name=form.name.data or "",
                document_number=form.document_number.data or "",
                today=clock.today(),
                by=who,
            )
        if done:
            flash(_("The title is entered."), "good")
            return redirect(address, 303)
    page = render_template("people/honours/enter.html", form=form, teacher=teacher)
    return page, form.page_status


@blueprint.route("/honours/<int:honour_id>/withdraw", methods=["GET", "POST"])
@requires(may_handle, load=honour_in_scope)
def withdraw(honour: TeacherHonour) -> ResponseReturnValue:
    """Withdraw a title, or restore one that was withdrawn (HN-43)."""
    address = url_for("teachers.show", teacher_id=honour.teacher_id)
    restores = honour.state == HonourState.WITHDRAWN
    form: WithdrawForm | ReasonForm = ReasonForm() if restores else WithdrawForm()
    if isinstance(form, WithdrawForm) and not form.is_submitted():
        form.withdrawn_on.data = clock.today()
    if form.validate_on_submit():
        with submission(form, address) as done:
            reason, today, who = form.reason.data or "", clock.today(), current_viewer()
            if isinstance(form, WithdrawForm):
                day = form.withdrawn_on.data or today
                actions.withdraw(honour, day, reason, today=today, by=who)
            else:
                actions.restore(honour, reason, today=today, by=who)
        if done:
            told = _("The title stands again.") if restores else _("The title is withdrawn.")
            flash(told, "good")
            return redirect(address, 303)
    page = render_template(
        "people/honours/withdraw.html",
        form=form,
        teacher=honour.teacher,
        name=title_name(honour.kind, honour.level, honour.name),
        restores=restores,
    )
    return page, form.page_status
