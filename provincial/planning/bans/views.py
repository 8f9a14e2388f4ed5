"""Pages of bans: the list, one ban, the steps of officers, a proposal by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import WrongState
from provincial.core.viewer import Viewer
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook
from provincial.office.files import queries as files
from provincial.office.journal.queries import timeline
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import by_id_numbers
from provincial.planning.bans import actions, permissions, queries
from provincial.planning.bans.forms import FindForm, ProposeForm
from provincial.planning.bans.jobs import BANS
from provincial.planning.bans.queries import ban_in_scope
from provincial.planning.bans.rules import MACHINE, last_day_to_object
from provincial.planning.integrity import permissions as scope
from provincial.planning.integrity import queries as integrity
from provincial.planning.integrity.actions import keep_evidence
from provincial.planning.integrity.models import Ban
from provincial.planning.integrity.queries import teacher_in_scope
from provincial.planning.integrity.rules import CAUSES, LIVE, Stage, days_left, eligible_from
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, submission

blueprint = Blueprint("bans", __name__)


_ASKED = {"q", "cause", "stage", "ending", "at"}
_STAGES = ("live", "proposed", "waiting", "in_force", "expired", "lifted", "exempted", "dismissed")
_ENDING = (30, 90, 180)


@blueprint.get("/")
@requires(scope.may_list)
def list_bans() -> ResponseReturnValue:
    """Bans in scope with the days left (report 6), those that end first on top."""
    who, wanted, today = current_viewer(), _filter(), clock.today()
    page = queries.list_bans(
        who,
        wanted,
        today,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template(
        "planning/bans/list.html",
        page=page,
        wanted=wanted,
        causes=CAUSES,
        endings=_ENDING,
        stages={ban.id: integrity.stage(ban, today) for ban in page.rows},
        left=lambda ban: days_left(ban.ends_on, today),
        running=(Stage.IN_FORCE, Stage.LIFTING),
        at=queries.body_choice(who, wanted.body_id) if wanted.body_id else None,
        export_args={key: value for key, value in request.args.items() if key in _ASKED},
        may_propose=scope.may_propose_some(who),
        may_import=scope.may_decide_some(who),
    )


@blueprint.post("/export")
@requires(scope.may_list)
def export() -> ResponseReturnValue:
    """The list as a workbook; more than 2,000 rows as a job."""
    who, wanted = current_viewer(), _filter().as_data()
    with transaction():
        job = exports.request(BANS, wanted, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook(BANS, wanted, by=who), XLSX)


@blueprint.get("/<int:ban_id>")
@requires(permissions.may_see, load=ban_in_scope)
def show(ban: Ban) -> ResponseReturnValue:
    """One ban: facts, article, objections and their decisions, the steps open now, its history."""
    who, today = current_viewer(), clock.today()
    stage = integrity.stage(ban, today)
    decides = scope.may_decide_some(who)
    return render_template(
        "planning/bans/show.html",
        **_facts(ban),
        steps=MACHINE.open_to(stage, who.role) if decides else [],
        objections=[
            (one, permissions.reads_objection(who, one), integrity.files_of(one.evidence_file_ids))
            for one in ban.objections
        ],
        decides=decides,
        looks=scope.may_list(who),
        own=scope.is_teacher(who),
        may_object=stage in LIVE and not who.read_only and _speaks(who),
        events=timeline(ban) if scope.may_list(who) else [],
    )


def _load_step(viewer: Viewer, ban_id: int, step: str) -> tuple[Ban, str] | None:
    ban = ban_in_scope(viewer, ban_id)
    known = any(one.action == step for one in MACHINE.transitions)
    return (ban, step) if ban is not None and known else None


def _may_step(viewer: Viewer, place: tuple[Ban, str]) -> bool:
    return permissions.may_step(viewer, place[0])


@blueprint.route("/<int:ban_id>/steps/<string:step>", methods=["GET", "POST"])
@requires(_may_step, load=_load_step, grave=True)
def take_step(place: tuple[Ban, str]) -> ResponseReturnValue:
    """One step of an officer, with its consequence and reason."""
    ban, step = place
    answer = url_for("bans.show", ban_id=ban.id)
    try:
        transition = MACHINE.step(integrity.stage(ban, clock.today()), step)
    except WrongState as refusal:
        flash(translate(refusal.message), "attention")
        return redirect(answer, 303)
    form: Form = ReasonForm() if transition.needs_reason else ConfirmForm()
    if not form.is_submitted():
        form.version.data = str(ban.version)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.take_step(
                ban,
                step,
                by=current_viewer(),
                now=clock.now(),
                reason=form["reason"].data if "reason" in form else "",
                expected_version=form.expected_version,
            )
        if done:
            flash(_("Done: %(step)s.", step=translate(transition.label)), "good")
            return redirect(answer, 303)
    page = render_template(
        "planning/bans/step.html", **_facts(ban), transition=transition, form=form
    )
    return page, form.page_status


@blueprint.get("/<int:ban_id>/evidence")
@requires(permissions.may_see, load=ban_in_scope)
def evidence(ban: Ban) -> ResponseReturnValue:
    """The file that proves the event."""
    if ban.evidence is None:
        flash(_("There is no file."), "attention")
        return redirect(url_for("bans.show", ban_id=ban.id), 303)
    return attachment(files.content(ban.evidence), ban.evidence.name, ban.evidence.media_type)


@blueprint.route("/find", methods=["GET", "POST"])
@requires(scope.may_list)
def find() -> ResponseReturnValue:
    """Look for a teacher by name, or by the ID number in full, which never stands in an address."""
    who, form, found, asked = current_viewer(), FindForm(), [], False
    if form.validate_on_submit():
        text, asked = form.who.data or "", True
        by_number = by_id_numbers([text.upper()]).values() if any(map(str.isdigit, text)) else []
        found = [one for one in by_number if scope.may_see_teacher(who, one)]
        found = found or list(queries.named(who, text))
    page = render_template(
        "planning/bans/find.html",
        form=form,
        found=found,
        asked=asked,
        may_propose=scope.may_propose_some(who),
    )
    return page, form.page_status


@blueprint.route("/teachers/<int:teacher_id>/propose", methods=["GET", "POST"])
@requires(scope.may_propose, load=teacher_in_scope)
def propose(teacher: Teacher) -> ResponseReturnValue:
    """Propose a ban by hand, with the event and its evidence."""
    who, form = current_viewer(), ProposeForm()
    plans = {str(plan.id): plan for plan in integrity.plans_with_bans(who)}
    form.offer(((number, plan.title) for number, plan in plans.items()), CAUSES)
    if form.validate_on_submit():
        with submission(form) as done:
            ban = actions.propose(
                teacher,
                form.cause.data,
                event_on=form.event_on.data or clock.today(),
                now=clock.now(),
                by=who,
                plan=plans[form.plan.data],
                training_name=form.training_name.data or "",
                notice_number=form.notice_number.data or "",
                note=form.reason.data or "",
                evidence=keep_evidence(form.file.data, teacher=teacher, by=who),
            )
            done.answer = url_for("bans.show", ban_id=ban.id)
        if done:
            flash(_("The ban is proposed; teacher, school and county are told."), "good")
            return redirect(done.answer, 303)
    page = render_template(
        "planning/bans/propose.html",
        form=form,
        teacher=teacher,
        policy=integrity.latest_policy(),
    )
    return page, form.page_status


def _facts(ban: Ban) -> dict[str, Any]:
    """What every page of one ban shows."""
    today, closes = clock.today(), ban.objection_closes_at
    return {
        "ban": ban,
        "teacher": ban.teacher,
        "stage": integrity.stage(ban, today),
        "causes": CAUSES,
        "policy": integrity.policy_for(ban),
        "left": days_left(ban.ends_on, today),
        "eligible_on": eligible_from(ban.ends_on),
        "closes_on": closes and last_day_to_object(closes),
    }


def _speaks(viewer: Viewer) -> bool:
    """Whether the role lodges objections; the auditor only reads."""
    return not viewer.is_any("auditor")


def _filter() -> queries.BanFilter:
    """The filter in the address."""
    asked = request.args
    at, ending = asked.get("at", 0, type=int), asked.get("ending", 0, type=int)
    stage = asked.get("stage", "live")
    return queries.BanFilter(
        text=asked.get("q", "").strip()[:60],
        cause=asked.get("cause", "") if asked.get("cause") in CAUSES else "",
        stage=stage if stage in ("", *_STAGES) else "live",
        ending=ending if ending in _ENDING else 0,
        body_id=at if 0 < at < 2**62 else 0,
    )
