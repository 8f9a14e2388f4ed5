"""Pages of filling: the table level by level, the names behind a number, the idle-quota board."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from provincial.core import clock
from provincial.core.db import transaction
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook
from provincial.people.accounts.viewer import current_viewer
from provincial.planning.fillings import permissions, queries
from provincial.planning.fillings.forms import AskForm
from provincial.planning.fillings.jobs import FILLING
from provincial.planning.fillings.queries import BoardPlace
from provincial.planning.fillings.rules import Stage
from provincial.planning.idle import actions
from provincial.planning.idle import queries as idle_queries
from provincial.planning.idle import rules as idle_rules
from provincial.planning.idle.models import PlaceWish
from provincial.planning.ledger.queries import projects_of
from provincial.planning.quotas.permissions import steps
from provincial.web.access import requires
from provincial.web.downloads import XLSX, attachment
from provincial.web.formkit import ConfirmForm, submission

blueprint = Blueprint("fillings", __name__)


@blueprint.get("/<int:category_id>")
@requires(permissions.may_see_place, load=queries.place_of)
def table(place: BoardPlace) -> ResponseReturnValue:
    """How full the places are, for the province or the viewer's own body."""
    return _table(place)


@blueprint.get("/<int:category_id>/<int:body_id>")
@requires(permissions.may_see_place, load=queries.place_of)
def table_below(place: BoardPlace) -> ResponseReturnValue:
    """The same one or more levels down."""
    return _table(place)


def _table(place: BoardPlace) -> ResponseReturnValue:
    found = queries.filling(place.category, place.top)
    days = idle_queries.days_of(place.category, place.top, clock.now())
    short = []
    if days.closed and days.closes_at is not None:
        short = queries.shortfalls(place.category, place.top, days.closes_at)
    return render_template(
        "planning/fillings/table.html",
        place=place,
        filling=found,
        total=found.total,
        days=days,
        may_names=permissions.may_see_names(current_viewer(), place),
        stages=list(Stage),
        desks=queries.desks(place.category, place.top),
        refusals=queries.refusals(place.category, place.top),
        short=short,
        duty=queries.article_of(place.category, "HN-39"),
    )


@blueprint.get("/<int:category_id>/<int:body_id>/names")
@requires(permissions.may_see_names, load=queries.place_of)
def names(place: BoardPlace) -> ResponseReturnValue:
    """The names behind a number of the table."""
    wanted = queries.NameFilter(
        request.args.get("stage", "").replace("\x00", "")[:20],
        request.args.get("channel", "").replace("\x00", "")[:10],
        request.args.get("reason", "").replace("\x00", "")[:500],
        request.args.get("desk", 0, type=int),
    )
    return render_template(
        "planning/fillings/names.html",
        place=place,
        wanted=wanted,
        stages=list(Stage),
        page=queries.names(
            place,
            wanted,
            after=request.args.get("after", ""),
            before=request.args.get("before", ""),
        ),
    )


@blueprint.post("/<int:category_id>/<int:body_id>/export")
@requires(permissions.may_see_place, load=queries.place_of)
def export(place: BoardPlace) -> ResponseReturnValue:
    """Every body below as a workbook; many of them as a job."""
    who = current_viewer()
    wanted = {"category": place.category.id, "body": place.top.id}
    with transaction():
        job = exports.request(FILLING, wanted, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook(FILLING, wanted, by=who), XLSX)


@blueprint.get("/<int:category_id>/idle")
@requires(permissions.may_see_place, load=queries.place_of)
def idle(place: BoardPlace) -> ResponseReturnValue:
    """The idle-quota board of the viewer's own body or the province."""
    return _idle(place)


@blueprint.get("/<int:category_id>/<int:body_id>/idle")
@requires(permissions.may_see_place, load=queries.place_of)
def idle_below(place: BoardPlace) -> ResponseReturnValue:
    """The idle-quota board of a body below."""
    return _idle(place)


def _idle(place: BoardPlace, form: AskForm | None = None) -> ResponseReturnValue:
    viewer = current_viewer()
    sheet = queries.sheet_at(place)
    own = idle_queries.own_idle(sheet) if sheet else []
    asked = idle_queries.wishes_to(sheet) if sheet else []
    hand = {one.project_id: one.places for one in own}
    below = idle_queries.idle_below(sheet) if sheet and asked else []
    projects = [(one.id, one.name) for one in projects_of(place.category.id)]
    may_ask = bool(sheet) and permissions.may_ask(viewer, place) and not viewer.read_only
    page = render_template(
        "planning/fillings/idle.html",
        place=place,
        sheet=sheet,
        days=idle_queries.days_of(place.category, place.top, clock.now()),
        page=idle_queries.idle_page(
            place,
            request.args.get("sort", ""),
            after=request.args.get("after", ""),
            before=request.args.get("before", ""),
        ),
        own=own,
        asked=asked,
        offers=idle_rules.offers(hand, below, asked),
        wishes=idle_queries.own_wishes(sheet) if sheet and may_ask else [],
        moved=idle_queries.moved(place.category, place.top),
        steps=steps(viewer, sheet) if sheet else frozenset(),
        may_remind=permissions.may_remind(viewer, place) and not viewer.read_only,
        may_reissue=permissions.may_reissue(viewer, place) and not viewer.read_only,
        may_ask=may_ask,
        mine=place.top.id == viewer.organisation_id,
        form=(form or AskForm(formdata=None)).choose(projects),
        confirm=ConfirmForm(formdata=None),
        days_before=idle_rules.REMINDER_DAYS,
        duty=queries.article_of(place.category, "HN-39"),
    )
    return page, form.page_status if form else 200


def _back(place: BoardPlace) -> ResponseReturnValue:
    goal = url_for("fillings.idle_below", category_id=place.category.id, body_id=place.top.id)
    return redirect(goal, 303)


@blueprint.post("/<int:category_id>/<int:body_id>/remind")
@requires(permissions.may_remind, load=queries.place_of)
def remind(place: BoardPlace) -> ResponseReturnValue:
    """Remind every body below that holds idle places."""
    form, count = ConfirmForm(), 0
    if form.validate_on_submit():
        with submission(form) as done:
            count = actions.remind(place.category, place.top, by=current_viewer(), now=clock.now())
        if done:
            said = ngettext("%(num)s body was reminded.", "%(num)s bodies were reminded.", count)
            flash(said if count else _("Everybody has been reminded today."), "good")
    return _back(place)


@blueprint.post("/<int:category_id>/<int:body_id>/ask")
@requires(permissions.may_ask, load=queries.place_of)
def ask(place: BoardPlace) -> ResponseReturnValue:
    """Ask the body above for places."""
    sheet = queries.sheet_at(place)
    projects = {one.id: one for one in projects_of(place.category.id)}
    form = AskForm().choose([(one.id, one.name) for one in projects.values()])
    if form.validate_on_submit() and sheet is not None:
        with submission(form) as done:
            actions.ask(
                sheet,
                projects[form.project_id.data],
                form.places.data or 0,
                form.reason.data or "",
                by=current_viewer(),
            )
        if done:
            flash(_("The body above has been asked."), "good")
            return _back(place)
    return _idle(place, form)


@blueprint.post("/wishes/<int:wish_id>/close")
@requires(permissions.may_close, load=idle_queries.wish_in_scope)
def close(wish: PlaceWish) -> ResponseReturnValue:
    """Close a wish."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with submission(form) as done:
            actions.close(wish, by=current_viewer())
        flash(_("The wish is closed.") if done else _("This wish is closed already."), "good")
    return redirect(url_for("fillings.idle", category_id=wish.sheet.category_id), 303)


@blueprint.post("/<int:category_id>/<int:body_id>/reissue")
@requires(permissions.may_reissue, load=queries.place_of)
def reissue(place: BoardPlace) -> ResponseReturnValue:
    """Prepare a table of the province from the offers; two officers issue it."""
    form, sheet = ConfirmForm(), queries.sheet_at(place)
    if form.validate_on_submit() and sheet is not None:
        with submission(form) as done:
            drafted = actions.reissue(sheet, by=current_viewer())
            done.answer = url_for("allocations.show", table_id=drafted.id)
        if done:
            flash(_("A table is prepared; submit it to the second officer."), "good")
            return redirect(done.answer, 303)
    for message in form.form_errors:
        flash(str(message), "blocked")
    return _back(place)
