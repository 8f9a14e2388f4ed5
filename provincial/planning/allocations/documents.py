"""A province's table as a workbook to hand on, to change, and to bring in again."""

from __future__ import annotations

from collections.abc import Mapping

from provincial.adapters.quota_tables import template_workbook
from provincial.people.organisations.queries import unit_name
from provincial.planning.allocations import queries
from provincial.planning.ledger import queries as ledger
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.quotas.importer import column_name


def workbook(category: ProjectCategory, cells: Mapping[tuple[int, int], int]) -> bytes:
    """``cells`` as an xlsx that ``importer.understand`` reads back."""
    return template_workbook(
        f"{category.plan.year}年{category.name}项目名额分配表",
        [unit_name(body) for body in queries.units()],
        [column_name(project) for project in ledger.projects_of(category.id)],
        cells,
    )
