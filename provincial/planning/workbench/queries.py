"""What the workbench knows of the units, and what it proposes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from provincial.core.db import db
from provincial.core.refusals import Refusal
from provincial.core.text import t
from provincial.people.organisations.models import Organisation, YearlyFigure
from provincial.planning.allocations import queries as tables
from provincial.planning.ledger import queries as ledger
from provincial.planning.letters.queries import rulebook_of
from provincial.planning.plans.models import Plan, Project, ProjectCategory
from provincial.planning.workbench.rules import (
    UnitFigures,
    Weights,
    Working,
    propose,
    spread_total,
)


def figures(year: int) -> list[UnitFigures]:
    """The yearly figures of every unit, noughts where nothing is known (HN-35)."""
    rows = dict(
        db.session.execute(
            select(YearlyFigure.organisation_id, YearlyFigure).where(
                YearlyFigure.year == year,
                YearlyFigure.organisation_id.in_([unit.id for unit in tables.units()]),
            )
        )
        .tuples()
        .all()
    )
    return [_figures(unit.id, rows.get(unit.id)) for unit in tables.units()]


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


def last_year(category: ProjectCategory) -> tables.Cells:
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
        for (unit, project), places in tables.held_now(earlier).items()
        if project in match
    }


def _matching_columns(earlier_id: int, columns: Iterable[Project]) -> dict[int, int]:
    wanted = {(project.stage, project.subject): project.id for project in columns}
    return {
        project.id: wanted[project.stage, project.subject]
        for project in ledger.projects_of(earlier_id)
        if (project.stage, project.subject) in wanted
    }


@dataclass(frozen=True, slots=True)
class BenchCell:
    """One cell of a proposal: places, last year's, and how it came about."""

    places: int
    last: int
    working: Working


@dataclass(frozen=True, slots=True)
class BenchProposal:
    """What the workbench proposes, unit by unit."""

    projects: list[Project]
    rows: list[tuple[Organisation, UnitFigures, dict[int, BenchCell]]]
    totals: dict[int, int]
    weights: Weights
    year: int

    @property
    def cells(self) -> tables.Cells:
        """The proposed table."""
        return {
            (unit.id, project): cell.places
            for unit, _figures, row in self.rows
            for project, cell in row.items()
            if cell.places
        }

    @property
    def total(self) -> int:
        """Places of the whole proposal."""
        return sum(self.totals.values())

    def as_data(self) -> dict[str, Any]:
        """How it came about, kept with the table: year, weights, and each unit's share."""
        weights = self.weights
        return {
            "year": self.year,
            "weights": {
                "teachers": str(weights.teachers),
                "key_teachers": str(weights.key_teachers),
                "rural": str(weights.rural),
                "check_in": str(weights.check_in),
            },
            "totals": {str(project): places for project, places in self.totals.items()},
        }


@dataclass(frozen=True, slots=True)
class Bench:
    """The workbench of a category: years with figures, default weights, last year's table."""

    category: ProjectCategory
    years: list[int]
    defaults: dict[str, Any]
    last: tables.Cells

    def propose(self, typed: Mapping[str, Any]) -> BenchProposal:
        """A proposal from what was typed; weights are typed in parts of a hundred."""
        names = ("weight_teachers", "weight_key_teachers", "weight_rural", "weight_check_in")
        weights = Weights(*(Fraction(typed[name]) / 100 for name in names))
        projects = ledger.projects_of(self.category.id)
        if not projects:
            raise Refusal(t("This category has no projects yet."), rule="HN-05")
        by_project: dict[int, int] = {}
        for (_unit, project), places in self.last.items():
            by_project[project] = by_project.get(project, 0) + places
        totals = spread_total(int(typed["total"]), by_project, [p.id for p in projects])
        known = {u.unit_id: u for u in figures(int(typed["year"]))}
        workings = propose(totals, list(known.values()), weights)
        rows = [
            (
                unit,
                known[unit.id],
                {
                    p.id: BenchCell(
                        workings[unit.id, p.id].places,
                        self.last.get((unit.id, p.id), 0),
                        workings[unit.id, p.id],
                    )
                    for p in projects
                },
            )
            for unit in tables.units()
        ]
        return BenchProposal(projects, rows, totals, weights, int(typed["year"]))


def bench_of(category: ProjectCategory) -> Bench:
    """The workbench with the rulebook's weights and last year's total as defaults (HN-35)."""
    rulebook = rulebook_of(category.plan)
    last = last_year(category) or tables.held_now(category)
    keys = {
        "weight_teachers": "workbench.weight_teachers",
        "weight_key_teachers": "workbench.weight_key_teachers",
        "weight_rural": "workbench.weight_rural_share",
        "weight_check_in": "workbench.weight_check_in_rate",
    }
    defaults: dict[str, Any] = {
        name: (rulebook.number(key) or Decimal(0)) * 100 for name, key in keys.items()
    }
    years = figure_years()
    defaults |= {"total": sum(last.values()) or None, "year": years[0] if years else None}
    return Bench(category, years, defaults, last)
