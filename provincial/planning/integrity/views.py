"""Pages of bans and integrity files: the list, one ban and its steps, one teacher's file, one's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.viewer import Viewer
from provincial.office.files import queries as files
from provincial.office.files.models import StoredFile
from provincial.office.journal.queries import timeline
from provincial.people.teachers.models import Teacher
from provincial.planning.integrity import actions, permissions, queries
from provincial.planning.integrity.forms import EnterForm
from provincial.planning.integrity.models import IntegrityRecord
from provincial.planning.integrity.queries import teacher_in_scope
from provincial.planning.integrity.rules import (
    CAUSES,
    LIVE,
    RULE_OF,
    RecordKind,
    Stage,
    days_left,
)
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import attachment
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("integrity", __name__)


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
                on_date=form.on_date.data or clock.today(),
                source=form.source.data or "",
                note=form.reason.data or "",
                evidence=actions.keep_evidence(
                    form.file.data, teacher=teacher, by=current_viewer()
                ),
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


def _file(stored: StoredFile | None, otherwise: str) -> ResponseReturnValue:
    if stored is None:
        flash(_("There is no file."), "attention")
        return redirect(otherwise, 303)
    return attachment(files.content(stored), stored.name, stored.media_type)
