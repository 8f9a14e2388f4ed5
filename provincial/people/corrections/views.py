"""Pages of the own record, of corrections, and of a record's account."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.people.corrections import actions, queries
from provincial.people.corrections.forms import AccountForm, AnswerForm
from provincial.people.corrections.models import TeacherCorrection
from provincial.people.corrections.permissions import (
    may_answer,
    may_link,
    may_list_corrections,
    may_see,
    may_withdraw,
)
from provincial.people.corrections.queries import correction_in_scope
from provincial.people.corrections.rules import CorrectionState, parted
from provincial.people.teachers.documents import education_words, words
from provincial.people.teachers.forms import EditForm
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_see as may_see_teacher
from provincial.people.teachers.queries import teacher_in_scope
from provincial.people.teachers.rules import FIELDS, TeacherState, locked_fields
from provincial.rulebook.people_words import SEXES
from provincial.web.access import requires, signed_in
from provincial.web.access import viewer as current_viewer
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, submission

blueprint = Blueprint("corrections", __name__)


@blueprint.get("/mine")
@requires(signed_in)
def mine() -> ResponseReturnValue:
    """The own record, and the corrections one has proposed."""
    teacher = queries.own_record(current_viewer())
    if teacher is None:
        return render_template("people/corrections/none.html")
    return render_template(
        "people/corrections/mine.html",
        teacher=teacher,
        state=TeacherState(teacher.state),
        fields=FIELDS,
        facts_of=words(teacher),
        sex=SEXES[teacher.sex],
        education=education_words(teacher),
        imported=locked_fields(teacher.sources),
        corrections=queries.corrections_of(teacher),
        waits=queries.open_of(teacher),
        state_of=CorrectionState,
    )


@blueprint.route("/mine/correct", methods=["GET", "POST"])
@requires(signed_in)
def propose() -> ResponseReturnValue:
    """Say what is wrong in the own record."""
    who = current_viewer()
    teacher = queries.own_record(who)
    if teacher is None:
        return redirect(url_for("corrections.mine"), 303)
    form = EditForm(obj=None if request.method == "POST" else teacher)
    form.reason.description = _("How the school can check it: a certificate, the ID card, …")
    if not form.is_submitted():
        form.id_number.data = form.phone.data = ""
    if form.validate_on_submit():
        with submission(form, url_for("corrections.mine")) as done:
            said = form.facts(clock.today())
            actions.propose(teacher, said, form.reason.data or "", today=clock.today(), by=who)
        if done:
            for note in form.notes:
                flash(translate(note.message), "attention")
            flash(_("Your school is asked; you are told what it answers."), "good")
            return redirect(url_for("corrections.mine"), 303)
    page = render_template("people/corrections/propose.html", form=form, teacher=teacher)
    return page, form.page_status


@blueprint.get("/corrections")
@requires(may_list_corrections)
def list_corrections() -> ResponseReturnValue:
    """Corrections in scope, the newest first."""
    asked = request.args.get("state", "")
    state = asked if asked in set(CorrectionState) else ""
    page = queries.list_corrections(
        current_viewer(),
        state,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        "people/corrections/list.html",
        page=page,
        state=state,
        state_of=CorrectionState,
        state_choices=[(one.value, one.label) for one in CorrectionState],
        fields=FIELDS,
    )


@blueprint.get("/corrections/<int:correction_id>")
@requires(may_see, load=correction_in_scope)
def show(correction: TeacherCorrection) -> ResponseReturnValue:
    """One correction: now and proposed, and what this viewer may answer."""
    return _page(correction)


@blueprint.post("/corrections/<int:correction_id>/confirm")
@requires(may_answer, load=correction_in_scope)
def confirm(correction: TeacherCorrection) -> ResponseReturnValue:
    """Agree to a correction."""
    form, address = AnswerForm(), url_for("corrections.show", correction_id=correction.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            reason, who = form.reason.data or "", current_viewer()
            state = actions.confirm(correction, reason, at=clock.now(), by=who)
        if done:
            if state is CorrectionState.FORWARDED:
                told = _("Confirmed. Now correct the imported fields where the list comes from.")
            else:
                told = _("Confirmed; the record is changed and the teacher is told.")
            flash(told, "good")
            return redirect(address, 303)
    return _page(correction, form)


@blueprint.post("/corrections/<int:correction_id>/decline")
@requires(may_answer, load=correction_in_scope)
def decline(correction: TeacherCorrection) -> ResponseReturnValue:
    """Decline a correction, with the reason."""
    form, address = ReasonForm(), url_for("corrections.show", correction_id=correction.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            reason, who = form.reason.data or "", current_viewer()
            actions.decline(correction, reason, at=clock.now(), by=who)
        if done:
            flash(_("The correction is declined; the teacher is told why."), "good")
            return redirect(address, 303)
    return _page(correction, form)


@blueprint.post("/corrections/<int:correction_id>/withdraw")
@requires(may_withdraw, load=correction_in_scope)
def withdraw(correction: TeacherCorrection) -> ResponseReturnValue:
    """Withdraw one's own correction."""
    form, address = ConfirmForm(), url_for("corrections.mine")
    if form.validate_on_submit():
        with submission(form, address) as done:
            actions.withdraw(correction, at=clock.now(), by=current_viewer())
        if done:
            flash(_("The correction is withdrawn."), "good")
            return redirect(address, 303)
    return _page(correction, form)


@blueprint.route("/<int:teacher_id>/account", methods=["GET", "POST"])
@requires(may_link, load=teacher_in_scope)
def account(teacher: Teacher) -> ResponseReturnValue:
    """Whose account this record's is."""
    address = url_for("teachers.show", teacher_id=teacher.id)
    form = AccountForm(queries.accounts_for(teacher, clock.today()))
    if not form.is_submitted():
        form.user_id.data = str(teacher.user_id or "")
    if form.validate_on_submit():
        with submission(form, address) as done:
            reason, who = form.reason.data or "", current_viewer()
            actions.link_account(teacher, form.account, reason, on=clock.today(), by=who)
        if done:
            flash(_("Saved."), "good")
            return redirect(address, 303)
    page = render_template(
        "people/corrections/account.html",
        form=form,
        teacher=teacher,
        linked=queries.account_name(teacher),
    )
    return page, form.page_status


def _page(correction: TeacherCorrection, refused: Form | None = None) -> ResponseReturnValue:
    who, waits = current_viewer(), correction.state == CorrectionState.PROPOSED
    _here, at_source = parted(correction.proposed, correction.teacher.sources)
    page = render_template(
        "people/corrections/show.html",
        correction=correction,
        state=CorrectionState(correction.state),
        rows=queries.compared(correction),
        at_source=[FIELDS[name] for name in FIELDS if name in at_source],
        may_answer=waits and may_answer(who, correction),
        may_withdraw=waits and may_withdraw(who, correction),
        may_open=may_see_teacher(who, correction.teacher),
        answering=AnswerForm(formdata=None),
        declining=ReasonForm(formdata=None),
        withdrawing=ConfirmForm(formdata=None),
        refused=refused,
    )
    return page, refused.page_status if refused else 200
