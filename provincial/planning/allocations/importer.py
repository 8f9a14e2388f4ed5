"""A quota table as it is sent, read for a category: which units and columns it may name."""

from __future__ import annotations

from dataclasses import dataclass

from provincial.adapters.quota_table_reader import understand_workbook
from provincial.adapters.quota_tables import QuotaTable
from provincial.adapters.spreadsheets import read_workbook
from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.people.organisations.queries import unit_name
from provincial.planning.allocations import queries
from provincial.planning.ledger import queries as ledger
from provincial.planning.plans.models import ProjectCategory
from provincial.planning.quotas.importer import column_name


@dataclass(frozen=True, slots=True)
class Understood:
    """What a file says of a category: the table, and by the names of units and columns."""

    table: QuotaTable
    by_name: dict[str, dict[str, int]]
    findings: list[Finding]

    @property
    def counts(self) -> dict[str, int]:
        """The numbers that the check page shows."""
        return {
            "Units": len(self.table.unit_rows),
            "Columns": len(self.table.project_columns),
            "Places": self.table.total,
        }


def understand(category: ProjectCategory, data: bytes, filename: str) -> Understood:
    """Read a workbook for a category. Refuses what is no workbook; everything else is a finding."""
    units = [unit_name(body) for body in queries.units()]
    columns = [column_name(project) for project in ledger.projects_of(category.id)]
    if not columns:
        finding = Finding(
            Severity.BLOCK,
            t("This category has no projects yet, so there are no columns to match."),
            rule="HN-05",
            code="no_columns",
            mend=t("Add the projects of the category to the plan first."),
        )
        return Understood(QuotaTable(sheet=""), {}, [finding])
    table = understand_workbook(read_workbook(data, filename), units, columns)
    return Understood(table, table.by_name(units, columns), table.findings)


def wanted(category: ProjectCategory, table: QuotaTable) -> dict[tuple[int, int], int]:
    """The whole table that a file asks for: what it does not name stays as it is held now.

    A cell left empty in a row and column that the file names is nought.
    """
    cells = dict(queries.held_now(category))
    for unit in table.unit_rows:
        for project in table.project_columns:
            cells[unit, project] = table.cells.get((unit, project), 0)
    return {key: places for key, places in cells.items() if places}
