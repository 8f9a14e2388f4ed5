"""A workbook of a split, read for the bodies directly below one sheet."""

from __future__ import annotations

from dataclasses import dataclass, field

from provincial.adapters.quota_table_reader import understand_workbook
from provincial.adapters.quota_tables import template_workbook
from provincial.adapters.spreadsheets import read_workbook
from provincial.core.findings import Finding, blocking
from provincial.people.organisations.queries import unit_name
from provincial.planning.ledger.models import QuotaSheet
from provincial.planning.quotas.importer import column_name
from provincial.planning.quotas.queries import grid
from provincial.planning.workbooks.rules import Cell, Difference, as_data, check, differences


@dataclass(slots=True)
class Reading:
    """What a file says of a sheet: the cells it names, those that change, and the findings."""

    wanted: dict[Cell, int] = field(default_factory=dict)
    changes: list[Difference] = field(default_factory=list)
    units: dict[int, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def kept(self) -> dict[str, object]:
        """What the run keeps of the check."""
        return {
            "changes": as_data(self.changes),
            "units": {str(unit): n for unit, n in self.units.items()},
        }

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of the check page."""
        return {
            "Units": len(self.units),
            "Number of places": sum(self.wanted.values()),
            "Cells that change": len(self.changes),
        }


def read(sheet: QuotaSheet, data: bytes, filename: str) -> Reading:
    """Read a workbook for a sheet. Refuses what is no workbook; everything else is a finding.

    A row or column that the file does not name stays as it is; an empty cell of one is nought.
    """
    found = grid(sheet)
    units = [unit_name(body) for body in found.children]
    columns = [column_name(project) for project in found.projects if project.id in found.own]
    table = understand_workbook(read_workbook(data, filename), units, columns)
    wanted = {
        (unit, project): table.cells.get((unit, project), 0)
        for unit in table.unit_rows
        for project in table.project_columns
    }
    places = {cell: table.address(*cell) for cell in wanted}
    changes = differences(wanted, found.held, places)
    findings = list(table.findings)
    if not blocking(findings):
        findings += check(found.own, found.cells, changes)
    sums = dict.fromkeys(table.unit_rows, 0)
    for (unit, _project), n in wanted.items():
        sums[unit] += n
    return Reading(wanted, changes, sums, findings)


def workbook(sheet: QuotaSheet) -> bytes:
    """The sheet as a workbook to fill in: those below with their codes and what they hold now."""
    found = grid(sheet)
    projects = [p for p in found.projects if p.id in found.own and found.own[p.id].held]
    return template_workbook(
        f"{sheet.organisation.name}{sheet.category.name}名额分解表",
        [unit_name(body) for body in found.children],
        [column_name(project) for project in projects],
        found.held,
        held={project.id: found.own[project.id].held for project in projects},
        notes=["每行合计与每列合计由表格自动计算；不填的单元格按0处理；请勿改动单位代码。"],
    )
