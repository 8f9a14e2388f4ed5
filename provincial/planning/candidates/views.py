"""Pages of entering, in three steps that work without script: search, choose, confirm."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.refusals import Refusal
from provincial.core.viewer import Viewer
from provincial.people.accounts.viewer import current_viewer
from provincial.people.teachers.models import Teacher
from provincial.planning.candidates import permissions, queries
from provincial.planning.candidates.forms import (
    EntryForm,
    NominateForm,
    ReplaceForm,
    SearchForm,
    StandInSearchForm,
)
from provincial.planning.candidates.queries import Candidate
from provincial.planning.candidates.rules import looks_like_id_number
from provincial.planning.nominations import actions
from provincial.planning.nominations.actions import Entry
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.permissions import may_change
from provincial.planning.nominations.queries import (
    category_with_places,
    nomination_in_scope,
    opening,
    rulebook,
)
from provincial.planning.nominations.rules import Channel
from provincial.planning.plans.models import Project, ProjectCategory
from provincial.planning.quotas.queries import sources_of
from provincial.planning.selection import queries as selection
from provincial.web.access import requires
from provincial.web.formkit import submission

blueprint = Blueprint("candidates", __name__)
#: Where a teacher is registered: one by one, or else by a spreadsheet.
_REGISTER = ("teachers.register", "rosters.upload")


@blueprint.route("/<int:category_id>/new", methods=["GET", "POST"])
@requires(permissions.may_enter, load=category_with_places)
def new(category: ProjectCategory) -> ResponseReturnValue:
    """Enter a name: search the register, choose a teacher, confirm the place."""
    viewer = current_viewer()
    projects = queries.projects_with_places(viewer, category.id)
    wanted = _number("project")
    project = next((one for one in projects if one.id == wanted), None)
    teacher = queries.teacher_in_scope(viewer, _number("teacher"))
    if project is not None and teacher is not None:
        return _confirm(category, project, teacher)
    form = SearchForm(formdata=None).choose([(one.id, one.name) for one in projects])
    form.project_id.data = project.id if project else None
    form.words.data = request.args.get("q", "")[:60]
    return _search(category, form, project)


@blueprint.post("/<int:category_id>/find")
@requires(permissions.may_enter, load=category_with_places)
def find(category: ProjectCategory) -> ResponseReturnValue:
    """Search the register; an ID number leads straight to its teacher and stands in no address."""
    viewer = current_viewer()
    projects = queries.projects_with_places(viewer, category.id)
    form = SearchForm().choose([(one.id, one.name) for one in projects])
    if form.validate_on_submit():
        words, project_id = form.words.data or "", form.project_id.data
        here = {"category_id": category.id, "project": project_id}
        if not looks_like_id_number(words):
            return redirect(url_for("candidates.new", **here, q=words), 303)
        try:
            found = queries.by_id_number(viewer, words, clock.today())
        except Refusal as refusal:
            form.refuse(Refusal(refusal.message, field="words"))
        else:
            if found is not None:
                return redirect(url_for("candidates.new", **here, teacher=found.id), 303)
            form.words.errors = [_("No teacher of your schools has this ID number.")]
    return _search(category, form, None)


def _search(
    category: ProjectCategory, form: SearchForm, project: Project | None
) -> ResponseReturnValue:
    """Steps one and two: the search, and the teachers it finds with what the rules say."""
    viewer, today, words = current_viewer(), clock.today(), form.words.data or ""
    hits: list[Candidate] = []
    more = False
    if project is not None and words and not looks_like_id_number(words):
        teachers, more = queries.search(viewer, words)
        hits = [queries.candidate(viewer, project, one, on=today) for one in teachers]
    return render_template(
        "planning/candidates/search.html",
        category=category,
        form=form,
        project=project,
        words=words if project else "",
        hits=hits,
        more=more,
        sources=_sources(category, hits),
        register_url=_register_url(),
        opening=_opening(category, viewer),
        today=today,
    ), form.page_status


def _confirm(category: ProjectCategory, project: Project, teacher: Teacher) -> ResponseReturnValue:
    """Step three: the place, the reason where a rule wants one, and the act."""
    viewer, form = current_viewer(), NominateForm()
    asked = form.place.data or request.args.get("place", "")
    found = queries.candidate(viewer, project, teacher, asked, on=clock.today())
    form.choose([(choice.key, choice.label) for choice in found.choices])
    if not form.place.data and found.chosen is not None:
        form.place.data = found.chosen.key
    if found.chosen is not None and form.validate_on_submit():
        with submission(form) as done:
            holder = selection.body_of(found.chosen.organisation_id)
            entry = _entry(form, found.chosen.channel, viewer)
            made = actions.enter(project, teacher, holder, entry, by=viewer, now=clock.now())
            done.answer = url_for("selection.show", nomination_id=made.id)
        if done:
            flash(_("%(name)s is nominated.", name=teacher.name), "good")
            return redirect(done.answer, 303)
        found = queries.candidate(viewer, project, teacher, form.place.data, on=clock.today())
        form.choose([(choice.key, choice.label) for choice in found.choices])
    return render_template(
        "planning/candidates/confirm.html",
        category=category,
        project=project,
        candidate=found,
        form=form,
        sources=_sources(category, [found]),
        opening=_opening(category, viewer),
        today=clock.today(),
    ), form.page_status


def _entry(form: EntryForm, channel: Channel, by: Viewer) -> Entry:
    return Entry(
        channel,
        form.reason.data or "",
        (form.grounds.data or "") if channel is Channel.GREEN else "",
        actions.keep_evidence(form.attached(), by=by),
        form.note.data or "",
    )


@blueprint.route("/names/<int:nomination_id>/change", methods=["GET", "POST"])
@requires(may_change, load=nomination_in_scope)
def change(nomination: Nomination) -> ResponseReturnValue:
    """Change what was written beside a name, while it has not been passed on."""
    form = EntryForm(obj=nomination) if request.method == "GET" else EntryForm()
    viewer, answer = current_viewer(), url_for("selection.show", nomination_id=nomination.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            entry = _entry(form, nomination.way, viewer)
            actions.change(nomination, entry, by=viewer, expected_version=form.expected_version)
        if done:
            flash(_("Saved."), "good")
            return redirect(answer, 303)
    findings = selection.findings_of(nomination, clock.today())
    return render_template(
        "planning/candidates/change.html",
        form=form,
        nomination=nomination,
        findings=findings,
        sources=sources_of(rulebook(nomination.category), {one.rule for one in findings}),
    ), form.page_status


@blueprint.route("/names/<int:nomination_id>/replace", methods=["GET", "POST"])
@requires(permissions.may_replace, load=nomination_in_scope)
def replace(nomination: Nomination) -> ResponseReturnValue:
    """Let another teacher step in: search, choose, confirm (A-18)."""
    teacher = queries.teacher_in_scope(current_viewer(), _number("teacher"))
    if teacher is not None:
        return _confirm_stand_in(nomination, teacher)
    form = StandInSearchForm(formdata=None)
    form.words.data = request.args.get("q", "")[:60]
    return _search_stand_in(nomination, form)


@blueprint.post("/names/<int:nomination_id>/find")
@requires(permissions.may_replace, load=nomination_in_scope)
def find_stand_in(nomination: Nomination) -> ResponseReturnValue:
    """Search the register for somebody to step in."""
    form = StandInSearchForm()
    if form.validate_on_submit():
        words = form.words.data or ""
        if not looks_like_id_number(words):
            url = url_for("candidates.replace", nomination_id=nomination.id, q=words)
            return redirect(url, 303)
        try:
            found = queries.by_id_number(current_viewer(), words, clock.today())
        except Refusal as refusal:
            form.refuse(Refusal(refusal.message, field="words"))
        else:
            if found is not None:
                number = nomination.id
                url = url_for("candidates.replace", nomination_id=number, teacher=found.id)
                return redirect(url, 303)
            form.words.errors = [_("No teacher of your schools has this ID number.")]
    return _search_stand_in(nomination, form)


def _search_stand_in(nomination: Nomination, form: StandInSearchForm) -> ResponseReturnValue:
    viewer, today, words = current_viewer(), clock.today(), form.words.data or ""
    hits: list[Candidate] = []
    more = False
    if words and not looks_like_id_number(words):
        teachers, more = queries.search(viewer, words)
        others = [one for one in teachers if one.id != nomination.teacher_id]
        hits = [queries.stand_in(nomination, one, on=today) for one in others]
    return render_template(
        "planning/candidates/stand_in.html",
        nomination=nomination,
        form=form,
        words=words,
        hits=hits,
        more=more,
        sources=_sources(nomination.category, hits),
        register_url=_register_url(),
        stand_in=selection.stand_in(nomination),
        today=today,
    ), form.page_status


def _confirm_stand_in(nomination: Nomination, teacher: Teacher) -> ResponseReturnValue:
    viewer, form = current_viewer(), ReplaceForm()
    if form.validate_on_submit():
        with submission(form) as done:
            made = actions.replace(
                nomination,
                teacher,
                _entry(form, nomination.way, viewer),
                form.replace_reason.data or "",
                by=viewer,
                now=clock.now(),
            )
            done.answer = url_for("selection.show", nomination_id=made.id)
        if done:
            flash(_("%(name)s steps in.", name=teacher.name), "good")
            return redirect(done.answer, 303)
    found = queries.stand_in(nomination, teacher, on=clock.today())
    return render_template(
        "planning/candidates/step_in.html",
        nomination=nomination,
        candidate=found,
        form=form,
        sources=_sources(nomination.category, [found]),
        stand_in=selection.stand_in(nomination),
        today=clock.today(),
    ), form.page_status


def _number(name: str) -> int:
    """A row's number in the address; nought where none can be meant."""
    found = request.args.get(name, 0, type=int)
    return found if 0 < found < 2**62 else 0


def _sources(category: ProjectCategory, found: list[Candidate]) -> object:
    rules = {finding.rule for one in found for finding in one.findings}
    return sources_of(rulebook(category), rules)


def _opening(category: ProjectCategory, viewer: Viewer) -> object:
    return opening(category.plan, selection.body_of(viewer.organisation_id), clock.now())


def _register_url() -> str:
    """Where a teacher who is missing is put on the register."""
    known = [name for name in _REGISTER if name in current_app.view_functions]
    return url_for(known[0]) if known else ""
