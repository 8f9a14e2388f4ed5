"""The first page after signing in, and the whole list of what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, current_app, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from provincial.core import clock
from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.desk.home import queries, rules
from provincial.desk.home.permissions import (
    sees_own_figures,
    sees_province_figures,
    starts_the_province,
)
from provincial.desk.home.rules import Figure, HolderNumbers, Step, Task
from provincial.desk.lookup.queries import plans_offered
from provincial.desk.lookup.rules import PLAN_KEY, chosen
from provincial.office.journal.models import JournalEvent
from provincial.office.journal.queries import Moment, said, who
from provincial.people.accounts.viewer import current_viewer
from provincial.people.organisations.permissions import may_name_contact
from provincial.people.organisations.rules import Kind
from provincial.planning.fillings.queries import unfilled_in_plan
from provincial.web.access import requires, signed_in
from provincial.web.filters import day, percent

blueprint = Blueprint("home", __name__)

#: So many things to do, and so many changes, stand on home itself; the pages of all have the rest.
MOST_TASKS = 8
MOST_CHANGES = 8
#: The page of the thing that an event is about: endpoint and the name of its number.
_THINGS = {
    "organisation": ("organisations.show", "body_id"),
    "plan": ("plans.show", "plan_id"),
    "quota_table": ("allocations.show", "table_id"),
    "quota_sheet": ("quotas.sheet", "sheet_id"),
    "paper": ("papers.show", "paper_id"),
    "import_run": ("imports.show", "run_id"),
    "nomination_list": ("lists.show", "list_id"),
    "rulebook_edition": ("rulebooks.show", "edition_id"),
}
#: Where each of the province's first steps is done, in their order.
_STEP_PAGES = (
    "organisations.list_bodies",
    "",
    "staff.own_users",
    "rulebooks.list_rulebooks",
    "plans.list_plans",
    "allocations.list_categories",
)


@blueprint.get("/home")
@requires(signed_in)
def home() -> ResponseReturnValue:
    """What is asked of the viewer and by when, figures, and what changed."""
    viewer = current_viewer()
    found = _tasks(viewer)
    moments = _moments(queries.changes(viewer).rows)
    return render_template(
        "desk/home/home.html",
        todo=found[:MOST_TASKS],
        waiting=len(found),
        changes=moments[:MOST_CHANGES],
        more_changes=len(moments) > MOST_CHANGES,
        figures=_figures(viewer),
        steps=_steps(viewer),
    )


@blueprint.get("/to-do")
@requires(signed_in)
def to_do() -> ResponseReturnValue:
    """Everything that waits for the viewer, by deadline."""
    return render_template("desk/home/to_do.html", todo=_tasks(current_viewer()))


@blueprint.get("/changes")
@requires(signed_in)
def changes() -> ResponseReturnValue:
    """Everything that happened within the viewer's scope, newest first."""
    page = queries.changes(
        current_viewer(),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    return render_template("desk/home/changes.html", changes=_moments(page.rows), page=page)


def _tasks(viewer: Viewer) -> list[Task]:
    sources = current_app.config["TODO_SOURCES"]
    return rules.tasks(queries.waiting(sources, viewer), clock.today())


def _moments(events: Sequence[JournalEvent]) -> list[Moment]:
    """The events as lines; the same act by the same person over and over is one line."""
    keyed = [((e.action, e.actor_id, e.request_id, e.at.date()), e.thing_type, e) for e in events]
    return [_moment(event, more) for event, more in rules.in_runs(keyed)]


def _moment(event: JournalEvent, more: int) -> Moment:
    endpoint, name = _THINGS.get(event.thing_type, ("", ""))
    url = _page(endpoint, **{name: event.thing_id}) if event.thing_id is not None else ""
    what = said(event)
    if event.thing_label and event.thing_label not in str(what):
        what = t("%(what)s: %(thing)s", what=what, thing=event.thing_label)
    if more:
        what = t("%(what)s, and %(n)s more", what=what, n=more)
    return Moment(event.at, who(event), what, event.reason, url)


def _page(endpoint: str, **values: object) -> str:
    """The address of a page, or nothing while its room is not built."""
    known = endpoint in current_app.view_functions
    return url_for(endpoint, **values) if known else ""  # type: ignore[arg-type]


def _figures(viewer: Viewer) -> list[Figure]:
    plan = chosen(plans_offered(), session.get(PLAN_KEY))
    if plan is None:
        return []
    if sees_province_figures(viewer):
        return [*_province_figures(plan.id), *_unfilled(plan.id, viewer)]
    if sees_own_figures(viewer):
        numbers = queries.holder_numbers(viewer.organisation_id, plan.id)
        own = _holder_figures(numbers, viewer) if numbers else []
        return [*own, *_unfilled(plan.id, viewer)] if own else []
    return []


def _province_figures(plan_id: int) -> list[Figure]:
    numbers = queries.province_numbers(plan_id)
    board, tables = _page("quotas.my_places"), _page("allocations.list_categories")
    at_schools = t(
        "%(part)s of %(whole)s places", part=f"{numbers.at_schools:,}", whole=f"{numbers.issued:,}"
    )
    unfinished = t("of %(n)s that hand places down", n=numbers.holders)
    return [
        Figure(t("Places issued"), numbers.issued, t("to the units side by side"), board),
        Figure(
            t("Split to schools"),
            percent(rules.share(numbers.at_schools, numbers.issued)),
            at_schools,
            board,
        ),
        Figure(t("Bodies not finished"), numbers.unfinished, unfinished, board),
        Figure(t("Tables waiting"), numbers.tables_waiting, t("to be submitted or issued"), tables),
    ]


def _unfilled(plan_id: int, viewer: Viewer) -> list[Figure]:
    """Places on which nobody stands yet, once names are put on them at all (HN-39)."""
    path = "/" if sees_province_figures(viewer) else viewer.quota_path
    places, category_id = unfilled_in_plan(plan_id, path)
    if category_id is None:
        return []
    url = _page("fillings.idle", category_id=category_id)
    return [Figure(t("Places unfilled"), places, None, url)]


def _holder_figures(numbers: HolderNumbers, viewer: Viewer) -> list[Figure]:
    places = _page("quotas.my_places")
    left = clock.days_left(numbers.due, clock.today()) if numbers.due else None
    until = t("until %(day)s", day=day(numbers.due)) if numbers.due else None
    held = Figure(t("Places held"), numbers.held, None, places)
    days = Figure(t("Days left"), left, until, places)
    if viewer.organisation_kind == Kind.SCHOOL:
        return [held, days]
    given = percent(rules.share(numbers.given, numbers.held))
    return [
        held,
        Figure(t("Handed down"), numbers.given, t("%(share)s of them", share=given), places),
        Figure(t("Unassigned"), numbers.unassigned, None, places),
        days,
    ]


def _steps(viewer: Viewer) -> list[Step]:
    body = queries.own_body(viewer)
    contact = url_for("organisations.contact", body_id=body.id)
    if starts_the_province(viewer):
        facts = queries.province_facts(body)
        if facts.finished:
            return []
        urls = [_page(endpoint) for endpoint in _STEP_PAGES]
        urls[1] = contact
        steps = rules.province_steps(facts)
        return [replace(step, url=url) for step, url in zip(steps, urls, strict=True)]
    if queries.lacks_contact(body) and may_name_contact(viewer, body) and sees_own_figures(viewer):
        return [replace(rules.contact_step(), url=contact)]
    return []
