"""Reading tables on their way: what a file names, the difference to what is held, the workbench."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.text import t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.people.organisations.models import Organisation, YearlyFigure
from provincial.people.organisations.rules import ALLOCATION_UNITS
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.allocations.permissions import may_propose
from provincial.planning.allocations.rules import TableState, UnitFigures, differences
from provincial.planning.ledger import queries as ledger
from provincial.planning.plans.models import Plan, Project, ProjectCategory

Cells = dict[tuple[int, int], int]


def table_by_id(_viewer: Viewer, table_id: int) -> QuotaTable | None:
    """The table; the permission decides who may see it."""
    return db.session.get(QuotaTable, table_id)


def open_table(category_id: int) -> QuotaTable | None:
    """The table of this category that is on its way to being issued."""
    return db.session.scalar(
        select(QuotaTable).where(
            QuotaTable.category_id == category_id, QuotaTable.state.in_(("draft", "submitted"))
        )
    )


def tables_of(category_id: int) -> list[QuotaTable]:
    """Every table of a category, newest first."""
    return list(
        db.session.scalars(
            select(QuotaTable)
            .where(QuotaTable.category_id == category_id)
            .order_by(QuotaTable.id.desc())
        )
    )


def units() -> list[Organisation]:
    """The bodies that receive a table from the province, side by side (HN-01)."""
    province = ledger.province_id()
    kinds = sorted(kind.value for kind in ALLOCATION_UNITS)
    return list(
        db.session.scalars(
            select(Organisation)
            .where(
                Organisation.quota_parent_id == province,
                Organisation.kind.in_(kinds),
                Organisation.state == "active",
            )
            .order_by(Organisation.sort_order, Organisation.id)
        )
    )


def held_now(category: ProjectCategory) -> Cells:
    """The table as the units hold it now; empty before the first is issued."""
    province = ledger.province_id()
    root = ledger.sheet_of(category.id, province) if province else None
    return ledger.table_of(root) if root else {}


def cells_of(table: QuotaTable) -> Cells:
    """The wanted table with its keys as numbers again."""
    return {
        (int(unit), int(project)): int(places)
        for unit, row in table.cells.items()
        for project, places in row.items()
    }


def as_data(cells: Mapping[tuple[int, int], int]) -> dict[str, dict[str, int]]:
    """A table as JSON keeps it; noughts are left out."""
    data: dict[str, dict[str, int]] = {}
    for (unit, project), places in sorted(cells.items()):
        if places:
            data.setdefault(str(unit), {})[str(project)] = places
    return data


@dataclass(frozen=True, slots=True)
class TableRow:
    """One unit of a table: places by project, what it holds now, and the sums."""

    unit: Organisation
    cells: Mapping[int, int]
    before: Mapping[int, int]

    @property
    def total(self) -> int:
        """Places of the unit in this table."""
        return sum(self.cells.values())

    @property
    def total_before(self) -> int:
        """Places the unit holds now."""
        return sum(self.before.values())


@dataclass(frozen=True, slots=True)
class TableView:
    """A table as a page shows it, beside what is held now."""

    projects: list[Project]
    rows: list[TableRow]
    changes: dict[tuple[int, int], tuple[int, int]]
    had_one: bool

    @property
    def total(self) -> int:
        """Places of the whole table."""
        return sum(row.total for row in self.rows)

    @property
    def total_before(self) -> int:
        """Places held now."""
        return sum(row.total_before for row in self.rows)

    def column(self, project_id: int) -> int:
        """Places of one column."""
        return sum(row.cells.get(project_id, 0) for row in self.rows)

    @property
    def units_changed(self) -> int:
        """How many units would get a letter."""
        return len({unit for unit, _project in self.changes})


def view_of(category: ProjectCategory, cells: Mapping[tuple[int, int], int]) -> TableView:
    """``cells`` beside what is held now; a unit that holds or gets places is listed even if closed."""
    now = held_now(category)
    listed = units()
    known = {unit.id for unit in listed}
    others = {unit for unit, _project in [*cells, *now]} - known
    if others:
        listed += list(db.session.scalars(select(Organisation).where(Organisation.id.in_(others))))
    rows = [TableRow(unit, _row(cells, unit.id), _row(now, unit.id)) for unit in listed]
    return TableView(
        ledger.projects_of(category.id), rows, differences(now, dict(cells)), bool(now)
    )


def _row(cells: Mapping[tuple[int, int], int], unit_id: int) -> dict[int, int]:
    return {project: places for (unit, project), places in cells.items() if unit == unit_id}


def figures(year: int) -> list[UnitFigures]:
    """The yearly figures of every unit, noughts where nothing is known (HN-35)."""
    rows = dict(
        db.session.execute(
            select(YearlyFigure.organisation_id, YearlyFigure).where(
                YearlyFigure.year == year,
                YearlyFigure.organisation_id.in_([unit.id for unit in units()]),
            )
        )
        .tuples()
        .all()
    )
    return [_figures(unit.id, rows.get(unit.id)) for unit in units()]


def _figures(unit_id: int, row: YearlyFigure | None) -> UnitFigures:
    if row is None:
        return UnitFigures(unit_id, 0, 0, 0, None)
    rate = None if row.check_in_rate is None else Fraction(row.check_in_rate)
    return UnitFigures(
        unit_id, row.teachers or 0, row.key_teachers or 0, row.rural_teachers or 0, rate
    )


def figure_years() -> list[int]:
    """Years for which any unit has figures, newest first."""
    return list(
        db.session.scalars(select(YearlyFigure.year).distinct().order_by(YearlyFigure.year.desc()))
    )


def last_year(category: ProjectCategory) -> Cells:
    """The table of the same category in the plan before, its columns matched by stage and subject."""
    earlier = db.session.scalar(
        select(ProjectCategory)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .where(
            ProjectCategory.code == category.code,
            Plan.year < category.plan.year,
            Plan.state.not_in(("draft", "issuing")),
        )
        .order_by(Plan.year.desc(), Plan.id.desc())
        .limit(1)
    )
    if earlier is None:
        return {}
    match = _matching_columns(earlier.id, ledger.projects_of(category.id))
    return {
        (unit, match[project]): places
        for (unit, project), places in held_now(earlier).items()
        if project in match
    }


def _matching_columns(earlier_id: int, columns: Iterable[Project]) -> dict[int, int]:
    wanted = {(project.stage, project.subject): project.id for project in columns}
    return {
        project.id: wanted[project.stage, project.subject]
        for project in ledger.projects_of(earlier_id)
        if (project.stage, project.subject) in wanted
    }


def todo(viewer: Viewer) -> list[TodoItem]:
    """Tables that wait for this officer to issue them, or to be submitted."""
    if not may_propose(viewer):
        return []
    waiting = db.session.scalars(
        select(QuotaTable).where(QuotaTable.state.in_(("draft", "submitted")))
    )
    items = []
    for table in waiting:
        mine = table.made_by_id == viewer.user_id
        if table.state == TableState.SUBMITTED and not mine:
            title = t("Issue the quota table: %(name)s", name=table.category.name)
        elif table.state == TableState.DRAFT and mine:
            title = t("Submit the quota table: %(name)s", name=table.category.name)
        else:
            continue
        items.append(TodoItem(title, f"/allocations/tables/{table.id}", source="HN-32"))
    return items


def names_for_import(category: ProjectCategory) -> dict[str, Any]:
    """What a file of this category may name: units with their other names, and the columns."""
    return {"units": units(), "projects": ledger.projects_of(category.id)}
