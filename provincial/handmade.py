"""Quota tables as offices make them by hand, read and written for the walk of ``--check``."""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import xlsxwriter

from provincial.adapters.spreadsheets import CellValue, read_workbook


@dataclass
class Table:
    """Places by unit; ``columns`` are (stage, subject) in the table's order."""

    columns: list[tuple[str, str]] = field(default_factory=list)
    units: dict[str, list[int]] = field(default_factory=dict)
    #: What the body that hands out holds itself, where the workbook says it.
    own: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All places of all units."""
        return sum(sum(row) for row in self.units.values())


def read_table(data: bytes) -> Table:
    """Read one of the site's own workbooks: codes, names, stages over subjects, figures."""
    rows = read_workbook(data, "table.xlsx").sheets[0].rows
    top = next(n for n, row in enumerate(rows) if "单位" in row)
    at = rows[top].index("单位")
    subjects = [value for value in rows[top + 1][at + 1 :] if value]
    width = len(subjects)
    columns, stage = [], ""
    for stage_cell, subject in zip(rows[top][at + 1 :], subjects, strict=False):
        stage = str(stage_cell or stage)
        columns.append((stage, str(subject)))
    table = Table(columns)
    for row in rows[top + 2 :]:
        if len(row) <= at:
            continue
        figures = [_count(value) for value in (row[at + 1 :] + [None] * width)[:width]]
        if row[0] not in (None, "合计") and row[at]:
            table.units[str(row[at])] = figures
        elif row[at] == "本单位持有":
            table.own = figures
    return table


def write_table(table: Table, title: str) -> bytes:
    """The table in another hand than the site's: no codes, stages merged over their subjects."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("名额")
    width = len(table.columns)
    sheet.merge_range(0, 0, 0, width + 1, title)
    sheet.merge_range(1, 0, 2, 0, "单位")
    sheet.merge_range(1, width + 1, 2, width + 1, "合计")
    stages = [stage for stage, _subject in table.columns]
    for stage in dict.fromkeys(stages):
        first = stages.index(stage) + 1
        sheet.merge_range(1, first, 1, first + stages.count(stage) - 1, stage)
    for column, (_stage, subject) in enumerate(table.columns, start=1):
        sheet.write(2, column, subject)
    for line, (unit, figures) in enumerate(table.units.items(), start=3):
        sheet.write_row(line, 0, [unit, *figures, sum(figures)])
    sums = [sum(column) for column in zip(*table.units.values(), strict=True)]
    sheet.write_row(3 + len(table.units), 0, ["合计", *sums, sum(sums)])
    book.close()
    return buffer.getvalue()


def check_board(data: bytes) -> dict[str, tuple[int, int]]:
    """Held and handed down by unit from a board's workbook; refuses sums that do not add up.

    Raises ``ArithmeticError`` where a body has handed down something else than those below it hold.
    """
    rows = read_workbook(data, "board.xlsx").sheets[0].rows
    top = next(n for n, row in enumerate(rows) if "层级" in row)
    figures: dict[str, tuple[int, int]] = {}
    above: list[tuple[str, int]] = []
    below: dict[str, int] = {}
    for row in rows[top + 1 :]:
        if not isinstance(row[0], int):
            continue
        depth, code, held, given = row[0], str(row[1]), _count(row[3]), _count(row[4])
        while above and above[-1][1] >= depth:
            above.pop()
        if above:
            below[above[-1][0]] = below.get(above[-1][0], 0) + held
        above.append((code, depth))
        figures[str(row[2])] = (held, given)
        below.setdefault(code, 0)
        if len(row) > 5 and row[5] is not None and _count(row[5]) != held - given:
            raise ArithmeticError(f"{row[2]}: {held} held, {given} handed down, {row[5]} left")
    handed = {str(row[1]): _count(row[4]) for row in rows[top + 1 :] if isinstance(row[0], int)}
    wrong = [code for code, given in handed.items() if below[code] != given]
    if wrong:
        raise ArithmeticError(f"those below hold something else than was handed down: {wrong}")
    return figures


def _count(value: CellValue) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
