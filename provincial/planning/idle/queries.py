"""Reading idle places, wishes, and what was given back and re-issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.sql.elements import ColumnElement

from provincial.core import clock
from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.planning.boards.queries import BoardPlace
from provincial.planning.idle.models import PlaceWish
from provincial.planning.idle.rules import Asked, Idle
from provincial.planning.ledger.models import Quota, QuotaBatch, QuotaEntry, QuotaSheet
from provincial.planning.letters.queries import rulebook_of
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.queries import WINDOW, opening
from provincial.planning.plans import queries as plans
from provincial.planning.plans.models import Project, ProjectCategory

#: How many lines the small table of acts shows.
MOST_ACTS = 20


@dataclass(frozen=True, slots=True)
class Clock:
    """The days left for putting names on places, with the article behind the last one (HN-40)."""

    last_day: date | None
    days_left: int | None
    closed: bool
    closes_at: datetime | None
    article: str


def days_of(category: ProjectCategory, top: Organisation, now: datetime) -> Clock:
    """How the selection window stands for a body."""
    found = opening(category.plan, top, now)
    window = plans.window(category.plan_id, WINDOW)
    last = found.until or found.last_day
    if window is not None:
        until = plans.extended_until(window, top)
        if until is not None and until > window.closes_at:
            last = clock.china_date(until - timedelta(microseconds=1))
    left = clock.days_left(last, clock.china_date(now)) if last else None
    closes = window.closes_at if window else None
    article = rulebook_of(category.plan).source(WINDOW).citation()
    return Clock(last, left, closes is not None and now >= closes, closes, article)


def below(category: ProjectCategory, top: Organisation) -> ColumnElement[bool]:
    """Nominations of a category on places of a body or of those below it."""
    return (Nomination.category_id == category.id) & Nomination.quota_path.startswith(
        top.quota_path, autoescape=True
    )


def _idle_rows(category: ProjectCategory, top: Organisation) -> Any:
    """Every body with idle places and when something last happened with it, as a subquery."""
    above = aliased(Organisation)
    booked = (
        select(Quota.sheet_id, func.max(QuotaEntry.at).label("at"))
        .join(QuotaEntry, QuotaEntry.quota_id == Quota.id)
        .join(QuotaSheet, QuotaSheet.id == Quota.sheet_id)
        .where(QuotaSheet.category_id == category.id)
        .group_by(Quota.sheet_id)
        .subquery()
    )
    named = (
        select(Nomination.nominator_id, func.max(Nomination.updated_at).label("at"))
        .where(below(category, top))
        .group_by(Nomination.nominator_id)
        .subquery()
    )
    idle = func.sum(Quota.held - Quota.given - Quota.used)
    last = func.greatest(
        func.coalesce(booked.c.at, QuotaSheet.created_at),
        func.coalesce(named.c.at, QuotaSheet.created_at),
    )
    return (
        select(
            QuotaSheet.id.label("sheet_id"),
            Organisation.id.label("organisation_id"),
            Organisation.name.label("name"),
            Organisation.kind.label("kind"),
            above.name.label("above"),
            func.sum(Quota.held).label("held"),
            idle.label("idle"),
            func.max(last).label("last_at"),
        )
        .select_from(QuotaSheet)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .outerjoin(above, above.id == Organisation.quota_parent_id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .outerjoin(booked, booked.c.sheet_id == QuotaSheet.id)
        .outerjoin(named, named.c.nominator_id == Organisation.id)
        .where(
            QuotaSheet.category_id == category.id,
            Organisation.quota_path.startswith(top.quota_path, autoescape=True),
        )
        .group_by(QuotaSheet.id, Organisation.id, above.name)
        .having(idle > 0)
        .subquery()
    )


def idle_page(found: BoardPlace, sort: str = "", *, after: str = "", before: str = "") -> Page[Any]:
    """Bodies with idle places: the most places first, or those that have been quiet the longest."""
    rows = _idle_rows(found.category, found.top)
    first = Key(rows.c.last_at) if sort == "quiet" else Key(rows.c.idle, descending=True)
    keys = [first, Key(rows.c.sheet_id)]
    statement = select(rows)
    return paginate(
        db.session(), statement, keys, after=after, before=before, size=50, scalars=False
    )


def idle_sheets(category: ProjectCategory, top: Organisation) -> list[tuple[int, int, str, int]]:
    """Every body with idle places below and including ``top``: sheet, body, kind, places."""
    rows = _idle_rows(category, top)
    return [
        (sheet, body, kind, int(n))
        for sheet, body, kind, n in db.session.execute(
            select(rows.c.sheet_id, rows.c.organisation_id, rows.c.kind, rows.c.idle).order_by(
                rows.c.sheet_id
            )
        )
    ]


def own_idle(sheet: QuotaSheet) -> list[Idle]:
    """What lies idle in a body's own hand, by project."""
    return _idle_cells(QuotaSheet.id == sheet.id)


def idle_below(sheet: QuotaSheet) -> list[Idle]:
    """What lies idle in the hands of the bodies directly below, by project."""
    return _idle_cells(QuotaSheet.parent_id == sheet.id)


def _idle_cells(condition: ColumnElement[bool]) -> list[Idle]:
    idle = Quota.held - Quota.given - Quota.used
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Project.id, Project.name, idle)
        .select_from(Quota)
        .join(QuotaSheet, QuotaSheet.id == Quota.sheet_id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(Project, Project.id == Quota.project_id)
        .where(condition, idle > 0)
        .order_by(idle.desc(), Organisation.sort_order, Organisation.id, Project.position)
    )
    return [Idle(*row) for row in rows]


def wishes_to(sheet: QuotaSheet) -> list[Asked]:
    """What the bodies directly below ask for, the oldest wish first."""
    rows = db.session.execute(
        select(
            PlaceWish.id,
            Organisation.id,
            Organisation.name,
            Project.id,
            Project.name,
            PlaceWish.places,
        )
        .join(QuotaSheet, QuotaSheet.id == PlaceWish.sheet_id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(Project, Project.id == PlaceWish.project_id)
        .where(QuotaSheet.parent_id == sheet.id, PlaceWish.state == "open")
        .order_by(PlaceWish.id)
    )
    return [Asked(*row) for row in rows]


def own_wishes(sheet: QuotaSheet) -> Sequence[PlaceWish]:
    """What a body itself has asked for and not yet got."""
    return db.session.scalars(
        select(PlaceWish)
        .options(joinedload(PlaceWish.project))
        .where(PlaceWish.sheet_id == sheet.id, PlaceWish.state == "open")
        .order_by(PlaceWish.id)
    ).all()


def wish_in_scope(viewer: Viewer, wish_id: int) -> PlaceWish | None:
    """A wish of the viewer's own body, or of one directly below it."""
    own = Organisation.id == viewer.organisation_id
    below = Organisation.quota_parent_id == viewer.organisation_id
    return db.session.scalar(
        select(PlaceWish)
        .join(QuotaSheet, QuotaSheet.id == PlaceWish.sheet_id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .where(PlaceWish.id == wish_id, own | below)
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """Places given back or re-issued: which act, whose, how many, when, why."""

    batch: QuotaBatch
    body: str
    places: int


def moved(category: ProjectCategory, top: Organisation) -> list[Moved]:
    """What was given back and re-issued below a body, the newest first."""
    rows = db.session.execute(
        select(
            QuotaBatch,
            Organisation.name,
            func.sum(func.abs(QuotaEntry.delta)).filter(QuotaEntry.parent_quota_id.is_not(None)),
        )
        .join(QuotaSheet, QuotaSheet.id == QuotaBatch.sheet_id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(QuotaEntry, QuotaEntry.batch_id == QuotaBatch.id)
        .where(
            QuotaBatch.category_id == category.id,
            QuotaBatch.kind.in_(["give_back", "top_up", "swap", "correction"]),
            Organisation.quota_path.startswith(top.quota_path, autoescape=True),
        )
        .group_by(QuotaBatch.id, Organisation.name)
        .order_by(QuotaBatch.id.desc())
        .limit(MOST_ACTS)
    )
    return [Moved(batch, name, int(n or 0)) for batch, name, n in rows]
