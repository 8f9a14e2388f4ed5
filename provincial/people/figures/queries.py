"""Reading yearly figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select

from provincial.core.db import db
from provincial.core.paging import Key, Page, paginate
from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.people.figures.rules import Figures
from provincial.people.organisations.models import Organisation, YearlyFigure
from provincial.people.organisations.permissions import visible
from provincial.people.organisations.rules import QUOTA_HOLDERS, Kind, OrganisationState

#: Bodies that have yearly figures.
_COUNTED = QUOTA_HOLDERS | {Kind.INSTITUTION}
#: What the table can be ordered by; without a choice it keeps the order of the tables.
SORTS = ("teachers", "key_teachers", "rural_teachers", "check_in_rate", "score")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which table: the year, the bodies straight below one, its order (``-teachers`` falling)."""

    year: int
    below: int
    by_quota: bool = True
    sort: str = ""


def table(viewer: Viewer, wanted: Wanted, *, after: str = "", before: str = "") -> Page[Any]:
    """One page of bodies with their figures; rows have every column of both and ``name``."""
    inner = _statement(viewer, wanted).subquery()
    falling = wanted.sort.startswith("-")
    order = [Key(inner.c.sort_order), Key(inner.c.id)]
    if wanted.sort.lstrip("-") in SORTS:
        order = [Key(inner.c.sort_value, falling), Key(inner.c.id)]
    return paginate(
        db.session(), select(inner), order, after=after, before=before, size=100, scalars=False
    )


def all_rows(viewer: Viewer, wanted: Wanted) -> Sequence[Any]:
    """Every row of a table, for its workbook."""
    statement = _statement(viewer, wanted).order_by(Organisation.sort_order, Organisation.id)
    return db.session.execute(statement).all()


def years() -> list[int]:
    """The years that have figures, newest first."""
    statement = select(YearlyFigure.year).distinct().order_by(YearlyFigure.year.desc())
    return list(db.session.scalars(statement))


def of_body(body: Organisation, year: int) -> YearlyFigure | None:
    """The figures of one body for one year."""
    return db.session.scalar(
        select(YearlyFigure).where(
            YearlyFigure.organisation_id == body.id, YearlyFigure.year == year
        )
    )


def values_of(row: YearlyFigure) -> Figures:
    """A row as plain values."""
    return Figures(
        teachers=row.teachers,
        key_teachers=row.key_teachers,
        rural_teachers=row.rural_teachers,
        flags=tuple(row.flags),
        registration_rate=row.registration_rate,
        check_in_rate=row.check_in_rate,
        score=row.score,
        grade=row.grade,
    )


def run_in_scope(viewer: Viewer, run_id: int) -> ImportRun | None:
    """A run of the figures import of the viewer's own body."""
    return db.session.scalar(
        select(ImportRun).where(
            ImportRun.id == run_id,
            ImportRun.kind == "figures",
            ImportRun.organisation_id == viewer.organisation_id,
        )
    )


def _statement(viewer: Viewer, wanted: Wanted) -> Select[*tuple[Any, ...]]:
    figure = YearlyFigure
    column = Organisation.quota_parent_id if wanted.by_quota else Organisation.parent_id
    sort = wanted.sort.lstrip("-")
    value = getattr(figure, sort if sort in SORTS else "teachers")
    return (
        select(
            Organisation.id,
            Organisation.code,
            Organisation.name,
            Organisation.sort_order,
            figure.teachers,
            figure.key_teachers,
            figure.rural_teachers,
            figure.flags,
            figure.registration_rate,
            figure.check_in_rate,
            figure.score,
            figure.grade,
            figure.source,
            func.coalesce(value, -1).label("sort_value"),
        )
        .outerjoin(
            figure, and_(figure.organisation_id == Organisation.id, figure.year == wanted.year)
        )
        .where(column == wanted.below, Organisation.state == OrganisationState.ACTIVE)
        .where(Organisation.kind.in_(_COUNTED), visible(viewer))
    )
