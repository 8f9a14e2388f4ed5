"""Reading the board, now and as it stood; a handful of statements whatever its size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, and_, cast, func, literal, select
from sqlalchemy.orm import aliased

from provincial.core.db import db
from provincial.people.organisations.models import Organisation
from provincial.planning.ledger.models import Quota, QuotaEntry, QuotaSheet
from provincial.planning.ledger.queries import projects_of
from provincial.planning.plans.models import Project, ProjectCategory
from provincial.planning.quotas.queries import QUOTA_HOLDER_KINDS


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One body on the board: held, split, unassigned, and how many have reached schools."""

    organisation_id: int
    name: str
    kind: str
    sheet_id: int | None
    state: str
    held: int
    given: int
    at_schools: int
    by_project: Mapping[int, tuple[int, int]]

    @property
    def unassigned(self) -> int:
        """Places this body has not handed down."""
        return self.held - self.given


@dataclass(frozen=True, slots=True)
class Board:
    """The board below one body, now or as it stood at ``as_at``."""

    category: ProjectCategory
    top: Organisation
    projects: Sequence[Project]
    own: Mapping[int, tuple[int, int]]
    rows: Sequence[BoardRow]
    as_at: datetime | None


def board(category: ProjectCategory, top: Organisation, as_at: datetime | None = None) -> Board:
    """The board: each body below ``top`` with its sums; a handful of statements for any size (HN-38).

    With ``as_at`` every figure is summed from the entries booked until then.
    """
    projects = projects_of(category.id)
    rows = db.session.execute(
        _figures_as_at(category.id, top, as_at) if as_at else _figures_now(category.id, top)
    ).all()
    at_schools: dict[int, int] = dict(
        db.session.execute(_at_schools(category.id, top, as_at)).tuples().all()
    )
    bodies = _bodies_of(category.id, top)
    figures: dict[int, dict[int, tuple[int, int]]] = {}
    for organisation_id, project_id, held, given in rows:
        if held or given:
            figures.setdefault(organisation_id, {})[project_id] = (int(held), int(given))
    result = []
    for organisation, sheet_id, state in bodies:
        cells = figures.get(organisation.id, {})
        held = sum(h for h, _g in cells.values())
        if not held and organisation.state != "active":
            continue
        result.append(
            BoardRow(
                organisation.id,
                organisation.name,
                organisation.kind,
                sheet_id,
                state or "",
                held,
                sum(g for _h, g in cells.values()),
                int(at_schools.get(organisation.id, 0)),
                cells,
            )
        )
    return Board(category, top, projects, figures.get(top.id, {}), result, as_at)


def _bodies_of(category_id: int, top: Organisation) -> Sequence[Any]:
    return db.session.execute(
        select(Organisation, QuotaSheet.id, QuotaSheet.state)
        .outerjoin(
            QuotaSheet,
            and_(
                QuotaSheet.organisation_id == Organisation.id,
                QuotaSheet.category_id == category_id,
            ),
        )
        .where(Organisation.quota_parent_id == top.id, Organisation.kind.in_(QUOTA_HOLDER_KINDS))
        .order_by(Organisation.sort_order, Organisation.id)
    ).all()


def _figures_now(category_id: int, top: Organisation) -> Select[*tuple[Any, ...]]:
    return (
        select(QuotaSheet.organisation_id, Quota.project_id, Quota.held, Quota.given)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .where(
            QuotaSheet.category_id == category_id,
            (Organisation.quota_parent_id == top.id) | (Organisation.id == top.id),
        )
    )


def _figures_as_at(
    category_id: int, top: Organisation, as_at: datetime
) -> Select[*tuple[Any, ...]]:
    cell = aliased(Quota)
    held = (
        select(
            QuotaEntry.quota_id.label("cell"),
            QuotaEntry.delta.label("held"),
            literal(0).label("given"),
        )
        .where(QuotaEntry.at <= as_at)
        .union_all(
            select(QuotaEntry.parent_quota_id, literal(0), QuotaEntry.delta).where(
                QuotaEntry.at <= as_at, QuotaEntry.parent_quota_id.is_not(None)
            )
        )
        .subquery()
    )
    return (
        select(
            QuotaSheet.organisation_id,
            cell.project_id,
            func.sum(held.c.held),
            func.sum(held.c.given),
        )
        .join(cell, cell.id == held.c.cell)
        .join(QuotaSheet, QuotaSheet.id == cell.sheet_id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .where(
            QuotaSheet.category_id == category_id,
            (Organisation.quota_parent_id == top.id) | (Organisation.id == top.id),
        )
        .group_by(QuotaSheet.organisation_id, cell.project_id)
    )


def _at_schools(
    category_id: int, top: Organisation, as_at: datetime | None
) -> Select[*tuple[Any, ...]]:
    """Places that have reached a school, by the body directly below ``top`` (from the path)."""
    depth = top.quota_path.count("/") + 1
    below = cast(func.split_part(Organisation.quota_path, "/", depth), BigInteger)
    figure = func.sum(QuotaEntry.delta) if as_at else func.sum(Quota.held)
    statement = (
        select(below, figure)
        .select_from(QuotaSheet)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .where(
            QuotaSheet.category_id == category_id,
            Organisation.kind == "school",
            Organisation.quota_path.like(top.quota_path + "%"),
            Organisation.id != top.id,
        )
        .group_by(below)
    )
    if as_at:
        statement = statement.join(QuotaEntry, QuotaEntry.quota_id == Quota.id).where(
            QuotaEntry.at <= as_at
        )
    return statement
