"""Pages of the steps: fill in, see what it touches in numbers, confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.findings import Finding
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.desk.reorganisation import actions
from provincial.desk.reorganisation.forms import MergeForm, MoveForm, StepForm, TakeBackForm
from provincial.desk.reorganisation.permissions import may_reopen, may_step, may_take_back
from provincial.desk.reorganisation.queries import possible_parents
from provincial.desk.reorganisation.rules import Follower, tree_findings
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.queries import body_in_scope, can_take_back, find_body
from provincial.people.organisations.rules import (
    ChangeKind,
    Kind,
    OrganisationChange,
    step_sentence,
)
from provincial.people.structure import actions as steps
from provincial.people.structure import queries as structure
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.filters import translate
from provincial.web.formkit import submission

blueprint = Blueprint("reorganisation", __name__)


@blueprint.route("/<int:body_id>/move", methods=["GET", "POST"])
@requires(may_step, load=body_in_scope, grave=True)
def move(body: Organisation) -> ResponseReturnValue:
    """Hang a body under another superior."""
    who = current_viewer()
    parents = {one.id: one for one in possible_parents(who, body)}
    form = MoveForm([(one.id, one.name) for one in parents.values()])
    if not form.is_submitted():
        form.parent_id.data = body.parent_id
        form.from_province.data = body.parent_id != body.quota_parent_id

    def target() -> tuple[Organisation, Organisation]:
        parent = parents[form.parent_id.data]
        return parent, structure.quota_giver(parent, bool(form.from_province.data))

    def plan() -> OrganisationChange:
        return structure.plan_move(body, *target(), form.step(), today=clock.today())

    def act() -> OrganisationChange:
        return steps.move(body, *target(), **_facts(form))

    return _step(body, form, t("Move"), plan, act)


@blueprint.route("/<int:body_id>/merge", methods=["GET", "POST"])
@requires(may_step, load=body_in_scope, grave=True)
def merge(body: Organisation) -> ResponseReturnValue:
    """Merge a body into another."""
    who = current_viewer()
    form = MergeForm()

    def successor() -> Organisation:
        text = form.successor_id.data or ""
        return find_body(who, text, list(Kind), "successor_id", not_id=body.id)

    def plan() -> OrganisationChange:
        return structure.plan_merge(body, successor(), form.step(), today=clock.today())

    def act() -> OrganisationChange:
        return steps.merge(body, successor(), **_facts(form))

    return _step(body, form, t("Merge into another"), plan, act)


@blueprint.route("/<int:body_id>/close", methods=["GET", "POST"])
@requires(may_step, load=body_in_scope, grave=True)
def close(body: Organisation) -> ResponseReturnValue:
    """Close a body."""
    return _plain_step(body, t("Close the body"), structure.plan_close, steps.close)


@blueprint.route("/<int:body_id>/reopen", methods=["GET", "POST"])
@requires(may_reopen, load=body_in_scope, grave=True)
def reopen(body: Organisation) -> ResponseReturnValue:
    """Open a closed body again."""
    return _plain_step(body, t("Open again"), structure.plan_reopen, steps.reopen)


@blueprint.route("/<int:body_id>/take-back", methods=["GET", "POST"])
@requires(may_take_back, load=body_in_scope, grave=True)
def take_back(body: Organisation) -> ResponseReturnValue:
    """Take the body's last step back."""
    last = can_take_back(body)
    if last is None:
        flash(_("There is no step that could be taken back."), "attention")
        return redirect(url_for("organisations.show", body_id=body.id), 303)
    form = TakeBackForm()
    if not form.is_submitted():
        form.event.data = str(last.id)
    said = step_sentence(ChangeKind(last.kind), last.before, last.after)

    def event() -> object:
        if form.event.data != str(last.id):
            raise Refusal(t("Only the last step can be taken back; something follows this one."))
        return last

    def plan() -> OrganisationChange:
        event()
        return structure.plan_take_back(body, last, form.step(), today=clock.today())

    def act() -> OrganisationChange:
        event()
        return steps.take_back(
            body,
            last,
            step=form.step(),
            today=clock.today(),
            by=current_viewer(),
        )

    return _step(body, form, t("Take the last step back"), plan, act, said)


def _facts(form: StepForm) -> dict[str, Any]:
    """What every step is told beside the bodies it concerns."""
    return {
        "step": form.step(),
        "today": clock.today(),
        "by": current_viewer(),
        "version": form.expected_version,
    }


def _plain_step(
    body: Organisation,
    label: Text,
    plan: Callable[..., OrganisationChange],
    act: Callable[..., OrganisationChange],
) -> ResponseReturnValue:
    """A step that concerns no other body."""
    form = StepForm()
    return _step(
        body,
        form,
        label,
        lambda: plan(body, form.step(), today=clock.today()),
        lambda: act(body, **_facts(form)),
    )


def _step(
    body: Organisation,
    form: StepForm,
    label: Text,
    plan: Callable[[], OrganisationChange],
    act: Callable[[], OrganisationChange],
    said: Text | None = None,
) -> ResponseReturnValue:
    """First the form, then what the step touches, then the step itself."""
    findings: Sequence[Finding] = ()
    sentence: Text | None = None
    if not form.is_submitted():
        form.on_date.data = clock.today()
        form.version.data = str(body.version)
    if form.validate_on_submit() and form.is_confirmed:
        with submission(form, url_for("organisations.show", body_id=body.id)) as done:
            change = actions.carry_out(plan(), act, _followers(), by=current_viewer())
        if done:
            flash(translate(_sentence(change)), "good")
            return redirect(url_for("organisations.show", body_id=body.id), 303)
        form.confirmed.data = ""
    elif form.is_submitted() and not form.errors:
        try:
            change = plan()
            touched = structure.touched_count(body)
            findings = [*tree_findings(change, touched), *actions.preview(change, _followers())]
            sentence = _sentence(change)
            form.confirmed.data = form.fingerprint
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "desk/reorganisation/step.html",
        body=body,
        form=form,
        label=label,
        said=said,
        findings=findings,
        sentence=sentence,
    )
    return page, form.page_status


def _sentence(change: OrganisationChange) -> Text:
    return step_sentence(
        change.kind, change.before, change.after, taken_back=change.undoes is not None
    )


def _followers() -> Sequence[Follower]:
    return tuple(current_app.config["ORGANISATION_FOLLOWERS"])
