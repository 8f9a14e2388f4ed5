"""The rows of a nomination list out of a workbook, as people send it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from provincial.adapters.spreadsheets import Sheet, read_workbook
from provincial.adapters.tables import Findings, NameIndex, heading_key
from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.planning.entries.rules import COLUMNS, Row, is_remark, read_row

_HEADINGS = NameIndex(
    ((place, titles[0], titles) for place, (_key, titles, _must) in enumerate(COLUMNS)), heading_key
)
#: Rows above the names in which the headings are looked for.
_HEAD_ROWS = 20


@dataclass
class Reading:
    """What a workbook says: its rows, where they stand, and what is wrong with the list as a whole."""

    rows: list[Row]
    sheet: Sheet
    header_row: int
    columns: dict[str, int]
    of_list: list[Finding] = field(default_factory=list)


def read(data: bytes, filename: str, today: date, most_rows: int) -> Reading:
    """The rows of a workbook as its first visible list of names says them, not judged yet."""
    book = read_workbook(data, filename)
    visible = [sheet for sheet in book.sheets if not sheet.hidden and sheet.rows] or book.sheets
    best = max(visible, key=lambda sheet: _header(sheet)[1])
    found = Findings(best)
    header, known = _header(best)
    reading = Reading([], best, max(header, 0), {})
    if known < 2:
        titles = "、".join(titles[0] for _key, titles, must in COLUMNS if must)
        message = t(
            "No row of headings was found in sheet %(sheet)s; expected are %(titles)s.",
            sheet=best.name,
            titles=titles,
        )
        mend = t("Put the headings into one row above the list, as in the template.")
        found.add(Severity.BLOCK, "no-heading", message, mend=mend)
    else:
        reading.columns = _columns(best, header, found)
        if not found.items or all(one.severity is not Severity.BLOCK for one in found.items):
            reading.rows = _rows(best, header, reading.columns, found, today, most_rows)
    reading.of_list = found.finished()
    return reading


def _header(sheet: Sheet) -> tuple[int, int]:
    """The row with most known headings, and how many."""
    best, most = -1, 0
    for number, cells in enumerate(sheet.rows[:_HEAD_ROWS]):
        known = {
            one for cell in cells if isinstance(cell, str) for one in _HEADINGS.find(cell[:60])
        }
        if len(known) > most:
            best, most = number, len(known)
    return best, most


def _columns(sheet: Sheet, header: int, found: Findings) -> dict[str, int]:
    places: dict[str, int] = {}
    for column, cell in enumerate(sheet.rows[header]):
        for match in _HEADINGS.find(cell[:60])[:1] if isinstance(cell, str) else ():
            key, titles, _must = COLUMNS[match]
            if key in places:
                message = t("The column “%(title)s” is there twice.", title=titles[0])
                mend = t("Delete one of the two columns.")
                place = (header, column)
                found.add(Severity.BLOCK, "column-twice", message, place=place, mend=mend)
            else:
                places[key] = column
    for key, titles, must in COLUMNS:
        if must and key not in places:
            message = t("The column “%(title)s” is missing.", title=titles[0])
            mend = t("Add the column with this heading.")
            found.add(Severity.BLOCK, "column-missing", message, place=(header, 0), mend=mend)
    return places


def _rows(
    sheet: Sheet,
    header: int,
    columns: Mapping[str, int],
    found: Findings,
    today: date,
    most_rows: int,
) -> list[Row]:
    rows: list[Row] = []
    keys = list(columns.items())
    for number in range(header + 1, len(sheet.rows)):
        line = sheet.rows[number]
        width = len(line)
        cells = {key: line[column] if column < width else None for key, column in keys}
        said = [key for key, value in cells.items() if value is not None and value != ""]
        if not said or said == ["number"] or is_remark(line, cells):
            continue
        if len(rows) == most_rows:
            message = t("The list has more than %(limit)s rows.", limit=most_rows)
            mend = t("Send it in several files.")
            found.add(Severity.BLOCK, "too-many-rows", message, place=(number, 0), mend=mend)
            break
        rows.append(read_row(_number(cells.get("number"), len(rows) + 1), number, cells, today))
        _blank_formulas(rows[-1], sheet, keys)
    if not rows:
        message = t("There is no row below the headings.")
        found.add(Severity.BLOCK, "no-rows", message, place=(header, 0))
    return rows


def _number(value: object, count: int) -> int:
    """The number that the list gives a row; where it gives none, its place."""
    words = str(int(value)) if isinstance(value, float) and value == value else str(value or "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 9 else count


def _blank_formulas(row: Row, sheet: Sheet, keys: Iterable[tuple[str, int]]) -> None:
    """Refuse cells that hold a formula without a value."""
    if not sheet.errors and not sheet.uncalculated:
        return
    for key, column in keys:
        if (row.row, column) in sheet.errors or (row.row, column) in sheet.uncalculated:
            message = t("The cell holds a formula without a value.")
            row.block(key, "no-value", message, t("Write the value itself into the cell."))
