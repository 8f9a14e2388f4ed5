"""Pages of bans and integrity files: the list, one ban and its steps, one teacher's file, one's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import WrongState
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.files import queries as files
from provincial.office.files.models import StoredFile
from provincial.office.jobs.actions import enqueue
from provincial.office.journal.queries import timeline
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import by_id_numbers
from provincial.planning.integrity import actions, documents, permissions, queries
from provincial.planning.integrity.forms import EnterForm, FindForm, ProposeForm
from provincial.planning.integrity.models import Ban, IntegrityRecord
from provincial.planning.integrity.queries import ban_in_scope, teacher_in_scope
from provincial.planning.integrity.rules import (
    CAUSES,
    LIVE,
    MACHINE,
    RULE_OF,
    RecordKind,
    Stage,
    days_left,
    eligible_from,
    last_day_to_object,
)
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, submission

blueprint = Blueprint("integrity", __name__)
#: Above this many rows an export is a job.
EXPORT_AT_ONCE = 2000
_ASKED = {"q", "cause", "stage", "ending", "at"}
_STAGES = ("live", "proposed", "waiting", "in_force", "expired", "lifted", "exempted", "dismissed")
_ENDING = (30, 90, 180)


@blueprint.get("/")
@requires(permissions.may_list)
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
        "planning/integrity/list.html",
        page=page,
        wanted=wanted,
        causes=CAUSES,
        endings=_ENDING,
        stages={ban.id: queries.stage(ban, today) for ban in page.rows},
        left=lambda ban: days_left(ban.ends_on, today),
        running=(Stage.IN_FORCE, Stage.LIFTING),
        at=queries.body_choice(who, wanted.body_id) if wanted.body_id else None,
        export=ConfirmForm(),
        export_args={key: value for key, value in request.args.items() if key in _ASKED},
        may_propose=permissions.may_propose_some(who),
        may_import=permissions.may_decide_some(who),
    )


@blueprint.post("/export")
@requires(permissions.may_list)
def export() -> ResponseReturnValue:
    """The list as a workbook; more than 2,000 rows as a job."""
    who, wanted, today = current_viewer(), _filter(), clock.today()
    if queries.count_bans(who, wanted, today) <= EXPORT_AT_ONCE:
        rows = [documents.row(ban, today) for ban in queries.export_bans(who, wanted, today)]
        with transaction():
            actions.note_export(len(rows), wanted.as_data(), by=who)
        return attachment(documents.workbook(rows), "限制名单.xlsx", XLSX)
    with submission(ConfirmForm()) as done:
        args = {"filter": wanted.as_data()}
        enqueue("integrity.export", t("Export of bans"), by=who, args=args)
    if done:
        flash(_("The export runs as a job; you find the file with your jobs."), "waiting")
    return redirect(url_for("integrity.list_bans"), 303)


@blueprint.get("/<int:ban_id>")
@requires(permissions.may_see, load=ban_in_scope)
def show(ban: Ban) -> ResponseReturnValue:
    """One ban: facts, article, objections and their decisions, the steps open now, its history."""
    who, today = current_viewer(), clock.today()
    stage = queries.stage(ban, today)
    decides = permissions.may_decide_some(who)
    return render_template(
        "planning/integrity/show.html",
        **_facts(ban),
        steps=MACHINE.open_to(stage, who.role) if decides else [],
        objections=[(one, queries.files_of(one.evidence_file_ids)) for one in ban.objections],
        decides=decides,
        looks=permissions.may_list(who),
        own=permissions.is_teacher(who),
        may_object=stage in LIVE and not who.read_only and _speaks(who),
        events=timeline(ban) if permissions.may_list(who) else [],
    )


def _load_step(viewer: Viewer, ban_id: int, step: str) -> tuple[Ban, str] | None:
    ban = ban_in_scope(viewer, ban_id)
    known = any(one.action == step for one in MACHINE.transitions)
    return (ban, step) if ban is not None and known else None


def _may_step(viewer: Viewer, place: tuple[Ban, str]) -> bool:
    return permissions.may_step(viewer, place[0])


@blueprint.route("/<int:ban_id>/steps/<string:step>", methods=["GET", "POST"])
@requires(_may_step, load=_load_step)
def take_step(place: tuple[Ban, str]) -> ResponseReturnValue:
    """One step of an officer, with its consequence and reason."""
    ban, step = place
    answer = url_for("integrity.show", ban_id=ban.id)
    try:
        transition = MACHINE.step(queries.stage(ban, clock.today()), step)
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
        "planning/integrity/step.html", **_facts(ban), transition=transition, form=form
    )
    return page, form.page_status


@blueprint.get("/<int:ban_id>/evidence")
@requires(permissions.may_see, load=ban_in_scope)
def evidence(ban: Ban) -> ResponseReturnValue:
    """The file that proves the event."""
    return _file(ban.evidence, url_for("integrity.show", ban_id=ban.id))


@blueprint.route("/find", methods=["GET", "POST"])
@requires(permissions.may_list)
def find() -> ResponseReturnValue:
    """Look for a teacher by name, or by the ID number in full, which never stands in an address."""
    who, form, found, asked = current_viewer(), FindForm(), [], False
    if form.validate_on_submit():
        text, asked = form.who.data or "", True
        by_number = by_id_numbers([text.upper()]).values() if any(map(str.isdigit, text)) else []
        found = [one for one in by_number if permissions.may_see_teacher(who, one)]
        found = found or list(queries.named(who, text))
    page = render_template(
        "planning/integrity/find.html",
        form=form,
        found=found,
        asked=asked,
        may_propose=permissions.may_propose_some(who),
    )
    return page, form.page_status


@blueprint.route("/teachers/<int:teacher_id>/propose", methods=["GET", "POST"])
@requires(permissions.may_propose, load=teacher_in_scope)
def propose(teacher: Teacher) -> ResponseReturnValue:
    """Propose a ban by hand, with the event and its evidence."""
    who, form = current_viewer(), ProposeForm()
    plans = {str(plan.id): plan for plan in queries.plans_with_bans(who)}
    form.offer(plans.values(), CAUSES)
    if form.validate_on_submit():
        with submission(form) as done:
            ban = actions.propose(
                teacher,
                form.cause.data,
                event_on=form.event_on.data,
                now=clock.now(),
                by=who,
                plan=plans[form.plan.data],
                training_name=form.training_name.data or "",
                notice_number=form.notice_number.data or "",
                note=form.reason.data or "",
                evidence=_sent_evidence(form.file.data, teacher),
            )
            done.answer = url_for("integrity.show", ban_id=ban.id)
        if done:
            flash(_("The ban is proposed; teacher, school and county are told."), "good")
            return redirect(done.answer, 303)
    page = render_template(
        "planning/integrity/propose.html",
        form=form,
        teacher=teacher,
        policy=queries.latest_policy(),
    )
    return page, form.page_status


@blueprint.route("/teachers/<int:teacher_id>/enter", methods=["GET", "POST"])
@requires(permissions.may_propose, load=teacher_in_scope)
def enter(teacher: Teacher) -> ResponseReturnValue:
    """Enter a circular or a proven forgery into the file."""
    form, answer = EnterForm(), url_for("integrity.file", teacher_id=teacher.id)
    form.offer()
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.enter(
                teacher,
                form.kind.data,
                on_date=form.on_date.data,
                source=form.source.data or "",
                note=form.reason.data or "",
                evidence=_sent_evidence(form.file.data, teacher),
                by=current_viewer(),
                today=clock.today(),
            )
        if done:
            flash(_("The entry stands in the integrity file."), "good")
            return redirect(answer, 303)
    page = render_template(
        "planning/integrity/enter.html", form=form, teacher=teacher, rule_of=RULE_OF
    )
    return page, form.page_status


@blueprint.route("/teachers/<int:teacher_id>", methods=["GET", "POST"])
@requires(permissions.may_see_teacher, load=teacher_in_scope)
def file(teacher: Teacher) -> ResponseReturnValue:
    """A teacher's integrity file; opening it is an act that is noted."""
    form, who = ConfirmForm(), current_viewer()
    opened = form.validate_on_submit()
    if opened:
        with transaction():
            actions.note_look(teacher, by=who)
    page = render_template(
        "planning/integrity/file.html",
        form=form,
        opened=opened,
        **(_file_of(teacher) if opened else {"teacher": teacher}),
        may_propose=permissions.may_propose(who, teacher),
        own=False,
        events=timeline(("integrity_file", teacher.id)) if opened else [],
    )
    return page, form.page_status


@blueprint.get("/mine")
@requires(permissions.is_teacher)
def mine() -> ResponseReturnValue:
    """My training record: my results, my bans, and the way to object."""
    teacher = queries.own_teacher(current_viewer())
    if teacher is None:
        return render_template("planning/integrity/not_linked.html")
    return render_template(
        "planning/integrity/file.html",
        **_file_of(teacher),
        form=None,
        opened=True,
        may_propose=False,
        own=True,
        events=[],
    )


def _may_correct(viewer: Viewer, line: IntegrityRecord) -> bool:
    return permissions.may_propose(viewer, line.teacher)


def _may_read(viewer: Viewer, line: IntegrityRecord) -> bool:
    return permissions.is_teacher(viewer) or permissions.may_see_teacher(viewer, line.teacher)


@blueprint.route("/records/<int:record_id>/correct", methods=["GET", "POST"])
@requires(_may_correct, load=queries.record_in_scope)
def correct(line: IntegrityRecord) -> ResponseReturnValue:
    """Add a correction to a line of the file; the line stays as it is."""
    form, answer = ReasonForm(), url_for("integrity.file", teacher_id=line.teacher_id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            reason = form.reason.data or ""
            actions.correct(line, reason, by=current_viewer(), today=clock.today())
        if done:
            flash(_("The correction stands beside the line."), "good")
            return redirect(answer, 303)
    page = render_template(
        "planning/integrity/correct.html", form=form, line=line, kind=RecordKind(line.kind)
    )
    return page, form.page_status


@blueprint.get("/records/<int:record_id>/evidence")
@requires(_may_read, load=queries.record_in_scope)
def record_evidence(line: IntegrityRecord) -> ResponseReturnValue:
    """The file that a line rests on."""
    return _file(line.evidence, url_for("integrity.file", teacher_id=line.teacher_id))


def _facts(ban: Ban) -> dict[str, Any]:
    """What every page of one ban shows."""
    today, closes = clock.today(), ban.objection_closes_at
    return {
        "ban": ban,
        "teacher": ban.teacher,
        "stage": queries.stage(ban, today),
        "causes": CAUSES,
        "policy": queries.policy_for(ban),
        "left": days_left(ban.ends_on, today),
        "eligible_on": eligible_from(ban.ends_on),
        "closes_on": closes and last_day_to_object(closes),
    }


def _file_of(teacher: Teacher) -> dict[str, Any]:
    """What a file holds: bans and lines, the newest first."""
    today = clock.today()
    bans = queries.bans_of_teacher(teacher)
    return {
        "teacher": teacher,
        "bans": bans,
        "stages": {ban.id: queries.stage(ban, today) for ban in bans},
        "records": queries.records_of(teacher),
        "kind_of": RecordKind,
        "causes": CAUSES,
        "left": lambda ban: days_left(ban.ends_on, today),
        "running": (Stage.IN_FORCE, Stage.LIFTING),
        "live": LIVE,
    }


def _sent_evidence(sent: Any, teacher: Teacher) -> StoredFile | None:
    """The file of the form, stored; nothing when none was sent."""
    if not sent or not sent.filename:
        return None
    return actions.keep_evidence(sent.read(), sent.filename, teacher=teacher, by=current_viewer())


def _file(stored: StoredFile | None, otherwise: str) -> ResponseReturnValue:
    if stored is None:
        flash(_("There is no file."), "attention")
        return redirect(otherwise, 303)
    return attachment(files.content(stored), stored.name, stored.media_type)


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
