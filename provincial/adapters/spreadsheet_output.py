"""Workbooks out: tables, grids, a checked workbook sent back, CSV; safe to open in Excel (R17).

No cell of ours becomes a formula or a link by itself: texts are written as text, and one that
begins like a formula gets an apostrophe. Numbers that are names (ID, code, phone) belong in a
``text`` column. Sentences come from the caller, already in the reader's language.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from provincial.adapters.spreadsheet_book import WIDEST, Book, Kind, fitting, safe_text
from provincial.adapters.spreadsheets import Sheet, read_workbook

__all__ = [
    "Column",
    "GridOut",
    "GridRow",
    "Kind",
    "RowResult",
    "SheetOut",
    "annotated",
    "csv_bytes",
    "safe_text",
    "write_grid",
    "write_workbook",
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; width in characters, 0 means by content."""

    title: str
    kind: Kind = Kind.TEXT
    width: int = 0


@dataclass(frozen=True, slots=True)
class SheetOut:
    """A list: title line, headings, rows, notes below; headings stay in sight when scrolling."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    title: str = ""
    notes: Sequence[str] = ()
    freeze: bool = True


@dataclass(frozen=True, slots=True)
class GridRow:
    """One line of a grid: what stands left, and a number (or nothing) for each column."""

    labels: Sequence[str]
    values: Sequence[int | None]


@dataclass(frozen=True, slots=True)
class GridOut:
    """A table of numbers under headings in two rows (group over title), with sums by formula.

    ``columns`` are (group, title); neighbours of one group share a merged heading.
    ``extra`` lines (what the body holds) stand below the totals and do not count in them.
    """

    name: str
    title: str
    labels: Sequence[str]
    columns: Sequence[tuple[str, str]]
    rows: Sequence[GridRow]
    total: str = "合计"
    extra: Sequence[GridRow] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row of a workbook that came in; ``row`` and columns count from 0."""

    row: int
    result: str
    errors: Sequence[str] = ()
    bad_columns: Collection[int] = ()


def csv_bytes(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """CSV in UTF-8 with a byte-order mark (Excel needs it) and the same guard against formulas."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([safe_text(title) for title in titles])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
    return stream.getvalue().encode("utf-8-sig")


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    return safe_text(value.isoformat() if isinstance(value, date | time) else value)


def write_workbook(sheets: Sequence[SheetOut]) -> bytes:
    """An xlsx with one sheet per list."""
    book = Book()
    for sheet in sheets:
        _write_list(book, sheet)
    return book.bytes()


def write_grid(grid: GridOut) -> bytes:
    """An xlsx with one grid; total row and column are sums that Excel keeps up to date."""
    book = Book()
    paper = book.add(grid.name)
    left, width = len(grid.labels), len(grid.labels) + len(grid.columns)
    book.range(paper, 0, 0, 0, width, grid.title, "title")
    for column, label in enumerate([*grid.labels, *[""] * len(grid.columns), grid.total]):
        if column < left or column == width:
            book.range(paper, 1, column, 2, column, label, "head")
    _write_headings(book, paper, grid.columns, left)
    first = 3
    sums = [0] * len(grid.columns)
    for offset, line in enumerate(grid.rows):
        _write_grid_row(book, paper, first + offset, line, left)
        sums = [held + (value or 0) for held, value in zip(sums, line.values, strict=True)]
    bottom = first + len(grid.rows)
    book.range(paper, bottom, 0, bottom, left - 1, grid.total, "head")
    for column, value in enumerate([*sums, sum(sums)], start=left):
        top_cell = xl_rowcol_to_cell(first, column)
        last_cell = xl_rowcol_to_cell(max(first, bottom - 1), column)
        formula = f"=SUM({top_cell}:{last_cell})" if grid.rows else "=0"
        paper.write_formula(bottom, column, formula, book.style("total"), value)
    for offset, line in enumerate(grid.extra, start=1):
        _write_grid_row(book, paper, bottom + offset, line, left)
    for offset, note in enumerate(grid.notes, start=bottom + len(grid.extra) + 1):
        paper.write_string(offset, 0, safe_text(note), book.style("note"))
    paper.freeze_panes(first, left)
    for column in range(left):
        texts = [grid.labels[column], *(str(line.labels[column]) for line in grid.rows)]
        paper.set_column(column, column, fitting(texts))
    paper.set_column(left, width, 8)
    return book.bytes()


def _write_headings(book: Book, paper: Any, columns: Sequence[tuple[str, str]], left: int) -> None:
    start = 0
    for index, (group, title) in enumerate(columns):
        last = index + 1 == len(columns) or columns[index + 1][0] != group
        if not group:
            book.range(paper, 1, left + index, 2, left + index, title, "head")
            start = index + 1
            continue
        paper.write_string(2, left + index, safe_text(title), book.style("head"))
        if last:
            book.range(paper, 1, left + start, 1, left + index, group, "head")
            start = index + 1


def _write_grid_row(book: Book, paper: Any, row: int, line: GridRow, left: int) -> None:
    for column, label in enumerate(line.labels):
        paper.write_string(row, column, safe_text(label), book.style("text"))
    for column, value in enumerate(line.values, start=left):
        if value is None:
            paper.write_blank(row, column, None, book.style("number"))
        else:
            paper.write_number(row, column, value, book.style("number"))
    end = left + len(line.values)
    if line.values:
        span = f"{xl_rowcol_to_cell(row, left)}:{xl_rowcol_to_cell(row, end - 1)}"
        total = sum(value or 0 for value in line.values)
        paper.write_formula(row, end, f"=SUM({span})", book.style("total"), total)


def annotated(
    data: bytes,
    filename: str,
    results: Sequence[RowResult],
    *,
    header_row: int,
    titles: tuple[str, str] = ("结果", "问题"),
    sheet_name: str = "",
    note: str = "",
) -> bytes:
    """The same workbook back, with a result and an errors column behind the table.

    Values, merged cells and sheet order stay; fonts, formulas (their values stay), pictures,
    charts, comments and macros do not: ``note`` should say so to the reader and is written on
    top of the two columns' heading as a cell comment. Raises ``Refusal`` like ``read_workbook``.
    """
    source = read_workbook(data, filename)
    chosen = next((s for s in source.sheets if s.name == sheet_name), source.sheets[0])
    book = Book()
    for sheet in source.sheets:
        paper = book.add(sheet.name)
        marks = results if sheet is chosen else ()
        bad = {(mark.row, column) for mark in marks for column in mark.bad_columns}
        _copy_sheet(book, paper, sheet, bad)
        if sheet.hidden and sheet is not chosen:
            paper.hide()
        if sheet is chosen:
            _write_results(book, paper, sheet, marks, header_row, titles, note)
            paper.activate()
            paper.set_first_sheet()
    return book.bytes()


def _copy_sheet(book: Book, paper: Any, sheet: Sheet, bad: set[tuple[int, int]]) -> None:
    for row, cells in enumerate(sheet.rows):
        for column, value in enumerate(cells):
            if value is not None:
                book.cell(paper, row, column, value, bad=(row, column) in bad)
    for row, column in bad:
        if sheet.cell(row, column) is None:
            paper.write_blank(row, column, None, book.style("bad"))
    for merge in sheet.merged:
        value = sheet.cell(merge.top, merge.left)
        if merge.bottom < len(sheet.rows) + 10 and merge.right < sheet.width + 10:
            text = "" if value is None else str(value)
            book.range(paper, merge.top, merge.left, merge.bottom, merge.right, text, "head")
    lone = {(merge.top, merge.left) for merge in sheet.merged}
    for column in range(sheet.width):
        texts = [
            str(cells[column])
            for row, cells in enumerate(sheet.rows[:500])
            if column < len(cells) and cells[column] is not None and (row, column) not in lone
        ]
        paper.set_column(column, column, fitting(texts))


def _write_results(
    book: Book,
    paper: Any,
    sheet: Sheet,
    results: Sequence[RowResult],
    header_row: int,
    titles: tuple[str, str],
    note: str,
) -> None:
    column = sheet.width
    for offset, title in enumerate(titles):
        paper.write_string(header_row, column + offset, safe_text(title), book.style("head"))
    if note:
        paper.write_comment(header_row, column, safe_text(note), {"x_scale": 2, "y_scale": 2})
    for result in results:
        style = "bad" if result.errors or result.bad_columns else "text"
        paper.write_string(result.row, column, safe_text(result.result), book.style(style))
        errors = safe_text(_one_text(result.errors))
        paper.write_string(result.row, column + 1, errors, book.style(style))
    paper.set_column(column, column, fitting([titles[0], *(r.result for r in results)]))
    paper.set_column(column + 1, column + 1, WIDEST)
    paper.freeze_panes(header_row + 1, 0)


def _one_text(sentences: Sequence[str]) -> str:
    """Several findings as one text: full stops within it give way to the semicolons between."""
    ended = [sentence.rstrip("。") for sentence in sentences]
    return "；".join(ended) + ("。" if sentences and sentences[-1].endswith("。") else "")


def _write_list(book: Book, sheet: SheetOut) -> None:
    paper = book.add(sheet.name)
    row = 0
    last = max(0, len(sheet.columns) - 1)
    if sheet.title:
        book.range(paper, 0, 0, 0, last, sheet.title, "title")
        row = 1
    for column, spec in enumerate(sheet.columns):
        paper.write_string(row, column, safe_text(spec.title), book.style("head"))
    if sheet.freeze:
        paper.freeze_panes(row + 1, 0)
    widths = [[column.title] for column in sheet.columns]
    for values in sheet.rows:
        row += 1
        for column, (value, spec) in enumerate(zip(values, sheet.columns, strict=True)):
            book.cell(paper, row, column, value, kind=spec.kind)
            if row < 500 and value is not None:
                widths[column].append(str(value))
    for column, spec in enumerate(sheet.columns):
        paper.set_column(column, column, spec.width or fitting(widths[column]))
    for note in sheet.notes:
        row += 1
        paper.write_string(row, 0, safe_text(note), book.style("note"))
