"""A province's table as a workbook to hand on, to change, and to bring in again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provincial.adapters.quota_tables import template_workbook
from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut
from provincial.people.organisations.queries import unit_name
from provincial.planning.allocations import queries
from provincial.planning.ledger import queries as ledger
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.quotas.importer import column_name
from provincial.web.filters import translate


def workbook(category: ProjectCategory, cells: Mapping[tuple[int, int], int]) -> bytes:
    """``cells`` as an xlsx that ``importer.understand`` reads back."""
    return template_workbook(
        f"{category.plan.year}年{category.name}项目名额分配表",
        [unit_name(body) for body in queries.units()],
        [column_name(project) for project in ledger.projects_of(category.id)],
        cells,
    )


def list_sheet(rows: Iterable[queries.CategoryRow]) -> SheetOut:
    """Categories with a quota table; headings are Chinese like every official table."""
    columns = [
        Column("计划"),
        Column("项目类别"),
        Column("已下达名额", Kind.NUMBER),
        Column("在办"),
    ]
    cells = [
        (
            row.plan.title,
            row.category.name,
            row.places,
            translate(row.open_table.status.label) if row.open_table else "",
        )
        for row in rows
    ]
    return SheetOut("名额分配表", columns, cells, title="名额分配表清单")
