"""The list, one teacher, and the forms that register and change a record."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.adapters.keys import mask_phone
from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.jobs.actions import enqueue
from provincial.office.journal.queries import timeline
from provincial.people.organisations.models import Organisation
from provincial.people.teachers import actions, documents, queries
from provincial.people.teachers.forms import (
    DayForm,
    EditForm,
    EducationForm,
    FactsForm,
    RegisterForm,
    refuse_times,
)
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.permissions import (
    edits_imported,
    may_edit,
    may_list,
    may_register,
    may_reveal,
    may_see,
    schools_in_scope,
)
from provincial.people.teachers.queries import TeacherFilter, teacher_in_scope
from provincial.people.teachers.rules import (
    FIELDS,
    EventKind,
    Facts,
    Step,
    TeacherState,
    locked_fields,
    masked_id,
)
from provincial.rulebook import vocabulary
from provincial.rulebook.people_words import SEXES, TITLE_OF
from provincial.web.access import requires
from provincial.web.access import viewer as current_viewer
from provincial.web.downloads import XLSX, attachment
from provincial.web.filters import translate
from provincial.web.formkit import ConfirmForm, ReasonForm, submission

blueprint = Blueprint("teachers", __name__)
#: Above this many rows an export is a job.
EXPORT_AT_ONCE = 2000
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
        links=_register_links(who),
        may_register=may_register(who),
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
    """One teacher: the facts, numbers masked, what later rooms know, and what happened."""
    who = current_viewer()
    may_change = may_edit(who, teacher)
    return render_template(
        "people/teachers/show.html",
        teacher=teacher,
        facts_of=documents.words(teacher),
        sex=SEXES[teacher.sex],
        education=documents.education_words(teacher),
        state=TeacherState(teacher.state),
        fields=FIELDS,
        imported=sorted(locked_fields(teacher.sources)),
        may_reveal=may_reveal(who, teacher),
        may_edit=may_change and teacher.state == TeacherState.ACTIVE,
        may_return=may_change and teacher.state == TeacherState.LEFT,
        merged_into=queries.teacher_in_scope(who, teacher.merged_into_id or 0),
        links=_links(who, teacher),
        panels=_panels(who, teacher),
        events=timeline(teacher),
    )


@blueprint.route("/register", methods=["GET", "POST"])
@requires(may_register)
def register() -> ResponseReturnValue:
    """Register one teacher."""
    who = current_viewer()
    form = RegisterForm(queries.own_school(who) is not None)
    if form.validate_on_submit():
        with submission(form) as done:
            school = _school(who, form)
            row = form.row(school.id, school.name, clock.today())
            teacher = actions.register(row, on=clock.today(), by=who)
            done.answer = url_for("teachers.show", teacher_id=teacher.id)
        if done:
            _say_tidied(form)
            flash(_("“%(name)s” is registered.", name=row.facts.name), "good")
            return redirect(done.answer, 303)
    page = render_template("people/teachers/register.html", form=form)
    return page, form.page_status


@blueprint.route("/<int:teacher_id>/edit", methods=["GET", "POST"])
@requires(may_edit, load=teacher_in_scope)
def edit(teacher: Teacher) -> ResponseReturnValue:
    """Change fields of a record, with a reason; what was imported is shown, not changed (ZJ22-61)."""
    who, address = current_viewer(), url_for("teachers.show", teacher_id=teacher.id)
    locked = set() if edits_imported(who) else locked_fields(teacher.sources)
    form = EditForm(obj=None if request.method == "POST" else teacher)
    if not form.is_submitted():
        form.id_number.data = form.phone.data = ""
        form.version.data = str(teacher.version)
    form.without(locked)
    if form.validate_on_submit():
        with submission(form, address) as done:
            said = form.facts(clock.today())
            known = {name: getattr(teacher, name) for name in ("since", "teaching_since")} | said
            days = Facts(since=known["since"], teaching_since=known["teaching_since"])
            refuse_times(days, teacher.birth_on, clock.today())
            step = Step(clock.today(), who, form.reason.data or "")
            version, open_too = form.expected_version, edits_imported(who)
            actions.edit(teacher, said, step, version=version, imported_too=open_too)
        if done:
            _say_tidied(form)
            flash(_("Saved."), "good")
            return redirect(address, 303)
    page = render_template(
        "people/teachers/edit.html",
        form=form,
        teacher=teacher,
        locked=[
            (FIELDS[name], documents.words(teacher)[name]) for name in FIELDS if name in locked
        ],
        versions=_versions(form),
    )
    return page, form.page_status


@blueprint.route("/<int:teacher_id>/education", methods=["GET", "POST"])
@requires(may_edit, load=teacher_in_scope)
def education(teacher: Teacher) -> ResponseReturnValue:
    """The two blocks of education (PE-131)."""
    form, address = EducationForm(), url_for("teachers.show", teacher_id=teacher.id)
    if not form.is_submitted():
        for kind, block in queries.educations(teacher).items():
            form.fill(kind, block)
    if form.validate_on_submit():
        with submission(form, address) as done:
            step = Step(clock.today(), current_viewer(), form.reason.data or "")
            actions.set_education(teacher, form.blocks(), step)
        if done:
            flash(_("Saved."), "good")
            return redirect(address, 303)
    page = render_template("people/teachers/education.html", form=form, teacher=teacher)
    return page, form.page_status


@blueprint.route("/<int:teacher_id>/leave", methods=["GET", "POST"])
@requires(may_edit, load=teacher_in_scope)
def leave(teacher: Teacher) -> ResponseReturnValue:
    """A teacher has left teaching, or comes back."""
    form, address = DayForm(), url_for("teachers.show", teacher_id=teacher.id)
    returns = teacher.state == TeacherState.LEFT
    if not form.is_submitted():
        form.on_date.data = clock.today()
    if form.validate_on_submit():
        with submission(form, address) as done:
            kind = EventKind.RETURNED if returns else EventKind.LEFT
            day = form.on_date.data or clock.today()
            step = Step(day, current_viewer(), form.reason.data or "", kind=kind)
            (actions.come_back if returns else actions.leave)(teacher, step)
        if done:
            flash(_("Saved."), "good")
            return redirect(address, 303)
    page = render_template(
        "people/teachers/leave.html", form=form, teacher=teacher, returns=returns
    )
    return page, form.page_status


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


def _school(who: Viewer, form: RegisterForm) -> Organisation:
    """The viewer's own school, or the one that was typed."""
    own = queries.own_school(who)
    typed = str(form.school.data or "") if own is None else ""
    return own or queries.find_school(typed, "school", scope=schools_in_scope(who))


def _versions(form: EditForm) -> list[tuple[Any, Any, Any]]:
    """What somebody else saved in the meantime beside what was typed, field by field."""
    theirs = form.stale.theirs if form.stale else {}
    return [
        (FIELDS[name], documents.word(name, value), documents.word(name, form.data[name]))
        for name, value in theirs.items()
        if name in form.data
    ]


def _say_tidied(form: FactsForm) -> None:
    for note in form.notes:
        flash(translate(note.message), "attention")


def _links(who: Viewer, teacher: Teacher) -> list[dict[str, Any]]:
    """Pages of later rooms about this teacher that the viewer may open now."""
    return [
        {"label": link.label, "url": url_for(link.endpoint, teacher_id=teacher.id)}
        for link in current_app.config["TEACHER_LINKS"]
        if link.allowed(who, teacher)
    ]


def _panels(who: Viewer, teacher: Teacher) -> list[tuple[str, Any]]:
    """Parts of the page that later rooms fill."""
    filled = (
        (panel.template, panel.load(who, teacher)) for panel in current_app.config["TEACHER_PANELS"]
    )
    return [(template, values) for template, values in filled if values is not None]


def _register_links(who: Viewer) -> list[dict[str, Any]]:
    """Pages of later rooms about the register as a whole."""
    return [
        {"label": link.label, "url": url_for(link.endpoint)}
        for link in current_app.config["REGISTER_LINKS"]
        if link.allowed(who, None)
    ]


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
