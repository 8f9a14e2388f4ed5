"""The search page, the site map, and choosing the plan that lists and boards speak of."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from provincial.desk.lookup import queries
from provincial.desk.lookup.rules import PLAN_KEY, chosen, wanted_words
from provincial.people.accounts.viewer import current_viewer_or_none, next_target
from provincial.web.access import public, requires, signed_in

blueprint = Blueprint("lookup", __name__)

#: By kind: the page of one thing with the name of its number, and the list of all.
_PAGES = {
    "organisation": ("organisations.show", "body_id", "organisations.list_bodies", "q"),
    "plan": ("plans.show", "plan_id", "plans.list_plans", "q"),
    "paper": ("papers.show", "paper_id", "papers.list_papers", "q"),
    "app_user": ("staff.person", "user_id", "", ""),
}
_FOR_VISITORS = {"plan": ("portal.notice", "plan_id", "", "")}


@blueprint.get("/search")
@public("visitors find published notices; what else is found depends on who asks")
def search() -> ResponseReturnValue:
    """Bodies, plans, papers and people that answer to ``q``, grouped."""
    words = wanted_words(request.args.get("q", ""))
    viewer = current_viewer_or_none()
    groups = []
    if words:
        groups = queries.found_by(viewer, words) if viewer else queries.found_by_visitor(words)
    pages = _PAGES if viewer else _FOR_VISITORS
    shown = [
        (
            each,
            [(hit, _url(pages, each.kind, hit.id)) for hit in each.hits],
            _list_url(pages, each.kind, words) if each.more else "",
        )
        for each in groups
    ]
    return render_template("desk/lookup/search.html", words=words, groups=shown)


def _url(pages: dict[str, tuple[str, str, str, str]], kind: str, number: int) -> str:
    endpoint, name, _list, _field = pages[kind]
    values: dict[str, Any] = {name: number}
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def _list_url(pages: dict[str, tuple[str, str, str, str]], kind: str, words: str) -> str:
    _endpoint, _name, listed, field = pages[kind]
    values: dict[str, Any] = {field: words}
    return url_for(listed, **values) if listed in current_app.view_functions else ""


@blueprint.get("/site-map")
@public("a government site shows what it holds; the places are those of whoever asks")
def site_map() -> ResponseReturnValue:
    """Every place that the reader may open."""
    return render_template("desk/lookup/site_map.html")


@blueprint.post("/current-plan")
@requires(signed_in, while_viewing=True)
def choose_plan() -> ResponseReturnValue:
    """Remember in the browser's own cookie which plan lists and boards speak of."""
    typed = request.form.get("plan", "")
    offered = {str(plan.id): plan.id for plan in queries.plans_offered()}
    if typed in offered:
        session[PLAN_KEY] = offered[typed]
    came_from = urlsplit(request.referrer or "")
    back = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    return redirect(next_target(back), 303)


def plan_choice() -> dict[str, Any]:
    """What the frame of every page says of plans: those on offer, and the current one."""
    plans = queries.plans_offered()
    return {"plans": plans, "current_plan": chosen(plans, session.get(PLAN_KEY))}
