"""Pages of objections: lodge with evidence, decide with two officers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.viewer import Viewer
from provincial.office.files import queries as files
from provincial.office.files.models import StoredFile
from provincial.planning.bans.permissions import reads_objection
from provincial.planning.bans.queries import ban_in_scope
from provincial.planning.integrity.models import Ban, BanObjection
from provincial.planning.integrity.permissions import is_teacher, may_decide_some
from provincial.planning.integrity.queries import policy_for, stage
from provincial.planning.integrity.rules import CAUSES
from provincial.planning.objections import actions, permissions, queries
from provincial.planning.objections.forms import DecideForm, LodgeForm
from provincial.planning.objections.queries import objection_in_scope
from provincial.planning.objections.rules import KINDS
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import attachment
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, submission

blueprint = Blueprint("objections", __name__)


@blueprint.get("/")
@requires(may_decide_some)
def list_objections() -> ResponseReturnValue:
    """What waits for a decision of the province, the oldest first."""
    state = request.args.get("state", "open")
    state = state if state in ("open", "accepted", "declined", "") else "open"
    page = queries.list_objections(
        state, after=request.args.get("after", ""), before=request.args.get("before", "")
    )
    return render_template(
        "planning/objections/list.html",
        page=page,
        state=state,
        stages={one.id: queries.decision_of(one).stage for one in page.rows},
        kinds=KINDS,
        causes=CAUSES,
    )


@blueprint.route("/bans/<int:ban_id>", methods=["GET", "POST"])
@requires(permissions.may_lodge, load=ban_in_scope)
def lodge(ban: Ban) -> ResponseReturnValue:
    """Object to a ban or ask for exemption, with evidence."""
    form, answer = LodgeForm(), url_for("bans.show", ban_id=ban.id)
    form.offer()
    if form.validate_on_submit():
        sent = [file for file in form.files.data or () if file]
        with submission(form, answer) as done:
            actions.lodge(
                ban,
                form.kind.data,
                form.text.data or "",
                files=sent,
                by=current_viewer(),
                now=clock.now(),
            )
        if done:
            flash(_("It is lodged. The province decides with two officers."), "good")
            return redirect(answer, 303)
    page = render_template(
        "planning/objections/lodge.html",
        form=form,
        ban=ban,
        stage=stage(ban, clock.today()),
        causes=CAUSES,
        policy=policy_for(ban),
        own=is_teacher(current_viewer()),
    )
    return page, form.page_status


@blueprint.route("/<int:objection_id>", methods=["GET", "POST"])
@requires(permissions.may_decide, load=objection_in_scope)
def decide(objection: BanObjection) -> ResponseReturnValue:
    """The first officer decides with a reason; the second confirms on the same page."""
    form = DecideForm(version=objection.version)
    form.offer()
    if form.validate_on_submit():
        answer = _take(objection, form.verdict.data, form, form.reason.data or "")
        if answer:
            return answer
    return _page(objection, form)


@blueprint.post("/<int:objection_id>/confirm")
@requires(permissions.may_decide, load=objection_in_scope, grave=True)
def confirm(objection: BanObjection) -> ResponseReturnValue:
    """The second officer confirms; now the decision counts."""
    form = ConfirmForm()
    answer = _take(objection, "confirm", form) if form.validate_on_submit() else None
    return answer or _page(objection, confirming=form)


@blueprint.post("/<int:objection_id>/return")
@requires(permissions.may_decide, load=objection_in_scope)
def give_back(objection: BanObjection) -> ResponseReturnValue:
    """The second officer returns the decision to the first, with a reason."""
    form = ReasonForm()
    if form.validate_on_submit():
        answer = _take(objection, "return", form, form.reason.data or "")
        if answer:
            return answer
    return _page(objection, returning=form)


def _load_file(
    viewer: Viewer, objection_id: int, file_id: int
) -> tuple[BanObjection, StoredFile] | None:
    objection = objection_in_scope(viewer, objection_id)
    if objection is None or file_id not in objection.evidence_file_ids:
        return None
    file = files.file_by_id(file_id)
    return (objection, file) if file else None


def _may_see_file(viewer: Viewer, place: tuple[BanObjection, StoredFile]) -> bool:
    return reads_objection(viewer, place[0])


@blueprint.get("/<int:objection_id>/evidence/<int:file_id>")
@requires(_may_see_file, load=_load_file)
def evidence(place: tuple[BanObjection, StoredFile]) -> ResponseReturnValue:
    """One file of the evidence."""
    return attachment(files.content(place[1]), place[1].name, place[1].media_type)


def _take(
    objection: BanObjection, action: str, form: Form, reason: str = ""
) -> ResponseReturnValue | None:
    answer = url_for("objections.decide", objection_id=objection.id)
    with submission(form, answer) as done:
        actions.decide(
            objection,
            action,
            by=current_viewer(),
            now=clock.now(),
            reason=reason,
            expected_version=form.expected_version,
        )
    if not done:
        return None
    flash(_("Done."), "good")
    return redirect(answer, 303)


def _page(
    objection: BanObjection,
    form: DecideForm | None = None,
    *,
    confirming: ConfirmForm | None = None,
    returning: ReasonForm | None = None,
) -> ResponseReturnValue:
    deciding = form or DecideForm(formdata=None)
    deciding.offer()
    shown: tuple[Form, ...] = (
        deciding,
        confirming or ConfirmForm(formdata=None),
        returning or ReasonForm(formdata=None),
    )
    for one in shown:
        if not one.errors:
            one.version.data = str(objection.version)
    ban = objection.ban
    page = render_template(
        "planning/objections/decide.html",
        objection=objection,
        stage=queries.decision_of(objection).stage,
        evidence=queries.evidence_of(objection),
        ban=ban,
        ban_stage=stage(ban, clock.today()),
        causes=CAUSES,
        kinds=KINDS,
        policy=policy_for(ban),
        form=deciding,
        confirming=shown[1],
        returning=shown[2],
        mine=objection.decided_by_id == current_viewer().user_id,
        lodged_by_me=objection.by_id == current_viewer().user_id,
    )
    return page, max(one.page_status for one in shown)
