"""A province of any size in a few statements: one category, its sheets, all places split."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation
from provincial.planning.ledger.models import Quota, QuotaSheet
from provincial.planning.plans.models import Plan, Project, ProjectCategory

_codes = count()


@dataclass(frozen=True)
class Province:
    """The tree: the province, and ids of the bodies by level."""

    root: int
    levels: tuple[tuple[int, ...], ...]


def build_tree(session: Session, widths: tuple[int, ...]) -> Province:
    """A province with ``widths[0]`` cities, ``widths[1]`` counties each, ``widths[2]`` schools each."""
    kinds = ("prefecture_city", "county", "school")
    root = _bodies(session, [None], 1, "provincial_office")
    levels: list[tuple[int, ...]] = []
    above = root
    for kind, width in zip(kinds, widths, strict=False):
        above = _bodies(session, above, width, kind)
        levels.append(tuple(above))
    session.commit()
    session.execute(text("ANALYZE organisation"))
    session.commit()
    return Province(root[0], tuple(levels))


def _bodies(session: Session, above: list, width: int, kind: str) -> list[int]:  # type: ignore[type-arg]
    rows = [
        {
            "kind": kind,
            "code": f"{kind}-{next(_codes)}",
            "name": f"{kind} {parent or 0}-{n}",
            "name_key": f"{kind} {parent or 0}-{n}",
            "parent_id": parent,
            "quota_parent_id": parent,
            "sort_order": n,
        }
        for parent in above
        for n in range(width)
    ]
    made = list(session.scalars(insert(Organisation).returning(Organisation.id), rows))
    session.execute(
        text(
            "UPDATE organisation o SET path = coalesce(p.path, '/') || o.id || '/', "
            "quota_path = coalesce(p.quota_path, '/') || o.id || '/' "
            "FROM organisation c LEFT JOIN organisation p ON p.id = c.parent_id "
            "WHERE o.id = c.id AND o.id = ANY(:made)"
        ),
        {"made": made},
    )
    return made


def build_category(session: Session, province: Province, columns: int, places: int) -> int:
    """A category whose every school holds ``places`` of each column, all split down from the top."""
    plan = Plan(
        code=f"bench-{columns}-{places}-{session.scalar(text('SELECT count(*) FROM plan'))}",
        title="bench",
        year=2023,
        rulebook_code="henan-2023",
        rulebook={},
    )
    session.add(plan)
    session.flush()
    category = ProjectCategory(plan_id=plan.id, code="bench", name="bench", has_quota_table=True)
    session.add(category)
    session.flush()
    session.execute(
        insert(Project),
        [
            {
                "category_id": category.id,
                "position": n,
                "stage": "primary",
                "subject": f"s{n}",
                "name": f"column {n}",
            }
            for n in range(columns)
        ],
    )
    for level in ((province.root,), *province.levels):
        session.execute(
            text(
                "INSERT INTO quota_sheet (category_id, organisation_id, parent_id, state) "
                "SELECT :category, o.id, s.id, 'allocated' FROM organisation o "
                "LEFT JOIN quota_sheet s ON s.organisation_id = o.quota_parent_id "
                "AND s.category_id = :category WHERE o.id = ANY(:level)"
            ),
            {"category": category.id, "level": list(level)},
        )
    below = 1
    for level in reversed(((province.root,), *province.levels)):
        leaf = level is province.levels[-1]
        below = below if leaf else below * _width(province, level)
        session.execute(
            text(
                "INSERT INTO quota (sheet_id, project_id, held, given) "
                "SELECT s.id, p.id, :held, :given FROM quota_sheet s CROSS JOIN project p "
                "WHERE s.category_id = :category AND p.category_id = :category "
                "AND s.organisation_id = ANY(:level)"
            ),
            {
                "category": category.id,
                "level": list(level),
                "held": places * below,
                "given": 0 if leaf else places * below,
            },
        )
    session.commit()
    session.execute(text("ANALYZE quota_sheet, quota, project"))
    session.commit()
    return category.id


def _width(province: Province, level: tuple[int, ...]) -> int:
    levels = ((province.root,), *province.levels)
    return len(levels[levels.index(level) + 1]) // len(level)


def officer(session: Session, organisation_id: int) -> Viewer:
    """Somebody who acts for a body."""
    body = session.get_one(Organisation, organisation_id)
    return Viewer(
        1, "bench", body.id, body.name, body.kind, body.path, body.quota_path, "bureau_officer"
    )


def figures(session: Session, category_id: int) -> list[tuple[int, int, int, int]]:
    """Every cell: body, column's place, held, given; equal on both sides when both did the same."""
    rows = session.execute(
        select(QuotaSheet.organisation_id, Project.position, Quota.held, Quota.given)
        .join(Quota, Quota.sheet_id == QuotaSheet.id)
        .join(Project, Project.id == Quota.project_id)
        .where(QuotaSheet.category_id == category_id)
        .order_by(QuotaSheet.organisation_id, Project.position)
    )
    return [tuple(row) for row in rows]
