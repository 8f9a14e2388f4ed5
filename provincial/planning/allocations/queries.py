"""Reading tables on their way: what a file names, the difference to what is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.findings import Finding
from provincial.core.text import Text, t
from provincial.core.todo import TodoItem
from provincial.core.viewer import Viewer
from provincial.office.imports.models import ImportRun
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import ALLOCATION_UNITS
from provincial.planning.allocations.models import QuotaTable
from provincial.planning.allocations.permissions import may_propose
from provincial.planning.allocations.rules import TableState, differences, supply_finding
from provincial.planning.ledger import queries as ledger
from provincial.planning.ledger.models import QuotaBatch
from provincial.planning.ledger.rules import Change, check_split, into_province
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.planning.plans.rules import heads_by_stage
from provincial.planning.reversals import queries as reversals
from provincial.planning.reversals.rules import UndoRow

KIND = "quota_table"
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
    return cells_from(table.cells)


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
    def input_names(self) -> list[str]:
        """The names of the inputs of the edit page."""
        return [f"c-{row.unit.id}-{p.id}" for row in self.rows for p in self.projects]

    def cells_from(self, figures: Mapping[str, int]) -> Cells:
        """The table that the inputs of the edit page ask for."""
        return {
            (row.unit.id, p.id): figures[name]
            for row in self.rows
            for p in self.projects
            if figures.get(name := f"c-{row.unit.id}-{p.id}")
        }

    def as_grid(self, typed: Mapping[str, str] | None, errors: Mapping[str, str]) -> dict[str, Any]:
        """The edit page as the grid component takes it; what was typed stays."""
        groups = heads_by_stage([p.words for p in self.projects])
        columns = [
            {
                "label": p.name,
                "short": p.words[1] if groups else p.name,
                "held": None,
                "left": self.column(p.id),
            }
            for p in self.projects
        ]
        rows = [
            {
                "label": row.unit.name,
                "total": row.total,
                "limit": None,
                "cells": [self._input(row, p.id, typed, errors) for p in self.projects],
            }
            for row in self.rows
        ]
        return {"columns": columns, "rows": rows, "groups": groups}

    @staticmethod
    def _input(
        row: TableRow, project_id: int, typed: Mapping[str, str] | None, errors: Mapping[str, str]
    ) -> dict[str, Any]:
        name = f"c-{row.unit.id}-{project_id}"
        kept = typed.get(name, "") if typed is not None else str(row.cells.get(project_id, 0) or "")
        return {
            "name": name,
            "value": kept,
            "error": errors.get(name),
            "fixed": False,
            "least": None,
        }

    @property
    def groups(self) -> list[tuple[str, int]]:
        """The stages over the columns, with how many columns each spans."""
        stages = [project.words[0] for project in self.projects]
        return [(stage, len(list(run))) for stage, run in groupby(stages)]

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


def supply(category: ProjectCategory, cells: Mapping[tuple[int, int], int]) -> Finding | None:
    """Whether the places that the units gain come out of the province's own unassigned ones."""
    province = ledger.province_id()
    root = ledger.sheet_of(category.id, province) if province else None
    if root is None:
        return None
    gains: dict[int, int] = {}
    for (_unit, project), (before, after) in differences(held_now(category), dict(cells)).items():
        gains[project] = gains.get(project, 0) + after - before
    left = {p: facts.unassigned for (_s, p), facts in ledger.cells_of([root.id]).items()}
    added = {p: into_province(n, left.get(p, 0)) for p, n in gains.items() if n > 0}
    own = sum(gains[project] - new for project, new in added.items())
    return supply_finding(own, sum(added.values()))


def in_the_way(category: ProjectCategory, cells: Mapping[tuple[int, int], int]) -> list[Finding]:
    """Every cell that its unit has passed on or filled beyond what the table gives it (HN-38).

    While one stands here the table cannot be issued; its maker sees all of them at once.
    """
    province = ledger.province_id()
    root = ledger.sheet_of(category.id, province) if province else None
    if root is None:
        return []
    changes = [
        Change(unit, project, after - before)
        for (unit, project), (before, after) in differences(held_now(category), dict(cells)).items()
    ]
    return [f for f in check_split({}, ledger.facts_below(root), changes) if f.code == "passed_on"]


def _row(cells: Mapping[tuple[int, int], int], unit_id: int) -> dict[int, int]:
    return {project: places for (unit, project), places in cells.items() if unit == unit_id}


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


def cells_from(data: Mapping[str, Mapping[str, int]]) -> Cells:
    """A table as JSON kept it, with its keys as numbers again."""
    return {
        (int(unit), int(project)): int(places)
        for unit, row in data.items()
        for project, places in row.items()
    }


def run_of_table(_viewer: Viewer, run_id: int) -> ImportRun | None:
    """An import run that brings a province's table."""
    run = db.session.get(ImportRun, run_id)
    return run if run is not None and run.kind == KIND else None


def category_of(run: ImportRun) -> ProjectCategory:
    """The category a run goes into."""
    return db.session.get_one(ProjectCategory, run.context["category"])


def undo_rows(table: QuotaTable) -> list[UndoRow]:
    """The rows of an issued table with what has been built on each."""
    batch = db.session.get(QuotaBatch, table.batch_id) if table.batch_id else None
    return reversals.undo_rows(batch) if batch is not None else []


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category with a table, where it stands."""

    plan: Plan
    category: ProjectCategory
    open_table: QuotaTable | None
    places: int


def categories() -> list[CategoryRow]:
    """Every category that hands out places by a table, newest plan first."""
    found = db.session.execute(
        select(Plan, ProjectCategory)
        .join(ProjectCategory, ProjectCategory.plan_id == Plan.id)
        .where(ProjectCategory.has_quota_table.is_(True), Plan.state != "archived")
        .order_by(Plan.year.desc(), Plan.id.desc(), ProjectCategory.position)
    )
    return [
        CategoryRow(plan, category, open_table(category.id), sum(held_now(category).values()))
        for plan, category in found.tuples()
    ]


def category_by_code(plan_code: str, category_code: str) -> ProjectCategory | None:
    """A category by the codes that the command line takes."""
    return db.session.scalar(
        select(ProjectCategory)
        .join(Plan, Plan.id == ProjectCategory.plan_id)
        .where(Plan.code == plan_code, ProjectCategory.code == category_code)
    )


def category_link(category: ProjectCategory, viewer: Viewer) -> tuple[Text, str] | None:
    """The tables of a category, for its plan's page."""
    if not category.has_quota_table or not may_propose(viewer):
        return None
    return t("Quota table"), f"/allocations/{category.id}"
