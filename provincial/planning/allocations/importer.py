"""A quota table as it is sent, read for a category: which units and columns it may name."""

from __future__ import annotations

from dataclasses import dataclass

from provincial.adapters.spreadsheets import read_workbook
from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.people.organisations.models import Organisation
from provincial.planning.allocations import queries
from provincial.planning.ledger import queries as ledger
from provincial.planning.plans.models import Project, ProjectCategory
from provincial.planning.quotas.importer import (
    ColumnName,
    QuotaTable,
    UnitName,
    understand_workbook,
)
from provincial.rulebook.vocabulary import stage, subject

KIND = "quota_table"


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


def unit_name(body: Organisation) -> UnitName:
    """A body with every name it goes by."""
    others = [*body.aliases, body.formal_name] if body.formal_name else list(body.aliases)
    return UnitName(body.id, body.name, tuple(others), body.code)


def column_name(project: Project) -> ColumnName:
    """A project as a heading names it, with the other words of its subject."""
    school_stage, school_subject = stage(project.stage), subject(project.subject)
    if school_stage is None or school_subject is None:
        return ColumnName(project.id, "", project.name)
    own = project.name.removeprefix(school_stage.name) or school_subject.name
    return ColumnName(
        project.id,
        school_stage.name,
        own,
        (school_subject.name, *school_subject.aliases, project.name),
    )


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
