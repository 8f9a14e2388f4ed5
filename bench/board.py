"""The province's board over all its schools: a handful of statements, or a query per unit."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from bench.measure import Result, compare
from bench.place import Place
from bench.province import Province, build_category, build_tree
from provincial.core.db import db
from provincial.people.organisations.models import Organisation
from provincial.planning.boards.queries import board
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.plans.models import ProjectCategory

Line = tuple[int, int, int, int]


def per_unit(category_id: int, province: Province, _turn: int) -> list[Line]:
    """The usual way: walk the tree, ask for each unit's places, add up."""
    session = db.session()
    session.expire_all()
    lines = []
    for city in _below(province.root):
        held = given = 0
        for cell in _cells(category_id, city.id):
            held += cell.held
            given += cell.given
        lines.append((city.id, held, given, _at_schools(category_id, city)))
    return lines


def _below(organisation_id: int) -> list[Organisation]:
    return list(
        db.session.scalars(
            select(Organisation)
            .where(Organisation.quota_parent_id == organisation_id)
            .order_by(Organisation.sort_order, Organisation.id)
        )
    )


def _cells(category_id: int, organisation_id: int) -> list[Quota]:
    return list(
        db.session.scalars(
            select(Quota)
            .join(QuotaSheet)
            .where(
                QuotaSheet.category_id == category_id,
                QuotaSheet.organisation_id == organisation_id,
            )
        )
    )


def _at_schools(category_id: int, body: Organisation) -> int:
    if body.kind == "school":
        return sum(cell.held for cell in _cells(category_id, body.id))
    return sum(_at_schools(category_id, child) for child in _below(body.id))


def in_one_go(category_id: int, province: Province, _turn: int) -> list[Line]:
    """The house's way."""
    session = db.session()
    session.expire_all()
    category = session.get_one(ProjectCategory, category_id)
    found = board(category, session.get_one(Organisation, province.root))
    return [(row.organisation_id, row.held, row.given, row.at_schools) for row in found.rows]


def run(
    place: Place, widths: tuple[int, ...] = (18, 9, 7), columns: int = 18, rounds: int = 5
) -> list[Result]:
    """The board of a province with about 20,000 school cells."""
    session = db.session()
    province = build_tree(session, widths)
    category = build_category(session, province, columns, 3)
    cells = len(province.levels[-1]) * columns
    return [
        compare(
            "board",
            f"{cells:,} school cells",
            baseline=partial(per_unit, category, province),
            ours=partial(in_one_go, category, province),
            goal=100,
            server=place.server,
            rounds=rounds,
            repeat=3,
        )
    ]
