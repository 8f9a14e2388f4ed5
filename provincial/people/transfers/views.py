"""Pages of transfers: the list, asking from either side, one transfer with its answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.identity import parse_id_number
from provincial.office.journal.queries import timeline
from provincial.people.teachers.forms import read_at
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import may_see as may_see_teacher
from provincial.people.teachers.permissions import schools_in_scope
from provincial.people.teachers.queries import (
    find_school,
    id_number_of,
    own_school,
    teacher_in_scope,
)
from provincial.people.teachers.rules import masked_id
from provincial.people.transfers import actions, queries
from provincial.people.transfers.forms import AgreeForm, AwayForm, HereForm
from provincial.people.transfers.models import TeacherTransfer
from provincial.people.transfers.permissions import (
    may_answer,
    may_ask_away,
    may_ask_here,
    may_see,
    may_see_list,
    may_step,
    may_withdraw,
    steps,
)
from provincial.people.transfers.queries import transfer_in_scope
from provincial.people.transfers.rules import Move, MoveFollower, Side, TransferState
from provincial.web import limits
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.formkit import Form, ReasonForm, submission

blueprint = Blueprint("transfers", __name__)
#: Tries to name a teacher by ID number, per person: enough for work, too few for guessing (R22).
_TRIES, _WINDOW = 30, timedelta(minutes=10)


@blueprint.get("/transfers")
@requires(may_see_list)
def list_transfers() -> ResponseReturnValue:
    """Transfers from or to schools in scope, the newest first."""
    asked = request.args.get("state", "")
    state = asked if asked in set(TransferState) else ""
    page = queries.list_transfers(
        current_viewer(),
        state,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        "people/transfers/list.html",
        page=page,
        state=state,
        state_of=TransferState,
        state_choices=[(one.value, one.label) for one in TransferState],
        may_ask=may_ask_here(current_viewer()),
    )


@blueprint.route("/<int:teacher_id>/transfer", methods=["GET", "POST"])
@requires(may_ask_away, load=teacher_in_scope)
def away(teacher: Teacher) -> ResponseReturnValue:
    """Ask that a teacher goes to another school."""
    form = AwayForm()
    if not form.is_submitted():
        form.on_date.data = clock.today()
    if form.validate_on_submit():
        with submission(form) as done:
            transfer = actions.ask(
                teacher,
                find_school(form.school.data or "", "school"),
                Side.GIVING,
                on_date=form.on_date.data or clock.today(),
                reason=form.reason.data or "",
                today=clock.today(),
                by=current_viewer(),
            )
            done.answer = url_for("transfers.show", transfer_id=transfer.id)
        if done:
            flash(_("The receiving school is asked; the transfer takes place when it agrees."))
            return redirect(done.answer, 303)
    page = render_template("people/transfers/away.html", form=form, teacher=teacher)
    return page, form.page_status


@blueprint.route("/transfers/ask", methods=["GET", "POST"])
@requires(may_ask_here)
def here() -> ResponseReturnValue:
    """Ask for a teacher of another school, named by name and ID number."""
    who = current_viewer()
    own = own_school(who)
    form = HereForm(own is not None)
    if not form.is_submitted():
        form.on_date.data = clock.today()
    if form.validate_on_submit():
        with submission(form) as done:
            bucket = f"name-teacher:{who.user_id}"
            limits.refuse_over(bucket, _TRIES, _WINDOW)
            limits.count(bucket, _WINDOW)
            person = read_at(
                "id_number",
                lambda raw: parse_id_number(raw, clock.today()),
                form.id_number.data or "",
            )
            teacher = queries.named_teacher(person.number, form.name.data or "")
            typed = "" if own else str(form.school.data or "")
            transfer = actions.ask(
                teacher,
                own or find_school(typed, "school", scope=schools_in_scope(who)),
                Side.RECEIVING,
                on_date=form.on_date.data or clock.today(),
                reason=form.reason.data or "",
                today=clock.today(),
                by=who,
            )
            done.answer = url_for("transfers.show", transfer_id=transfer.id)
        if done:
            flash(_("The giving school is asked; the transfer takes place when it agrees."))
            return redirect(done.answer, 303)
    return render_template("people/transfers/here.html", form=form), form.page_status


@blueprint.get("/transfers/<int:transfer_id>")
@requires(may_see, load=transfer_in_scope)
def show(transfer: TeacherTransfer) -> ResponseReturnValue:
    """One transfer: who, from where to where, and what this viewer may answer."""
    return _page(transfer)


@blueprint.post("/transfers/<int:transfer_id>/agree")
@requires(may_answer, load=transfer_in_scope)
def agree(transfer: TeacherTransfer) -> ResponseReturnValue:
    """Agree for the other side."""
    told = _("The teacher is transferred.")
    who = current_viewer()

    def act(reason: str) -> None:
        actions.agree(transfer, reason, at=clock.now(), followers=_followers(), by=who)

    return _step(transfer, AgreeForm(), act, told)


@blueprint.post("/transfers/<int:transfer_id>/decline")
@requires(may_answer, load=transfer_in_scope)
def decline(transfer: TeacherTransfer) -> ResponseReturnValue:
    """Decline for the other side."""
    who = current_viewer()

    def act(reason: str) -> None:
        actions.decline(transfer, reason, at=clock.now(), by=who)

    return _step(transfer, ReasonForm(), act, _("The transfer is declined; who asked is told."))


@blueprint.post("/transfers/<int:transfer_id>/withdraw")
@requires(may_withdraw, load=transfer_in_scope)
def withdraw(transfer: TeacherTransfer) -> ResponseReturnValue:
    """Withdraw what one's own side asked for."""
    who = current_viewer()

    def act(reason: str) -> None:
        actions.withdraw(transfer, reason, at=clock.now(), by=who)

    return _step(transfer, ReasonForm(), act, _("The transfer is withdrawn."))


@blueprint.post("/transfers/<int:transfer_id>/take-back")
@requires(may_step, load=transfer_in_scope)
def take_back(transfer: TeacherTransfer) -> ResponseReturnValue:
    """Put the teacher back to the giving school."""
    who = current_viewer()

    def act(reason: str) -> None:
        actions.take_back(transfer, reason, at=clock.now(), followers=_followers(), by=who)

    return _step(transfer, ReasonForm(), act, _("The transfer is taken back."))


def _step(
    transfer: TeacherTransfer, form: Form, act: Callable[[str], None], told: str
) -> ResponseReturnValue:
    address = url_for("transfers.show", transfer_id=transfer.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            act(str(form.data.get("reason") or ""))
        if done:
            flash(told, "good")
            return redirect(address, 303)
    return _page(transfer, form)


def _page(transfer: TeacherTransfer, refused: Form | None = None) -> ResponseReturnValue:
    who = current_viewer()
    move = Move(transfer.teacher_id, transfer.from_id, transfer.to_id, transfer.on_date)
    waits = transfer.state == TransferState.ASKED
    page = render_template(
        "people/transfers/show.html",
        transfer=transfer,
        state=TransferState(transfer.state),
        side=Side(transfer.side),
        number=masked_id(id_number_of(transfer.teacher)),
        steps=steps(who, transfer),
        findings=[f for one in _followers() for f in one.preview(move)] if waits else [],
        may_open=may_see_teacher(who, transfer.teacher),
        agreeing=AgreeForm(formdata=None),
        reasoning=ReasonForm(formdata=None),
        refused=refused,
        events=timeline(transfer),
    )
    return page, refused.page_status if refused else 200


def _followers() -> Sequence[MoveFollower]:
    return tuple(current_app.config["MOVE_FOLLOWERS"])
