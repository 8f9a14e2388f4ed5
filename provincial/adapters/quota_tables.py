"""A quota table: places by unit and project, which names it may use, and the workbook to fill in.

Plain values only; ``quota_table_reader`` makes a table out of a sheet of any hand (HN-32).
Places are whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from provincial.adapters.spreadsheet_output import GridOut, GridRow, write_grid
from provincial.adapters.spreadsheets import address
from provincial.adapters.tables import heading_key
from provincial.core.findings import Finding, blocking

TABLE_RULE = "HN-32"
UNIT_RULE = "HN-01"
#: Labels of lines that tell what a body holds; they stand below the units and count nowhere.
HELD = "本单位持有"
HELD_WORDS = {heading_key(word) for word in (HELD, "本级名额", "可分名额", "尚未分配", "未分配")}


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit that may hold places, with every name it goes by and its code."""

    id: int
    name: str
    aliases: tuple[str, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class ColumnName:
    """A project that places are for, as its heading names it; ``stage`` may be empty.

    ``aliases`` are other words for the subject or for the whole heading.
    """

    project_id: int
    stage: str
    subject: str
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The whole heading: ``小学语文``."""
        return self.subject if self.subject.startswith(self.stage) else self.stage + self.subject


@dataclass(frozen=True, slots=True)
class TableLimits:
    """The largest table that is read: rows of one sheet and findings of one kind."""

    rows: int = 5000
    findings: int = 40


LIMITS = TableLimits()


@dataclass(slots=True)
class QuotaTable:
    """What a sheet says, unit by unit; empty ``cells`` with findings when it says nothing.

    ``unit_rows`` and ``project_columns`` are places in the sheet from 0, in the file's order;
    ``file_total`` is the grand total that the file itself gives, if any.
    """

    sheet: str
    title: str = ""
    notes: list[str] = field(default_factory=list)
    cells: dict[tuple[int, int], int] = field(default_factory=dict)
    unit_rows: dict[int, int] = field(default_factory=dict)
    project_columns: dict[int, int] = field(default_factory=dict)
    column_addresses: dict[int, str] = field(default_factory=dict)
    missing_units: list[int] = field(default_factory=list)
    missing_projects: list[int] = field(default_factory=list)
    file_total: int | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def units_in_order(self) -> list[int]:
        """Ids of the units that the table names, from top to bottom."""
        return list(self.unit_rows)

    @property
    def total(self) -> int:
        """The sum of all cells that were understood."""
        return sum(self.cells.values())

    @property
    def blocked(self) -> bool:
        """Whether anything forbids taking this table over."""
        return bool(blocking(self.findings))

    def address(self, unit_id: int, project_id: int) -> str:
        """The place of one cell, ``附件4!C7``."""
        return address(self.sheet, self.unit_rows[unit_id], self.project_columns[project_id])

    def by_name(
        self, units: Iterable[UnitName], columns: Iterable[ColumnName]
    ) -> dict[str, dict[str, int]]:
        """Places by the names of unit and column, in the file's order."""
        names = {unit.id: unit.name for unit in units}
        labels = {column.project_id: column.label for column in columns}
        return {
            names[unit]: {
                labels[project]: self.cells[unit, project]
                for project in self.project_columns
                if (unit, project) in self.cells
            }
            for unit in self.unit_rows
        }


def template_workbook(
    title: str,
    units: Sequence[UnitName],
    columns: Sequence[ColumnName],
    cells: Mapping[tuple[int, int], int] | None = None,
    *,
    held: Mapping[int, int] | None = None,
    notes: Sequence[str] = (),
) -> bytes:
    """An xlsx of ``units`` by ``columns`` to fill in, empty or with ``cells``.

    ``held`` are the places that the splitting body itself holds by project; they stand below the
    sums. Read back by ``understand``; the unit codes keep names apart that are alike.
    """
    ordered = sorted(columns, key=lambda c: [d.stage for d in columns].index(c.stage))
    known = cells or {}
    extra = []
    if held is not None:
        extra = [GridRow(["", HELD], [held.get(c.project_id, 0) for c in ordered])]
    return write_grid(
        GridOut(
            name="名额分配表",
            title=title,
            labels=["单位代码", "单位"],
            columns=[(column.stage, column.subject) for column in ordered],
            rows=[
                GridRow(
                    [unit.code, unit.name],
                    [known.get((unit.id, column.project_id)) for column in ordered],
                )
                for unit in units
            ],
            extra=extra,
            notes=notes,
        )
    )
