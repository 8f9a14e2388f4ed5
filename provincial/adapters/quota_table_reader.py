"""A quota table as it is sent becomes places by unit and project, or findings that say why not.

Reads annex tables of any hand (HN-32): title lines, headings over one to three rows, merged or
repeated stages, units by name or code (HN-01), sums by row, column and part, remarks below.
Nothing is guessed: what is not exactly known is a blocking finding with its cell and, where
there is one, the nearest known name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from provincial.adapters.counts import CountReader
from provincial.adapters.crosstabs import (
    Known,
    Layout,
    Transposed,
    is_sum,
    is_total,
    locate,
)
from provincial.adapters.quota_table_columns import ProjectColumns
from provincial.adapters.quota_table_units import UnitRows
from provincial.adapters.quota_tables import (
    HELD_WORDS,
    LIMITS,
    TABLE_RULE,
    UNIT_RULE,
    ColumnName,
    QuotaTable,
    TableLimits,
    UnitName,
)
from provincial.adapters.spreadsheets import Sheet, Workbook, name_list
from provincial.adapters.table_sums import Line, Numbers, SumLine, check_sums
from provincial.adapters.tables import Findings, NameIndex, cell_words, heading_key
from provincial.core.findings import Finding, Severity
from provincial.core.refusals import Refusal
from provincial.core.text import t


def understand_workbook(
    workbook: Workbook,
    units: Sequence[UnitName],
    columns: Sequence[ColumnName],
    limits: TableLimits = LIMITS,
) -> QuotaTable:
    """Read the one sheet of ``workbook`` that holds the quota table, and say which it was.

    Hidden sheets are looked at only when no visible one holds a table.
    """
    visible = [sheet for sheet in workbook.sheets if not sheet.hidden]
    hidden = [sheet for sheet in workbook.sheets if sheet.hidden]
    tables: list[QuotaTable] = []
    for group in (visible, hidden):
        tables = tables or [
            table
            for table in (understand(sheet, units, columns, limits) for sheet in group)
            if table.unit_rows and table.project_columns
        ]
    if not tables:
        first = next((s for s in visible or hidden if s.rows), workbook.sheets[0])
        return understand(first, units, columns, limits)
    tables.sort(key=lambda table: -len(table.cells))
    best = tables[0]
    rivals = [other.sheet for other in tables[1:] if len(other.cells) == len(best.cells)]
    best.findings[:0] = list(_about_sheets(best, rivals, workbook, hidden))
    return best


def _about_sheets(
    best: QuotaTable, rivals: Sequence[str], workbook: Workbook, hidden: Sequence[Sheet]
) -> Iterable[Finding]:
    if rivals:
        message = t(
            "Several sheets hold such a table: %(names)s.", names=name_list([best.sheet, *rivals])
        )
        mend = t("Leave only the sheet that counts in the workbook.")
        yield Finding(Severity.BLOCK, message, rule=TABLE_RULE, code="sheets-alike", mend=mend)
    elif len(workbook.sheets) > 1:
        others = [sheet.name for sheet in workbook.sheets if sheet.name != best.sheet]
        message = t(
            "The table was read from sheet %(sheet)s; not read: %(others)s.",
            sheet=best.sheet,
            others=name_list(others),
        )
        yield Finding(Severity.PASS, message, rule=TABLE_RULE, code="sheet-chosen")
    if any(sheet.name == best.sheet for sheet in hidden):
        message = t("Sheet %(sheet)s is hidden in the file.", sheet=best.sheet)
        yield Finding(Severity.WARN, message, rule=TABLE_RULE, code="sheet-hidden")


def understand(
    sheet: Sheet,
    units: Sequence[UnitName],
    columns: Sequence[ColumnName],
    limits: TableLimits = LIMITS,
) -> QuotaTable:
    """Read one sheet as a quota table of ``units`` by ``columns``; never raises for its content."""
    known = _known(units, columns)
    table = QuotaTable(sheet.name)
    found = Findings(sheet, limits.findings)
    layout = locate(sheet, known, limits.rows)
    if isinstance(layout, Transposed):
        found.add(
            Severity.BLOCK,
            "transposed",
            t("The units stand across the top of the sheet and not one below the other."),
            place=(layout.row, 0),
            rule=TABLE_RULE,
            mend=t("Turn the table: one row for each unit, one column for each subject."),
        )
    elif layout is None or not (layout.columns or _names_anything(sheet, layout, known)):
        found.add(
            Severity.BLOCK,
            "nothing-recognised",
            t("No quota table was recognised in sheet %(sheet)s.", sheet=sheet.name),
            rule=TABLE_RULE,
            mend=t("Use the template: units one below the other, stage and subject on top."),
        )
    elif not layout.columns:
        found.add(
            Severity.BLOCK,
            "no-columns",
            t(
                "No heading of the table is a stage and subject of this plan, such as %(names)s.",
                names=name_list([column.label for column in columns], 3),
            ),
            place=(max(0, layout.first_row - 1), layout.name_column),
            rule=TABLE_RULE,
            mend=t("Write stage and subject above each column, as in the template."),
        )
    else:
        _Reader(sheet, layout, known, table, found, limits).read()
    table.findings = found.finished()
    return table


def _names_anything(sheet: Sheet, layout: Layout, known: Known) -> bool:
    """Whether some row names a unit exactly; a list of other things only looks alike."""
    return any(
        known.names.find(cell_words(sheet.cell(row, layout.name_column)))
        for row in range(layout.first_row, min(len(sheet.rows), layout.first_row + 200))
    )


def _known(units: Sequence[UnitName], columns: Sequence[ColumnName]) -> Known:
    full, parts = [], []
    for column in columns:
        subjects = (column.subject, *column.aliases)
        names = [column.label, column.subject + column.stage]
        names += [column.stage + alias for alias in column.aliases]
        names += [alias + column.stage for alias in column.aliases]
        full.append((column.project_id, column.label, names if column.stage else subjects))
        parts.append((column.project_id, column.label, subjects))
    stages = {heading_key(column.stage) for column in columns} - {""}
    return Known(
        names=NameIndex((unit.id, unit.name, (unit.name, *unit.aliases)) for unit in units),
        codes=NameIndex((unit.id, unit.name, (unit.code,)) for unit in units),
        headings=NameIndex(full, heading_key),
        parts=NameIndex(parts, heading_key),
        groups=frozenset(stages),
    )


class _Reader:
    """One reading of one sheet whose layout is known."""

    def __init__(
        self,
        sheet: Sheet,
        layout: Layout,
        known: Known,
        table: QuotaTable,
        found: Findings,
        limits: TableLimits,
    ) -> None:
        self.sheet = sheet
        self.layout = layout
        self.known = known
        self.table = table
        self.found = found
        self.limits = limits
        self.lines: list[Line | SumLine] = []
        self.counts = CountReader(sheet)
        self.by_alias: dict[str, str] = {}
        self.columns = ProjectColumns(
            sheet, layout, known, found, self.counts, self.by_alias, table, limits.rows
        )
        self.places, self.stray = self.columns.places, self.columns.stray
        self.units = UnitRows(
            sheet, layout, known, found, self.counts, self.by_alias, table.unit_rows
        )

    def read(self) -> None:
        """Columns, rows, numbers, sums, then what is missing and what was tidied."""
        self.table.title = self.layout.title
        self.columns.read()
        self._rows()
        numbers = Numbers(self.sheet, self.layout, self.lines, list(self.places), self.stray)
        self.table.file_total = check_sums(numbers, self.found, TABLE_RULE)
        self._missing()
        self._merged_and_hidden()
        self._tell_tidied()

    # --- rows

    def _rows(self) -> None:
        last = self.layout.header_bottom
        for row in range(self.layout.header_bottom + 1, len(self.sheet.rows)):
            if row >= self.limits.rows:
                self.found.block(
                    "too-many-rows",
                    t("The table has more than %(limit)s rows.", limit=self.limits.rows),
                    (row, self.layout.name_column),
                    mend=t("Send it in several files."),
                    rule=TABLE_RULE,
                )
                return
            if self._row(row):
                last = row
        self.table.notes = [
            cell_words(cell)
            for cells in self.sheet.rows[last + 1 :]
            for cell in cells
            if isinstance(cell, str) and cell_words(cell)
        ][:50]

    def _row(self, row: int) -> bool:
        """Read one row; whether it belonged to the table."""
        label = self._label(row)
        numbers = any(self.counts.seems_count((row, column)) for column in self.places)
        if heading_key(label) in self.layout.name_words or heading_key(label) in HELD_WORDS:
            return True
        if is_sum(label):
            self.lines.append(SumLine(row, is_total(label)))
            return True
        found, unit = self.units.unit(row, label, numbers=numbers)
        if not found or self._is_numbering(row, label):
            return False
        line = Line(row, unit)
        for column in [*self.places, *self.stray]:
            self._cell(line, column)
        self.lines.append(line)
        return True

    def _label(self, row: int) -> str:
        """The name in this row, or the word for a sum that stands left of the numbers."""
        name = cell_words(self.sheet.cell(row, self.layout.name_column))
        if name:
            return name
        for column in range(min(self.places, default=0)):
            words = cell_words(self.sheet.cell(row, column))
            if is_sum(words) or heading_key(words) in HELD_WORDS:
                return words
        return ""

    def _is_numbering(self, row: int, label: str) -> bool:
        """Whether the row only numbers the columns (1, 2, 3 …) above the first unit."""
        if row >= self.layout.first_row or self.known.names.near(label, 1):
            return False
        values = [heading_key(self.sheet.cell(row, column)) for column in sorted(self.places)]
        digits = [int(value) for value in values if value.isascii() and value.isdigit()]
        return len(digits) == len(values) and all(
            later > earlier for earlier, later in pairwise(digits)
        )

    # --- numbers

    def _cell(self, line: Line, column: int) -> None:
        """Read one number into the line; a known unit's number also into the table."""
        place = (line.row, column)
        stray = column in self.stray
        try:
            places = self.counts.read(place, quiet=stray)
        except Refusal as refused:
            line.faulty = True
            if not stray:
                finding = refused.as_findings()[0]
                mend = finding.mend or t("Write a whole number, or a dash for none.")
                self.found.block(
                    finding.code or "not-a-number",
                    finding.message,
                    place,
                    mend=mend,
                    rule=TABLE_RULE,
                )
            return
        line.values[column] = places
        if line.ident is not None and not stray:
            self.table.cells[line.ident, self.places[column]] = places

    # --- what is left to say

    def _missing(self) -> None:
        for project, label in self.known.headings.labels.items():
            if project not in self.table.project_columns:
                self.table.missing_projects.append(project)
                self.found.add(
                    Severity.WARN,
                    "column-missing",
                    t(
                        "%(name)s has no column in the file; its places stay as they are.",
                        name=label,
                    ),
                    rule=TABLE_RULE,
                )
        for unit, name in self.known.names.labels.items():
            if unit not in self.table.unit_rows:
                self.table.missing_units.append(unit)
                self.found.add(
                    Severity.WARN,
                    "unit-missing",
                    t("%(name)s is not in the file; its places stay as they are.", name=name),
                    rule=UNIT_RULE,
                )

    def _merged_and_hidden(self) -> None:
        rows = {line.row for line in self.lines if isinstance(line, Line)}
        for merge in self.sheet.merged:
            covered = [
                (row, column)
                for row in rows
                if merge.top <= row <= merge.bottom
                for column in self.places
                if merge.left <= column <= merge.right
            ]
            if len(covered) > 1:
                self.found.block(
                    "merged-places",
                    t(
                        "One number stands in a merged cell over %(count)s places.",
                        count=len(covered),
                    ),
                    (merge.top, merge.left),
                    mend=t("Split the merged cell and write each number into its own cell."),
                    rule=TABLE_RULE,
                )
        hidden = [row + 1 for row in sorted(rows & self.sheet.hidden_rows)]
        columns = [
            self.table.column_addresses[project]
            for column, project in self.places.items()
            if column in self.sheet.hidden_columns
        ]
        if hidden or columns:
            message = t(
                "Hidden rows and columns were read too: %(places)s.",
                places=name_list([*map(str, hidden), *columns], 8),
            )
            self.found.add(Severity.WARN, "hidden", message, rule=TABLE_RULE)

    def _tell_tidied(self) -> None:
        self.counts.tell(self.found, TABLE_RULE)
        if self.by_alias:
            pairs = [f"{words} → {label}" for words, label in self.by_alias.items()]
            message = t("Taken by another of their names: %(pairs)s.", pairs=name_list(pairs, 20))
            self.found.add(Severity.PASS, "alias", message, rule=UNIT_RULE)
