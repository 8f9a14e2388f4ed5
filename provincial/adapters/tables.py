"""Tables inside sheets: names matched to known things, headings found, rows read one by one.

Nothing is guessed: a name either matches exactly (blanks, width and case aside) or it is
unknown and the nearest known names are offered. Rows and columns count from 0.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from provincial.adapters.spreadsheets import CellValue, Sheet, name_list
from provincial.core.findings import Finding, Severity
from provincial.core.identity import clean_line, match_key, parse_count
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t

_BRACKETED_UNIT = re.compile(r"[(\[【〔](?:人数?|名额?|个|单位[::]?人|必填|选填|\*)[)\]】〕]")
_PUNCTUATION = re.compile(r"[()\[\]【】〔〕\-—–_/\\、,，。.:：;；+*·|]")
_NOTE_STARTS = ("注", "备注", "说明", "填表", "填报", "制表", "审核人", "联系人", "note")
FINDINGS_PER_CODE = 40
#: Names compared with everything known, in one reading; a list of strangers must not cost minutes.
NEAR_LOOKUPS = 500


def heading_key(text: object) -> str:
    """The key on which headings are compared: as names, and without punctuation or "(人)"."""
    key = _BRACKETED_UNIT.sub("", match_key(cell_words(text)))
    return _PUNCTUATION.sub("", key)


def cell_words(value: object) -> str:
    """What a cell says as one line of text; empty for an empty cell."""
    return "" if value is None else clean_line(str(value))[:200]


def is_note(text: str) -> bool:
    """Whether a line below a table is a remark and not a row of it."""
    return match_key(text).startswith(_NOTE_STARTS)


class NameIndex:
    """Known things by every name they go by; one name may belong to several things."""

    def __init__(
        self,
        entries: Iterable[tuple[int, str, Iterable[str]]],
        key: Callable[[str], str] = match_key,
    ) -> None:
        """Take (id, label, names); the label is what is shown, and is not itself a name."""
        self._key = key
        self._ids: dict[str, set[int]] = {}
        self.labels: dict[int, str] = {}
        for ident, label, names in entries:
            self.labels[ident] = label
            for name in names:
                if key(name):
                    self._ids.setdefault(key(name), set()).add(ident)
        self._found: dict[str, tuple[int, ...]] = {}
        self._alike: dict[str, list[str]] = {}
        self._by_character: dict[str, list[str]] = {}

    def find(self, text: str) -> tuple[int, ...]:
        """Every thing that goes by exactly this name, in order of id."""
        if text not in self._found:
            self._found[text] = tuple(sorted(self._ids.get(self._key(text), ())))
        return self._found[text]

    def near(self, text: str, limit: int = 3) -> list[str]:
        """Labels of things whose names look alike, best first, for a question to the user.

        Comparing is slow, so only names that share most characters are compared, and after
        ``NEAR_LOOKUPS`` strangers the answer is always empty.
        """
        key = self._key(text)[:60]
        if not key or (key not in self._alike and len(self._alike) >= NEAR_LOOKUPS):
            return []
        if key not in self._alike:
            close = difflib.get_close_matches(key, self._sharing(key), n=6, cutoff=0.6)
            labels = [self.labels[ident] for name in close for ident in sorted(self._ids[name])]
            self._alike[key] = list(dict.fromkeys(labels))
        return self._alike[key][:limit]

    def _sharing(self, key: str) -> list[str]:
        """The names that share most characters with ``key``."""
        if not self._by_character:
            for name in self._ids:
                for character in set(name):
                    self._by_character.setdefault(character, []).append(name)
        shared: Counter[str] = Counter()
        for character in set(key):
            shared.update(self._by_character.get(character, ()))
        return [name for name, _ in shared.most_common(30)]


@dataclass(slots=True)
class Findings:
    """Findings collected while a sheet is read: many of one kind are cut with a count."""

    sheet: Sheet
    limit: int = FINDINGS_PER_CODE
    items: list[Finding] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _severities: dict[str, Finding] = field(default_factory=dict)

    def add(
        self,
        severity: Severity,
        code: str,
        message: Text,
        *,
        place: tuple[int, int] | None = None,
        rule: str = "",
        mend: Text | None = None,
        measured: object = "",
        limit: object = "",
    ) -> None:
        """One finding at a place; from the ``limit``-th of its code on only counted."""
        self._counts[code] = self._counts.get(code, 0) + 1
        if self._counts[code] > self.limit:
            return
        finding = Finding(
            severity,
            message,
            rule=rule,
            code=code,
            cell=self.sheet.address(*place) if place else "",
            measured=str(measured),
            limit=str(limit),
            mend=mend,
        )
        self._severities[code] = finding
        self.items.append(finding)

    def block(
        self, code: str, message: Text, place: tuple[int, int], *, mend: Text, rule: str
    ) -> None:
        """One blocking finding at a place, with the way to mend it."""
        self.add(Severity.BLOCK, code, message, place=place, rule=rule, mend=mend)

    def finished(self) -> list[Finding]:
        """All findings, with one more for each kind of which some were left out."""
        rest = [
            Finding(
                self._severities[code].severity,
                t("%(count)s more findings of this kind.", count=count - self.limit),
                rule=self._severities[code].rule,
                code=code,
            )
            for code, count in self._counts.items()
            if count > self.limit
        ]
        return self.items + rest


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column that a list may have: the titles it goes by, and how one cell is read.

    ``parse`` takes the raw cell and returns a value or raises ``Refusal``; a column that is
    ``required`` must be there and filled in each row.
    """

    key: str
    titles: Sequence[str]
    required: bool = True
    parse: Callable[[CellValue], object] = cell_words


@dataclass(slots=True)
class ListRow:
    """One row: ``number`` as people count (from 1), values by column key, its own findings."""

    row: int
    values: dict[str, object]
    findings: list[Finding] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The row as the spreadsheet program numbers it."""
        return self.row + 1


@dataclass(slots=True)
class ListTable:
    """A list that was read; ``columns`` maps keys to columns of the sheet."""

    sheet: Sheet
    header_row: int
    columns: dict[str, int]
    rows: list[ListRow]
    findings: list[Finding]
    notes: list[str]

    def address(self, row: ListRow, key: str) -> str:
        """The place of one value."""
        return self.sheet.address(row.row, self.columns.get(key, 0))


def read_list(
    sheet: Sheet,
    columns: Sequence[ListColumn],
    *,
    header_rows: int = 20,
    max_rows: int = 20_000,
    findings_per_code: int = FINDINGS_PER_CODE,
) -> ListTable:
    """Read a list whose headings stand anywhere in the first ``header_rows`` rows.

    Columns may come in any order; unknown ones are named once. A cell that cannot be read is a
    finding of its row, never an exception. ``findings_per_code`` is raised by rooms that send each
    bad row back.
    """
    index = NameIndex(
        ((number, c.titles[0], c.titles) for number, c in enumerate(columns)), heading_key
    )
    found = Findings(sheet, findings_per_code)
    header = _header_row(sheet, index, header_rows)
    if header is None:
        found.add(
            Severity.BLOCK,
            "no-heading",
            t(
                "No row of headings was found in sheet %(sheet)s; expected are %(titles)s.",
                sheet=sheet.name,
                titles=name_list([c.titles[0] for c in columns if c.required], 8),
            ),
            mend=t("Put the headings into one row above the list, as in the template."),
        )
        return ListTable(sheet, -1, {}, [], found.finished(), [])
    places = _places(sheet, header, columns, index, found)
    table = ListTable(sheet, header, places, [], [], [])
    for row in range(header + 1, len(sheet.rows)):
        _read_row(table, row, columns, found)
        if len(table.rows) > max_rows:
            found.add(
                Severity.BLOCK,
                "too-many-rows",
                t("The list has more than %(limit)s rows.", limit=max_rows),
                place=(row, 0),
                mend=t("Send it in several files."),
            )
            break
    if not table.rows:
        message = t("There is no row below the headings.")
        found.add(Severity.BLOCK, "no-rows", message, place=(header, 0))
    table.findings = found.finished()
    return table


def _header_row(sheet: Sheet, index: NameIndex, header_rows: int) -> int | None:
    """The row with most known headings, the first of them; ``None`` when none has any."""
    best, best_count = None, 0
    for row, cells in enumerate(sheet.rows[:header_rows]):
        known = {i for cell in cells if isinstance(cell, str) for i in index.find(cell)}
        if len(known) > best_count:
            best, best_count = row, len(known)
    return best


def _places(
    sheet: Sheet,
    header: int,
    columns: Sequence[ListColumn],
    index: NameIndex,
    found: Findings,
) -> dict[str, int]:
    places: dict[str, int] = {}
    unknown: list[str] = []
    for column, cell in enumerate(sheet.rows[header]):
        title = cell_words(cell)
        matches = index.find(title) if title else ()
        for match in matches[:1]:
            spec = columns[match]
            if spec.key in places:
                found.add(
                    Severity.BLOCK,
                    "column-twice",
                    t("The column “%(title)s” is there twice.", title=spec.titles[0]),
                    place=(header, column),
                    mend=t("Delete one of the two columns."),
                )
            else:
                places[spec.key] = column
        if title and not matches and heading_key(title) not in ("序号", "编号", "no"):
            unknown.append(title)
    if unknown:
        message = t("Columns that are not used: %(names)s.", names=name_list(unknown, 10))
        found.add(Severity.PASS, "columns-ignored", message, place=(header, 0))
    for spec in columns:
        if spec.required and spec.key not in places:
            found.add(
                Severity.BLOCK,
                "column-missing",
                t("The column “%(title)s” is missing.", title=spec.titles[0]),
                place=(header, 0),
                mend=t("Add the column with this heading."),
            )
    return places


def _read_row(
    table: ListTable, number: int, columns: Sequence[ListColumn], found: Findings
) -> None:
    sheet = table.sheet
    filled = [cell_words(cell) for cell in sheet.rows[number] if cell_words(cell)]
    used = [key for key, column in table.columns.items() if cell_words(sheet.cell(number, column))]
    if not filled or not used:
        return
    if len(filled) == 1 and is_note(filled[0]):
        table.notes.append(filled[0])
        return
    row = ListRow(number, {})
    before = len(found.items)
    for spec in columns:
        if spec.key in table.columns:
            row.values[spec.key] = _read_cell(table, row, spec, found)
    row.findings = found.items[before:]
    table.rows.append(row)


def _read_cell(table: ListTable, row: ListRow, spec: ListColumn, found: Findings) -> object:
    place = (row.row, table.columns[spec.key])
    raw = table.sheet.cell(*place)
    title = spec.titles[0]
    if place in table.sheet.errors or place in table.sheet.uncalculated:
        message = t("“%(title)s” holds a formula without a value.", title=title)
        mend = t("Write the value itself into the cell.")
        found.add(Severity.BLOCK, "no-value", message, place=place, mend=mend)
        return None
    if not cell_words(raw):
        if spec.required:
            message = t("“%(title)s” is empty.", title=title)
            found.add(Severity.BLOCK, "empty", message, place=place)
        return None
    try:
        return spec.parse(raw)
    except Refusal as refused:
        for finding in refused.as_findings():
            message = finding.message
            found.add(
                Severity.BLOCK,
                finding.code or "value",
                message,
                place=place,
                rule=finding.rule,
                mend=finding.mend,
            )
        return None


def cell_count(value: CellValue) -> int | None:
    """A whole number from nought up; raises ``Refusal`` otherwise."""
    if isinstance(value, date):
        raise Refusal(t("A whole number is expected here, not a date."))
    return parse_count(value)


def cell_digits(value: CellValue) -> str:
    """An ID number, phone or code as text.

    A spreadsheet keeps only 15 digits of a number: a longer one in a numeric cell is already
    destroyed, and is refused with the way to mend it.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refusal(t("A number written as text is expected here."))
    if isinstance(value, int | float) and (abs(value) >= 10**15 or not float(value).is_integer()):
        message = t("The number was kept as a figure and has lost its last digits.")
        mend = t("Set the column to text and type the number again; do not copy it back.")
        finding = Finding(Severity.BLOCK, message, code="digits-lost", mend=mend)
        raise Refusal(message, findings=[finding])
    return match_key(str(int(value) if isinstance(value, float) else value)).upper()


def cell_date(value: CellValue) -> date:
    """A day, from a date cell or written like 2023-09-01, 2023.9.1, 2023年9月1日, 20230901."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    parts = re.fullmatch(
        r"([0-9]{4})(?:[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))",
        match_key(str(value)),
    )
    if parts:
        try:
            return date(int(parts[1]), int(parts[2] or parts[4]), int(parts[3] or parts[5]))
        except ValueError:
            parts = None
    raise Refusal(t("“%(text)s” is not a day like 2023-09-01.", text=cell_words(value)[:40]))
