"""The list, one teacher, and the three steps of an import: choose, see, confirm."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.adapters.keys import mask_phone
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.office.files import queries as files
from provincial.office.imports import actions as imports
from provincial.office.imports.models import ImportRun
from provincial.office.imports.rules import RunState
from provincial.office.jobs.actions import enqueue
from provincial.office.journal.queries import timeline
from provincial.people.teachers import actions, documents, queries
from provincial.people.teachers.forms import UploadForm
from provincial.people.teachers.importer import Checked, check
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import (
    may_decide,
    may_import,
    may_list,
    may_reveal,
    may_see,
)
from provincial.people.teachers.queries import TeacherFilter, run_in_scope, teacher_in_scope
from provincial.people.teachers.rules import (
    ETHNIC_GROUPS,
    POLITICAL,
    ROWS_AT_ONCE,
    SEXES,
    STATUSES,
    TITLE_OF,
    TeacherState,
    masked_id,
    nothing_to_take,
)
from provincial.rulebook import vocabulary
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("teachers", __name__)
#: Above this many rows an export is a job.
EXPORT_AT_ONCE = 2000
#: Rows and findings that the page of a check shows; all of them are in the workbook.
_SHOWN = 200
_ASKED = {"q", "school", "stage", "subject", "state", "at"}
_STAGES = {term.code: term.label for term in vocabulary.STAGES}
_SUBJECTS = {term.code: term.label for term in vocabulary.SUBJECTS}


@blueprint.get("/")
@requires(may_list)
def list_teachers() -> ResponseReturnValue:
    """The teachers in scope, by the sound of their names."""
    who, wanted = current_viewer(), _filter()
    page = queries.list_teachers(
        who, wanted, after=request.args.get("after", ""), before=request.args.get("before", "")
    )
    return render_template(
        "people/teachers/list.html",
        page=page,
        wanted=wanted,
        numbers={one.id: masked_id(queries.id_number_of(one)) for one in page.rows},
        phones={one.id: mask_phone(queries.phone_of(one)) for one in page.rows},
        stages=_STAGES,
        subjects=_SUBJECTS,
        titles=TITLE_OF,
        state_of=TeacherState,
        state_choices=[(state.value, state.label) for state in TeacherState],
        at=queries.school_choice(who, wanted.school_id) if wanted.school_id else None,
        export=ConfirmForm(),
        export_args={key: value for key, value in request.args.items() if key in _ASKED},
        may_import=may_import(who),
    )


@blueprint.post("/export")
@requires(may_list, grave=True)
def export() -> ResponseReturnValue:
    """The list as a workbook with masked numbers; more than 2,000 rows as a job."""
    who, wanted = current_viewer(), _filter()
    count = queries.count_teachers(who, wanted)
    if count <= EXPORT_AT_ONCE:
        rows = [documents.row(teacher) for teacher in queries.export_teachers(who, wanted)]
        with transaction():
            actions.note_export(len(rows), wanted.as_data(), by=who)
        return attachment(documents.workbook(rows), "教师名册.xlsx", XLSX)
    with submission(ConfirmForm()) as done:
        args = {"filter": wanted.as_data()}
        enqueue("teachers.export", t("Export of teachers"), by=who, args=args)
    if done:
        flash(_("The export runs as a job; you find the file with your jobs."), "waiting")
    return redirect(url_for("teachers.list_teachers"), 303)


@blueprint.get("/<int:teacher_id>")
@requires(may_see, load=teacher_in_scope)
def show(teacher: Teacher) -> ResponseReturnValue:
    """One teacher: the facts, numbers masked, and what happened."""
    return render_template(
        "people/teachers/show.html",
        teacher=teacher,
        state=TeacherState(teacher.state),
        number=masked_id(queries.id_number_of(teacher)),
        phone=mask_phone(queries.phone_of(teacher)),
        sexes=SEXES,
        stages=_STAGES,
        subjects=_SUBJECTS,
        titles=TITLE_OF,
        statuses=STATUSES,
        ethnic=ETHNIC_GROUPS.get(teacher.ethnic_code, ""),
        political=POLITICAL.get(teacher.political_code, ("", ""))[1],
        imported=sorted(set(teacher.sources)),
        may_reveal=may_reveal(current_viewer(), teacher),
        events=timeline(teacher),
    )


@blueprint.post("/<int:teacher_id>/reveal")
@requires(may_reveal, load=teacher_in_scope)
def reveal(teacher: Teacher) -> ResponseReturnValue:
    """Show the whole numbers once; the reason is kept (R7)."""
    form, numbers = ReasonForm(), ("", "")
    if form.validate_on_submit():
        with submission(form):
            numbers = actions.reveal(teacher, form.reason.data or "", by=current_viewer())
    page = render_template(
        "people/teachers/reveal.html",
        form=form,
        teacher=teacher,
        number=numbers[0],
        phone=numbers[1],
    )
    return page, form.page_status


@blueprint.route("/import", methods=["GET", "POST"])
@requires(may_import)
def upload() -> ResponseReturnValue:
    """Choose the file."""
    who, form, findings = current_viewer(), UploadForm(), []
    if form.validate_on_submit():
        sent = form.file.data
        data, name = sent.read(), sent.filename or "teachers"
        with submission(form) as done:
            run = imports.receive(
                actions.KIND,
                data,
                name,
                organisation_id=who.organisation_id,
                by=who,
                title=t("Teachers from a spreadsheet"),
            )
            _record(run, check(data, name, who, clock.today()))
            done.answer = url_for("teachers.show_run", run_id=run.id)
        if done:
            return redirect(done.answer, 303)
        findings = form.refused.findings if form.refused else []
    page = render_template("people/teachers/upload.html", form=form, findings=findings)
    return page, form.page_status


@blueprint.get("/import/template")
@requires(may_import)
def template() -> ResponseReturnValue:
    """The workbook to fill in."""
    return attachment(documents.template(), "教师名单模板.xlsx", XLSX)


@blueprint.get("/import/<int:run_id>")
@requires(may_decide, load=run_in_scope)
def show_run(run: ImportRun) -> ResponseReturnValue:
    """What was understood, and what became of it."""
    return _page(run, ConfirmForm(), ReasonForm())


@blueprint.post("/import/<int:run_id>/confirm")
@requires(may_decide, load=run_in_scope)
def confirm(run: ImportRun) -> ResponseReturnValue:
    """Register the good rows; a long list as a job."""
    who, form = current_viewer(), ConfirmForm()
    address = url_for("teachers.show_run", run_id=run.id)
    if not form.validate_on_submit():
        return _page(run, form, ReasonForm())
    with submission(form, address) as done:
        if run.counts.get("rows", 0) > ROWS_AT_ONCE:
            args = {"run_id": run.id, "url": address}
            enqueue("teachers.write", t("Teachers from a spreadsheet"), by=who, args=args)
            told = _("The teachers are being written; you may leave this page.")
        else:
            _write(run, form)
            told = _("The teachers are registered.")
    if done:
        flash(told, "good")
        return redirect(address, 303)
    return _page(run, form, ReasonForm())


@blueprint.post("/import/<int:run_id>/undo")
@requires(may_decide, load=run_in_scope)
def undo(run: ImportRun) -> ResponseReturnValue:
    """Take the whole import back."""
    form, address = ReasonForm(), url_for("teachers.show_run", run_id=run.id)
    if form.validate_on_submit():
        with submission(form, address) as done:
            reason = form.reason.data or ""
            actions.undo(run, reason, on=clock.today(), by=current_viewer())
        if done:
            flash(_("The import is undone; the register is as before."), "good")
            return redirect(address, 303)
    return _page(run, ConfirmForm(), form)


def _write(run: ImportRun, form: ConfirmForm) -> None:
    """Check again and write, in the transaction of the form."""
    who, today = current_viewer(), clock.today()
    if form.expected_version is not None and form.expected_version != run.version:
        raise Refusal(t("The workbook was checked again since. Look at the new result first."))
    checked = check(files.content(run.file), run.file.name, who, today)
    _record(run, checked)
    if checked.stops:
        raise Refusal(checked.stops[0].message, findings=checked.stops)
    if nothing_to_take(checked.rows):
        raise Refusal(t("No row of this list can be taken."))
    new = [row for row in checked.rows if row.verdict == "new"]
    changed = [row for row in checked.rows if row.verdict == "changed"]
    actions.register_rows(new, run, on=today, by=who)
    actions.change_rows(changed, run, on=today, by=who)
    actions.confirm(run, by=who)


def _record(run: ImportRun, checked: Checked) -> None:
    """Keep what was understood; ID numbers only masked (R6)."""
    understood = {
        "rows": [row.as_data() for row in checked.rows[:_SHOWN]],
        "sheet": checked.sheet,
        "header_row": checked.header_row,
        "stopped": bool(checked.stops),
    }
    imports.record_check(run, understood, checked.findings, checked.counts)


def _page(run: ImportRun, form: ConfirmForm, undoing: ReasonForm) -> ResponseReturnValue:
    if not form.is_submitted():
        form.version.data = str(run.version)
    found = imports.findings_of(run)
    counts = run.counts
    page = render_template(
        "people/teachers/run.html",
        run=run,
        state=RunState(run.state),
        form=form,
        undoing=undoing,
        findings=found[:_SHOWN],
        more=max(0, len(found) - _SHOWN),
        stopped=bool(run.understood.get("stopped")),
        to_take=counts.get("new", 0) + counts.get("changed", 0),
        stages=_STAGES,
        subjects=_SUBJECTS,
        events=timeline(run),
    )
    return page, max(form.page_status, undoing.page_status)


def _filter() -> TeacherFilter:
    """The filter in the address."""
    asked = request.args
    at = asked.get("at", 0, type=int)
    states = {"", *TeacherState}
    return TeacherFilter(
        text=asked.get("q", "").strip()[:60],
        school=asked.get("school", "").strip()[:60],
        stage=asked.get("stage", "") if asked.get("stage") in _STAGES else "",
        subject=asked.get("subject", "") if asked.get("subject") in _SUBJECTS else "",
        state=asked.get("state", "active") if asked.get("state") in states else "active",
        school_id=at if 0 < at < 2**62 else 0,
    )
