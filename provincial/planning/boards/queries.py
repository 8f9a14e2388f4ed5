"""Reading the board, now and as it stood; a handful of statements whatever its size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from provincial.core.db import db
from provincial.core.text import Text, t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.permissions import sees_province
from provincial.people.organisations.rules import Kind
from provincial.planning.boards.rules import Standing, standing
from provincial.planning.deadlines.queries import Due, deadline, deadline_below
from provincial.planning.ledger.models import Quota, QuotaEntry, QuotaSheet
from provincial.planning.ledger.queries import projects_of, province_id, sheet_of
from provincial.planning.nominations.queries import used_as_at
from provincial.planning.plans.models import Project, ProjectCategory
from provincial.planning.quotas.permissions import is_splitter, may_see_board
from provincial.planning.quotas.queries import QUOTA_HOLDER_KINDS, due_article, holdings


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
    #: By project: held, and handed down or named upon.
    by_project: Mapping[int, tuple[int, int]]
    #: Places on which the body has put names itself (HN-37); nothing of them is left to hand down.
    used: int = 0

    @property
    def unassigned(self) -> int:
        """Places this body has neither handed down nor put names on."""
        return self.held - self.given - self.used

    @property
    def standing(self) -> Standing:
        """How far this body has come, in a word."""
        return standing(self.held, self.given + self.used, is_school=self.kind == Kind.SCHOOL)


@dataclass(frozen=True, slots=True)
class Board:
    """The board below one body, now or as it stood at ``as_at``."""

    category: ProjectCategory
    top: Organisation
    projects: Sequence[Project]
    own: Mapping[int, tuple[int, int]]
    rows: Sequence[BoardRow]
    as_at: datetime | None
    #: Places on which the top has put names itself.
    used: int = 0

    @property
    def held(self) -> int:
        """What the top itself holds."""
        return sum(held for held, _placed in self.own.values())

    @property
    def given(self) -> int:
        """What the top has handed to the bodies of the board."""
        return sum(placed for _held, placed in self.own.values()) - self.used

    @property
    def unassigned(self) -> int:
        """What the top has neither handed down nor put names on."""
        return self.held - self.given - self.used

    @property
    def at_schools(self) -> int:
        """How many places have reached a school below the top."""
        return sum(row.at_schools for row in self.rows)

    @property
    def left_below(self) -> int:
        """How many places the bodies of the board have not handed on; schools are the end."""
        return sum(row.unassigned for row in self.rows if row.kind != Kind.SCHOOL)


def board(category: ProjectCategory, top: Organisation, as_at: datetime | None = None) -> Board:
    """The board: each body below ``top`` with its sums; a handful of statements for any size (HN-38).

    With ``as_at`` every figure is summed from the entries booked until then.
    """
    projects = projects_of(category.id)
    bodies = _bodies_of(category.id, top.id)
    cells = _cells(category.id, top.id, as_at)
    figures, used = _figures(cells, category.id, top, as_at)
    sums = {
        organisation_id: (sum(h for h, _g in cells.values()), sum(g for _h, g in cells.values()))
        for organisation_id, cells in figures.items()
    }
    arrived = _arrived(category.id, top, as_at)
    result = []
    for organisation_id, name, kind, active, sheet_id, state in bodies:
        held, given = sums.get(organisation_id, (0, 0))
        if not held and not active:
            continue
        result.append(
            BoardRow(
                organisation_id,
                name,
                kind,
                sheet_id,
                state or "",
                held,
                given - used.get(organisation_id, 0),
                held if kind == Kind.SCHOOL else arrived.get(organisation_id, 0),
                figures.get(organisation_id, {}),
                used.get(organisation_id, 0),
            )
        )
    own = figures.get(top.id, {})
    return Board(category, top, projects, own, result, as_at, used.get(top.id, 0))


def _figures(
    cells: Iterable[Any], category_id: int, top: Organisation, as_at: datetime | None
) -> tuple[dict[int, dict[int, tuple[int, int]]], dict[int, int]]:
    """Held, and handed down or named upon, by body and project; and what each body named upon.

    Names as at a moment come from their own change log, the other figures from the ledger's.
    """
    then = used_as_at(category_id, top.quota_path, as_at) if as_at else {}
    figures: dict[int, dict[int, tuple[int, int]]] = {}
    named: dict[int, int] = {}
    for body, project, held, placed, *now in cells:
        used = now[0] if now else then.get((body, project), 0)
        placed = int(placed) + (0 if now else used)
        if held or placed:
            figures.setdefault(body, {})[project] = (int(held), placed)
        if used:
            named[body] = named.get(body, 0) + used
    return figures, named


_BODIES = (
    select(
        Organisation.id,
        Organisation.name,
        Organisation.kind,
        Organisation.state == "active",
        QuotaSheet.id,
        QuotaSheet.state,
    )
    .outerjoin(
        QuotaSheet,
        and_(
            QuotaSheet.organisation_id == Organisation.id,
            QuotaSheet.category_id == bindparam("category"),
        ),
    )
    .where(
        Organisation.quota_parent_id == bindparam("top"),
        Organisation.kind == func.any(bindparam("kinds", type_=ARRAY(String))),
    )
    .order_by(Organisation.sort_order, Organisation.id)
)


def _bodies_of(category_id: int, top_id: int) -> Sequence[Any]:
    """The bodies below the top: id, name, kind, whether it acts, its sheet and the sheet's state."""
    values = {"category": category_id, "top": top_id, "kinds": list(QUOTA_HOLDER_KINDS)}
    return db.session.execute(_BODIES, values).all()


def _cells(category_id: int, top_id: int, as_at: datetime | None) -> Sequence[Any]:
    """Body, project, held and given: of the top and of the bodies below it."""
    if as_at is None:
        return db.session.execute(_CELLS_NOW, {"category": category_id, "top": top_id}).all()
    here = (Organisation.quota_parent_id == top_id) | (Organisation.id == top_id)
    return db.session.execute(_sums_as_at(category_id, here, as_at)).all()


def _sums_now(category: Any, bodies: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """What the bodies hold, have handed down or named upon, and of it named upon; by project, now."""
    return (
        select(
            *(QuotaSheet.organisation_id, Quota.project_id, Quota.held),
            *((Quota.given + Quota.used).label("placed"), Quota.used),
        )
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .where(QuotaSheet.category_id == category, bodies)
    )


_CELLS_NOW = _sums_now(
    bindparam("category"),
    or_(Organisation.quota_parent_id == bindparam("top"), Organisation.id == bindparam("top")),
)


def _sums_as_at(
    category_id: int, bodies: ColumnElement[bool], as_at: datetime
) -> Select[*tuple[Any, ...]]:
    """Held and handed down, summed from the entries booked until a moment; names stand elsewhere.

    Each half starts from the cells, so that an index finds their entries, however little the
    database knows yet of a table that was filled a moment ago.
    """
    none = literal(0)
    halves = [
        select(
            QuotaSheet.organisation_id,
            Quota.project_id,
            held.label("held"),
            given.label("given"),
        )
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(QuotaEntry, key == Quota.id)
        .where(QuotaSheet.category_id == category_id, bodies, QuotaEntry.at <= as_at)
        for key, held, given in (
            (QuotaEntry.quota_id, QuotaEntry.delta, none),
            (QuotaEntry.parent_quota_id, none, QuotaEntry.delta),
        )
    ]
    moved = union_all(*halves).subquery()
    return select(
        moved.c.organisation_id,
        moved.c.project_id,
        func.sum(moved.c.held),
        func.sum(moved.c.given),
    ).group_by(moved.c.organisation_id, moved.c.project_id)


#: No place is lost on the way: what a body holds has reached schools, except what it or a body
#: between has not handed on. So the schools, nearly all the sheets there are, stay unread.
_ARRIVED_NOW = text(
    """
    WITH RECURSIVE holder AS MATERIALIZED (
      SELECT quota_sheet.id, quota_sheet.parent_id, organisation_id
      FROM organisation JOIN quota_sheet ON organisation_id = organisation.id
      WHERE category_id = :category AND kind = ANY(:kinds)
    ), below AS (
      SELECT id, id AS root, organisation_id FROM holder
      WHERE parent_id = (SELECT id FROM holder WHERE organisation_id = :top)
      UNION ALL
      SELECT holder.id, root, below.organisation_id
      FROM below JOIN holder ON holder.parent_id = below.id
    )
    SELECT organisation_id, sum(CASE id WHEN root THEN own.held ELSE 0 END - own.held + own.given)
    FROM below CROSS JOIN LATERAL (
      SELECT coalesce(sum(held), 0) AS held, coalesce(sum(given), 0) AS given
      FROM quota WHERE sheet_id = below.id
    ) own
    GROUP BY organisation_id
    """
)


def _arrived(category_id: int, top: Organisation, as_at: datetime | None) -> dict[int, int]:
    """Places that have reached a school, by the body directly below ``top``."""
    if as_at is None:
        between = sorted(set(QUOTA_HOLDER_KINDS) - {Kind.SCHOOL.value})
        values = {"category": category_id, "top": top.id, "kinds": between}
        rows = db.session.execute(_ARRIVED_NOW, values).all()
    else:
        rows = db.session.execute(_arrived_as_at(category_id, top, as_at)).all()
    return {organisation_id: int(places) for organisation_id, places in rows}


def _arrived_as_at(
    category_id: int, top: Organisation, as_at: datetime
) -> Select[*tuple[Any, ...]]:
    """The same as it stood, from the schools' own entries (the tree as it is now)."""
    depth = top.quota_path.count("/") + 1
    below = cast(func.split_part(Organisation.quota_path, "/", depth), BigInteger)
    return (
        select(below, func.sum(QuotaEntry.delta))
        .select_from(QuotaSheet)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .join(QuotaEntry, QuotaEntry.quota_id == Quota.id)
        .where(
            QuotaSheet.category_id == category_id,
            Organisation.kind == Kind.SCHOOL,
            Organisation.quota_path.like(top.quota_path + "%"),
            Organisation.id != top.id,
            QuotaEntry.at <= as_at,
        )
        .group_by(below)
    )


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """Where a board stands: the category and the body whose children it lists."""

    category: ProjectCategory
    top: Organisation
    way: Sequence[tuple[int, str]]


def place(viewer: Viewer, category_id: int, body_id: int | None = None) -> BoardPlace | None:
    """The board's place, when the body lies in the viewer's quota subtree.

    Without a body: the province for those who read it all, else the viewer's own body.
    """
    category = db.session.get(ProjectCategory, category_id)
    if category is None or not category.has_quota_table:
        return None
    if body_id is None:
        body_id = province_id() if sees_province(viewer) else viewer.organisation_id
    top = db.session.get(Organisation, body_id) if body_id else None
    if top is None or top.kind not in QUOTA_HOLDER_KINDS:
        return None
    if not sees_province(viewer) and not top.quota_path.startswith(viewer.quota_path):
        return None
    return BoardPlace(category, top, _way(viewer, top))


def _way(viewer: Viewer, top: Organisation) -> list[tuple[int, str]]:
    """The bodies from the viewer's own down to above ``top``, for the breadcrumb."""
    ids = [int(part) for part in top.quota_path.strip("/").split("/")[:-1] if part]
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, Organisation.quota_path)
        .where(Organisation.id.in_(ids))
        .order_by(func.length(Organisation.quota_path))
    )
    mine = "/" if sees_province(viewer) else viewer.quota_path
    return [(ident, name) for ident, name, path in rows if path.startswith(mine)]


def due_of(found: BoardPlace) -> Due:
    """The day that binds the body on which the board stands."""
    sheet = sheet_of(found.category.id, found.top.id)
    return deadline(sheet) if sheet else Due(None, None)


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One body of the export with its places by project, at its depth below the top."""

    depth: int
    code: str
    name: str
    kind: str
    by_project: Mapping[int, tuple[int, int]]
    used: int = 0


def export_rows(
    category: ProjectCategory, top: Organisation, as_at: datetime | None = None
) -> list[ExportRow]:
    """Every body below ``top`` that holds places, as the tree orders them (HN-38)."""
    below = Organisation.quota_path.like(top.quota_path + "%")
    statement = _sums_as_at(category.id, below, as_at) if as_at else _sums_now(category.id, below)
    cells = db.session.execute(statement)
    figures, used = _figures(cells, category.id, top, as_at)
    bodies = {
        row.id: row
        for row in db.session.execute(
            select(
                Organisation.id,
                Organisation.code,
                Organisation.name,
                Organisation.kind,
                Organisation.quota_path,
                Organisation.sort_order,
            ).where(below, Organisation.kind.in_(QUOTA_HOLDER_KINDS))
        )
    }
    start = top.quota_path.count("/")

    def order(organisation_id: int) -> list[tuple[int, int]]:
        parts = [int(p) for p in bodies[organisation_id].quota_path.strip("/").split("/")]
        return [(bodies[p].sort_order, p) for p in parts if p in bodies]

    ordered = sorted((o for o in figures if o in bodies and o != top.id), key=order)
    return [
        ExportRow(
            bodies[o].quota_path.count("/") - start,
            bodies[o].code,
            bodies[o].name,
            bodies[o].kind,
            figures[o],
            used.get(o, 0),
        )
        for o in ordered
    ]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A body at any depth below a board's top that has not handed down all it holds."""

    organisation_id: int
    name: str
    above: str
    held: int
    #: Handed down, or named upon by the body itself.
    given: int

    @property
    def unassigned(self) -> int:
        """Places it still has to hand down."""
        return self.held - self.given

    @property
    def standing(self) -> Standing:
        """How far it has come, in a word."""
        return standing(self.held, self.given, is_school=False)


def _hands_down(quota_path: str) -> ColumnElement[bool]:
    """The bodies below a place of the quota tree that hand places down; schools are the end."""
    return and_(
        Organisation.quota_path.like(quota_path + "_%"),
        Organisation.kind != Kind.SCHOOL,
    )


def unfinished(
    category: ProjectCategory, top: Organisation, as_at: datetime | None = None
) -> list[Unfinished]:
    """Every body below ``top`` with unassigned places, city by city, the most of them first."""
    below = _hands_down(top.quota_path)
    statement = _sums_as_at(category.id, below, as_at) if as_at else _sums_now(category.id, below)
    sums, above = statement.subquery(), aliased(Organisation)
    body, _project, holds, gave, *_used = sums.c
    held, given = func.sum(holds), func.sum(gave)
    rows = db.session.execute(
        select(Organisation.id, Organisation.name, above.name, held, given)
        .join(sums, body == Organisation.id)
        .join(above, above.id == Organisation.quota_parent_id)
        .group_by(Organisation.id, above.id)
        .having(held > given)
        .order_by(above.sort_order, above.id, (held - given).desc(), Organisation.id)
    )
    found = [Unfinished(i, name, up, int(h), int(g)) for i, name, up, h, g in rows]
    if as_at is None:
        return found
    named: dict[int, int] = {}
    for (named_by, _p), n in used_as_at(category.id, top.quota_path, as_at).items():
        named[named_by] = named.get(named_by, 0) + n
    then = (replace(one, given=one.given + named.get(one.organisation_id, 0)) for one in found)
    return [one for one in then if one.unassigned > 0]


def todo(viewer: Viewer) -> list[TodoItem]:
    """Bodies below that have not finished handing down, for whoever handed places to them (HN-38)."""
    if not is_splitter(viewer):
        return []
    counts = _unfinished_by_category(viewer.quota_path)
    items = []
    for holding in holdings(viewer.organisation_id) if counts else ():
        category, number = holding.category, counts.get(holding.category.id, 0)
        if not number or holding.plan.state not in ("issued", "running"):
            continue
        title = t(
            "Follow up: %(n)s bodies below have not finished splitting %(category)s",
            n=f"{number:,}",
            category=category.name,
        )
        due = deadline_below(holding.sheet)
        url = f"/quotas/{category.id}/board?open=below"
        items.append(TodoItem(title, url, due, due_article(holding.plan), "quotas", number))
    return items


def _unfinished_by_category(quota_path: str) -> dict[int, int]:
    """How many bodies below a place of the quota tree have unassigned places, by category."""
    sheets = (
        select(QuotaSheet.category_id)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
        .where(_hands_down(quota_path))
        .group_by(QuotaSheet.id)
        .having(func.sum(Quota.held) > func.sum(Quota.given + Quota.used))
        .subquery()
    )
    rows = select(sheets.c.category_id, func.count()).group_by(sheets.c.category_id)
    return dict(db.session.execute(rows).tuples().all())


def count_bodies(category: ProjectCategory, top: Organisation) -> int:
    """How many bodies below ``top`` have a sheet: the rows of an export."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(QuotaSheet)
            .join(Organisation, Organisation.id == QuotaSheet.organisation_id)
            .where(
                QuotaSheet.category_id == category.id,
                Organisation.quota_path.like(top.quota_path + "%"),
            )
        )
        or 0
    )


def category_link(category: ProjectCategory, viewer: Viewer) -> tuple[Text, str] | None:
    """The board of a category that hands out places, for its plan's page."""
    if not category.has_quota_table or not may_see_board(viewer):
        return None
    return t("Board of places"), f"/quotas/{category.id}/board"
