"""Pages of nominations: the categories, the names, one nomination and the holder's steps on it."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.text import Text, t
from provincial.core.viewer import Viewer
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook
from provincial.office.files import queries as files
from provincial.office.journal.queries import timeline
from provincial.people.accounts.viewer import current_viewer
from provincial.people.organisations.models import Organisation
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.queries import id_number_of, teacher_in_scope
from provincial.people.teachers.rules import masked_id
from provincial.planning.nominations import actions
from provincial.planning.nominations import permissions as who_may
from provincial.planning.nominations import queries as nominations
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.queries import category_with_places
from provincial.planning.nominations.queries import nomination_in_scope as in_scope
from provincial.planning.nominations.rules import Channel, NominationState
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.quotas.queries import sources_of
from provincial.planning.selection import permissions, queries
from provincial.planning.selection.jobs import NAMES
from provincial.planning.selection.queries import Wanted
from provincial.planning.selection.rules import ACTS
from provincial.web.access import requires
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, Form, ReasonForm, submission

blueprint = Blueprint("selection", __name__)
#: The page of a handed-in list, of a later room.
LIST = "lists.show"
_ASKED = ("q", "state", "project", "channel", "at", "mine")


@blueprint.get("/")
@requires(who_may.may_look)
def home() -> ResponseReturnValue:
    """The categories that are filled by nominations, with the figures of the viewer's own body."""
    viewer = current_viewer()
    body = queries.own_body(viewer)
    lines = queries.categories(viewer, body, clock.now())
    if len(lines) == 1:
        return redirect(url_for("selection.names", category_id=lines[0].category.id), 303)
    return _categories(body, lines)


@blueprint.get("/bodies/<int:body_id>")
@requires(permissions.may_read_body, load=queries.body_in_scope)
def of_body(body: Organisation) -> ResponseReturnValue:
    """The categories of which one body holds places, and how far each is filled."""
    return _categories(body, queries.categories(current_viewer(), body, clock.now()))


def _categories(body: Organisation, lines: list[queries.CategoryLine]) -> ResponseReturnValue:
    own = body.id == queries.own_body(current_viewer()).id
    return render_template(
        "planning/selection/home.html", body=body, own=own, lines=lines, today=clock.today()
    )


@blueprint.get("/<int:category_id>")
@requires(permissions.may_read_names, load=category_with_places)
def names(category: ProjectCategory) -> ResponseReturnValue:
    """The names of a category within the viewer's scope, under the places of the viewer's body."""
    viewer, wanted = current_viewer(), _filter()
    page = queries.names(
        viewer,
        category.id,
        wanted,
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    head = queries.head(viewer, category, clock.now())
    return render_template(
        "planning/selection/names.html",
        category=category,
        head=head,
        page=page,
        wanted=wanted,
        numbers={one.id: masked_id(id_number_of(one.teacher)) for one in page.rows},
        below=queries.bodies_below(category, head.body),
        channel_choices=[(channel.value, channel.label) for channel in Channel],
        states=list(NominationState),
        may_enter=who_may.may_nominate(viewer),
        links=_links(category, viewer),
        export=ConfirmForm(),
        export_args={key: value for key, value in request.args.items() if key in _ASKED},
        today=clock.today(),
    )


def _links(category: ProjectCategory, viewer: Viewer) -> list[tuple[Text, str]]:
    """What later rooms put beside the names of a category, through ``SELECTION_LINKS``."""
    made = (make(category, viewer) for make in current_app.config.get("SELECTION_LINKS", ()))
    return [link for link in made if link is not None]


def _filter() -> Wanted:
    """The filter in the address; without one, the nominations that hold a place."""
    asked = request.args
    project, at = asked.get("project", 0, type=int), asked.get("at", 0, type=int)
    states = {"", "alive", *NominationState}
    state = asked.get("state", "alive")
    return Wanted(
        state=state if state in states else "alive",
        channel=asked.get("channel", "") if asked.get("channel") in set(Channel) else "",
        project_id=project if 0 < project < 2**62 else None,
        organisation_id=at if 0 < at < 2**62 else None,
        words=asked.get("q", "").replace("\x00", "").strip()[:60],
        mine=asked.get("mine") == "1",
        own=asked.get("at") == "own",
    )


@blueprint.post("/<int:category_id>/export")
@requires(permissions.may_read_names, load=category_with_places)
def export(category: ProjectCategory) -> ResponseReturnValue:
    """The names that the filter finds as a workbook; more than 2,000 of them as a job."""
    viewer = current_viewer()
    asked = {"category": category.id, **_filter().as_data()}
    with transaction():
        job = exports.request(NAMES, asked, by=viewer)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook(NAMES, asked, by=viewer), XLSX)


@blueprint.get("/names/<int:nomination_id>")
@requires(who_may.may_see, load=in_scope)
def show(nomination: Nomination) -> ResponseReturnValue:
    """One nomination: facts, its way, findings, and the steps that this viewer may take now."""
    viewer, today = current_viewer(), clock.today()
    here = viewer.organisation_id
    findings = queries.findings_of(nomination, today)
    book = nominations.rulebook(nomination.category)
    others = queries.of_teacher(viewer, nomination.teacher_id)
    return render_template(
        "planning/selection/show.html",
        nomination=nomination,
        number=masked_id(id_number_of(nomination.teacher)),
        stops=queries.stops_of(nomination, today),
        findings=findings,
        sources=sources_of(book, {finding.rule for finding in findings}),
        steps={step.action: step for step in who_may.steps(viewer, nomination)},
        waits_here=nomination.waits_at_id == here,
        level=who_may.level_of(viewer),
        list_url=_list_url(nomination),
        own_entry=nomination.entered_by_id == viewer.user_id,
        alone=nominations.signers_at([here], today).get(here, 0) <= 1,
        may_change=who_may.may_change(viewer, nomination),
        stand_in=queries.stand_in(nomination),
        stands_in=nominations.replaced_by(nomination),
        others=[one for one in others if one.id != nomination.id],
        history=nominations.history(nomination),
        words=ACTS,
        state_of=NominationState,
        sees_teacher=permissions.may_read_teacher(viewer, nomination.teacher),
        form=ReasonForm(),
        today=today,
        events=timeline(nomination),
    )


def _list_url(nomination: Nomination) -> str:
    """The page of the list with which a name was handed in, for who may read it."""
    handed_in = nomination.handed_in_with
    if handed_in is None or LIST not in current_app.view_functions:
        return ""
    if not who_may.may_see_list(current_viewer(), handed_in):
        return ""
    return url_for(LIST, list_id=handed_in.id)


def act_page(form: Form, nomination: Nomination, label: Text) -> ResponseReturnValue:
    """The page of a step that was not taken: what was typed, and why not."""
    return render_template(
        "planning/selection/act.html",
        form=form,
        nomination=nomination,
        label=label,
        sources=sources_of(
            nominations.rulebook(nomination.category),
            {finding.rule for finding in form.refused.findings} if form.refused else (),
        ),
    ), form.page_status


@blueprint.get("/names/<int:nomination_id>/evidence")
@requires(permissions.has_evidence, load=in_scope)
def evidence(nomination: Nomination) -> ResponseReturnValue:
    """The evidence file, always as a download (R18)."""
    file = nomination.evidence
    if file is None:
        return redirect(url_for("selection.show", nomination_id=nomination.id), 303)
    return attachment(files.content(file), file.name, file.media_type)


@blueprint.post("/names/<int:nomination_id>/withdraw")
@requires(permissions.may_withdraw, load=in_scope)
def withdraw(nomination: Nomination) -> ResponseReturnValue:
    """Withdraw a nomination with a reason; its place is free again."""
    form, answer = ReasonForm(), url_for("selection.show", nomination_id=nomination.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.withdraw(nomination, form.reason.data or "", by=current_viewer())
        if done:
            flash(_("The nomination is withdrawn; its place is free again."), "good")
            return redirect(answer, 303)
    return act_page(form, nomination, t("Withdraw"))


@blueprint.post("/names/<int:nomination_id>/take-up")
@requires(permissions.may_take_up, load=in_scope)
def take_up(nomination: Nomination) -> ResponseReturnValue:
    """Take a refused or withdrawn nomination up again, with a reason."""
    form, answer = ReasonForm(), url_for("selection.show", nomination_id=nomination.id)
    if form.validate_on_submit():
        with submission(form, answer) as done:
            actions.take_up(
                nomination, form.reason.data or "", by=current_viewer(), now=clock.now()
            )
        if done:
            flash(_("The nomination is taken up again and waits to be signed."), "good")
            return redirect(answer, 303)
    return act_page(form, nomination, t("Take the nomination up again"))


@blueprint.get("/teachers/<int:teacher_id>")
@requires(permissions.may_read_teacher, load=teacher_in_scope)
def of_teacher(teacher: Teacher) -> ResponseReturnValue:
    """The nominations of one teacher that the viewer may see."""
    return render_template(
        "planning/selection/teacher.html",
        teacher=teacher,
        found=queries.of_teacher(current_viewer(), teacher.id),
    )
