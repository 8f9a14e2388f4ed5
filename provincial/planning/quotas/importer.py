"""A quota table as it is sent becomes places by unit and project, or findings that say why not.

Reads annex tables of any hand (HN-32): title lines, headings over one to three rows, merged or
repeated stages, units by name or code (HN-01), sums by row, column and part, remarks below.
Nothing is guessed: what is not exactly known is a blocking finding with its cell and, where
there is one, the nearest known name. It reads no database and knows no request. Places are whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from provincial.adapters.counts import CountReader
from provincial.adapters.crosstabs import (
    Known,
    Layout,
    Transposed,
    code_words,
    is_sum,
    is_total,
    locate,
)
from provincial.adapters.spreadsheet_output import GridOut, GridRow, write_grid
from provincial.adapters.spreadsheets import Sheet, Workbook, address, name_list
from provincial.adapters.table_sums import Line, Numbers, SumLine, check_sums
from provincial.adapters.tables import (
    Findings,
    NameIndex,
    cell_count,
    cell_words,
    heading_key,
    is_note,
)
from provincial.core.findings import Finding, Severity, blocking
from provincial.core.identity import match_key
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t
from provincial.people.organisations.models import Organisation
from provincial.planning.plans.models import Project
from provincial.rulebook.vocabulary import find_subject

TABLE_RULE = "HN-32"
UNIT_RULE = "HN-01"
#: Labels of lines that tell what a body holds; they stand below the units and count nowhere.
HELD = "本单位持有"
_HELD_WORDS = {heading_key(word) for word in (HELD, "本级名额", "可分名额", "尚未分配", "未分配")}


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
        self.places: dict[int, int] = {}
        self.stray: list[int] = []
        self.lines: list[Line | SumLine] = []
        self.counts = CountReader(sheet)
        self.by_alias: dict[str, str] = {}

    def block(
        self,
        code: str,
        message: Text,
        place: tuple[int, int],
        *,
        mend: Text,
        rule: str = TABLE_RULE,
    ) -> None:
        """One blocking finding at a place."""
        self.found.add(Severity.BLOCK, code, message, place=place, rule=rule, mend=mend)

    def read(self) -> None:
        """Columns, rows, numbers, sums, then what is missing and what was tidied."""
        self.table.title = self.layout.title
        self._columns()
        self._rows()
        numbers = Numbers(self.sheet, self.layout, self.lines, list(self.places), self.stray)
        self.table.file_total = check_sums(numbers, self.found, TABLE_RULE)
        self._missing()
        self._merged_and_hidden()
        self._tell_tidied()

    # --- columns

    def _columns(self) -> None:
        for column, heading in self.layout.columns.items():
            place = (heading.row, column)
            if len(heading.ids) > 1:
                labels = name_list([self.known.headings.labels[ident] for ident in heading.ids])
                self.block(
                    "column-ambiguous",
                    t(
                        "The heading “%(name)s” may mean %(names)s.",
                        name=heading.words,
                        names=labels,
                    ),
                    place,
                    mend=t("Write the stage above the subject."),
                )
                self.stray.append(column)
                continue
            project = heading.ids[0]
            label = self.known.headings.labels[project]
            if project in self.table.project_columns:
                first = self.table.column_addresses[project]
                self.block(
                    "column-twice",
                    t("%(name)s is there twice, first at %(first)s.", name=label, first=first),
                    place,
                    mend=t("Keep one of the two columns."),
                )
                self.stray.append(column)
                continue
            self.places[column] = project
            self.table.project_columns[project] = column
            self.table.column_addresses[project] = self.sheet.address(*place)
            if heading_key(heading.words) != heading_key(label):
                self.by_alias[heading.words] = label
        for column, heading in self.layout.unknown.items():
            self._unknown_column(column, heading.words, heading.row)

    def _unknown_column(self, column: int, words: str, row: int) -> None:
        below = range(self.layout.header_bottom + 1, min(len(self.sheet.rows), self.limits.rows))
        numbers = [r for r in below if self._looks_like_places(r, column)]
        if not numbers:
            return
        self.stray.append(column)
        if not words:
            self.block(
                "column-without-heading",
                t("This column holds numbers but has no heading."),
                (numbers[0], column),
                mend=t("Write stage and subject above it, or empty the column."),
            )
            return
        near = self.known.headings.near(words)
        message = t("“%(name)s” is no stage and subject of this plan.", name=words)
        if near:
            message = t(
                "“%(name)s” is no stage and subject of this plan; did you mean %(near)s?",
                name=words,
                near=name_list(near),
            )
        self.block(
            "unknown-column",
            message,
            (row, column),
            mend=t("Correct the heading, or delete the column."),
        )

    def _looks_like_places(self, row: int, column: int) -> bool:
        value = self.sheet.cell(row, column)
        if value is None or isinstance(value, bool):
            return False
        if isinstance(value, int | float):
            return True
        try:
            return bool(cell_count(value))
        except Refusal:
            return False

    # --- rows

    def _rows(self) -> None:
        last = self.layout.header_bottom
        for row in range(self.layout.header_bottom + 1, len(self.sheet.rows)):
            if row >= self.limits.rows:
                self.block(
                    "too-many-rows",
                    t("The table has more than %(limit)s rows.", limit=self.limits.rows),
                    (row, self.layout.name_column),
                    mend=t("Send it in several files."),
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
        numbers = any(self._looks_like_places(row, column) for column in self.places)
        if heading_key(label) in self.layout.name_words or heading_key(label) in _HELD_WORDS:
            return True
        if is_sum(label):
            self.lines.append(SumLine(row, is_total(label)))
            return True
        found, unit = self._unit(row, label, numbers)
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
            if is_sum(words) or heading_key(words) in _HELD_WORDS:
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

    def _unit(self, row: int, label: str, numbers: bool) -> tuple[bool, int | None]:
        """Whether the row is one of a unit, and which; findings when it is not clear."""
        place = (row, self.layout.name_column)
        code = ""
        if self.layout.code_column is not None:
            code = code_words(self.sheet.cell(row, self.layout.code_column))
        named = self.known.names.find(label) if label else ()
        coded = self.known.codes.find(code) if code else ()
        if not named and not coded and label:
            coded = self.known.codes.find(label)
        unit = self._agree(place, label, code, named, coded)
        if named or coded:
            return True, self._once(place, unit)
        if label and not numbers and (is_note(label) or not self._near_unit(label)):
            return False, None
        if label:
            self._unknown_unit(place, label)
            return True, None
        if numbers and row >= self.layout.first_row:
            self.block(
                "row-without-unit",
                t("This row holds numbers but names no unit."),
                place,
                mend=t("Write the unit's name, or empty the row."),
                rule=UNIT_RULE,
            )
            return True, None
        return False, None

    def _near_unit(self, label: str) -> bool:
        return len(match_key(label)) <= 16 and bool(self.known.names.near(label, 1))

    def _agree(
        self,
        place: tuple[int, int],
        label: str,
        code: str,
        named: Sequence[int],
        coded: Sequence[int],
    ) -> int | None:
        """The unit that name and code agree on; a finding when they do not."""
        both = [ident for ident in named if ident in coded] if named and coded else []
        candidates = both or named or coded
        if named and coded and not both:
            self.block(
                "name-and-code-differ",
                t(
                    "The name says %(name)s, the code %(code)s belongs to %(other)s.",
                    name=label,
                    code=code,
                    other=self.known.codes.labels[coded[0]],
                ),
                place,
                mend=t("Correct the name or the code."),
                rule=UNIT_RULE,
            )
            return None
        if len(candidates) > 1:
            labels = [self.known.names.labels[ident] for ident in candidates]
            self.block(
                "unit-ambiguous",
                t("“%(name)s” is the name of %(count)s units.", name=label, count=len(labels)),
                place,
                mend=t("Add a column with the unit code, or write the full name."),
                rule=UNIT_RULE,
            )
            return None
        if not candidates:
            return None
        unit = candidates[0]
        self._tell_name(place, label, unit, by_code=not named)
        return unit

    def _tell_name(self, place: tuple[int, int], label: str, unit: int, *, by_code: bool) -> None:
        name = self.known.names.labels[unit]
        if by_code and label and not self.known.codes.find(label):
            self.found.add(
                Severity.WARN,
                "unit-by-code",
                t("“%(label)s” was taken for %(name)s by its code.", label=label, name=name),
                place=place,
                rule=UNIT_RULE,
            )
        elif not by_code and match_key(label) != match_key(name):
            self.by_alias[label] = name
        elif not by_code and any(char.isspace() for char in str(self.sheet.cell(*place)).strip()):
            self.counts.tidy("blanks-in-name", place)

    def _once(self, place: tuple[int, int], unit: int | None) -> int | None:
        if unit is None:
            return None
        if unit in self.table.unit_rows:
            first = self.sheet.address(self.table.unit_rows[unit], self.layout.name_column)
            name = self.known.names.labels[unit]
            self.block(
                "unit-twice",
                t("%(name)s is there twice, first at %(first)s.", name=name, first=first),
                place,
                mend=t("Keep one of the two rows."),
                rule=UNIT_RULE,
            )
            return None
        self.table.unit_rows[unit] = place[0]
        return unit

    def _unknown_unit(self, place: tuple[int, int], label: str) -> None:
        message = t("“%(name)s” is not a unit of this table.", name=label)
        near = self.known.names.near(label)
        if near:
            message = t(
                "“%(name)s” is not a unit of this table; did you mean %(near)s?",
                name=label,
                near=name_list(near),
            )
        self.block(
            "unknown-unit",
            message,
            place,
            mend=t("Write the name as it stands in the list of units."),
            rule=UNIT_RULE,
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
                self.block(finding.code or "not-a-number", finding.message, place, mend=mend)
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
                self.block(
                    "merged-places",
                    t(
                        "One number stands in a merged cell over %(count)s places.",
                        count=len(covered),
                    ),
                    (merge.top, merge.left),
                    mend=t("Split the merged cell and write each number into its own cell."),
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


# --- the names that a file may use


def unit_name(body: Organisation) -> UnitName:
    """A body with every name it goes by."""
    others = [*body.aliases, body.formal_name] if body.formal_name else list(body.aliases)
    return UnitName(body.id, body.name, tuple(others), body.code)


def column_name(project: Project) -> ColumnName:
    """A project as a heading names it, with the other words of its subject."""
    stage, own = project.words
    term = find_subject(own)
    others = (term.name, *term.aliases) if term is not None else ()
    return ColumnName(project.id, stage, own, (*others, project.name))


# --- the table to download


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
