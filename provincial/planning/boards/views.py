"""Pages of the board: one level at a time, now or as it stood, and its workbook."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from provincial.core import clock
from provincial.core.db import transaction
from provincial.core.refusals import Refusal
from provincial.office.exports import actions as exports
from provincial.office.exports.documents import workbook
from provincial.people.accounts.viewer import current_viewer
from provincial.planning.boards import permissions, queries
from provincial.planning.boards.jobs import BOARD
from provincial.planning.boards.queries import BoardPlace, Unfinished
from provincial.planning.boards.rules import Standing, read_moment
from provincial.planning.ledger.queries import sheet_of
from provincial.planning.plans.rules import heads_by_stage
from provincial.web.access import requires
from provincial.web.downloads import XLSX, attachment
from provincial.web.filters import translate

blueprint = Blueprint("boards", __name__)


@blueprint.get("/<int:category_id>/board")
@requires(permissions.may_see_place, load=queries.place)
def board(place: BoardPlace) -> ResponseReturnValue:
    """The board of a category, for the province or for the viewer's own body."""
    return _page(place)


@blueprint.get("/<int:category_id>/board/<int:body_id>")
@requires(permissions.may_see_place, load=queries.place)
def board_below(place: BoardPlace) -> ResponseReturnValue:
    """The board one or more levels down."""
    return _page(place)


def _page(place: BoardPlace) -> ResponseReturnValue:
    as_at = _moment()
    found = queries.board(place.category, place.top, as_at)
    rows = list(found.rows)
    if request.args.get("open") == "1":
        rows = [r for r in rows if r.unassigned and r.standing is not Standing.ARRIVED]
    return render_template(
        "planning/boards/board.html",
        place=place,
        board=found,
        rows=rows,
        as_at=as_at,
        due=queries.due_of(place),
        sheet=sheet_of(place.category.id, place.top.id),
        groups=heads_by_stage([project.words for project in found.projects]),
        by_project=request.args.get("view") == "projects",
        only_open=bool(request.args.get("open")),
        unfinished=_unfinished(place, as_at),
        standings=list(Standing),
        kept={k: v for k, v in request.args.items() if k in ("at", "view", "open") and v},
    )


def _unfinished(place: BoardPlace, as_at: datetime | None) -> list[Unfinished] | None:
    """The bodies at every depth that have not finished, when the address asks for them."""
    if request.args.get("open") != "below":
        return None
    return queries.unfinished(place.category, place.top, as_at)


def _moment() -> datetime | None:
    """The moment asked for; one that cannot be read is said, and the board shows the present."""
    try:
        return read_moment(request.values.get("at", ""), clock.now())
    except Refusal as refused:
        flash(translate(refused.message), "attention")
        return None


@blueprint.post("/<int:category_id>/board/<int:body_id>/export")
@requires(permissions.may_see_place, load=queries.place)
def export(place: BoardPlace) -> ResponseReturnValue:
    """Every body below as a workbook; many of them as a job."""
    who, as_at = current_viewer(), _moment()
    wanted = {
        "category": place.category.id,
        "body": place.top.id,
        "as_at": as_at.isoformat() if as_at else "",
    }
    with transaction():
        job = exports.request(BOARD, wanted, by=who)
        if job is not None:
            return redirect(url_for("jobs.show", job_id=job.id), 303)
    return attachment(*workbook(BOARD, wanted, by=who), XLSX)
