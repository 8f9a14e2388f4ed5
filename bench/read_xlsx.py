"""Reading a workbook: calamine in a fenced child or alone, or openpyxl in the process.

The fence (a child process, limits, a look into the archive, JSON back) costs part of the gain; it is what
makes a hostile file harmless, and is measured apart.
"""

from __future__ import annotations

from io import BytesIO

from python_calamine import CalamineWorkbook

from bench.measure import Result, compare
from bench.place import Place
from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook
from provincial.adapters.spreadsheets import read_workbook


def run(_place: Place, rows: int = 20_000, rounds: int = 5) -> list[Result]:
    """Twelve columns of names and numbers; without openpyxl (a tool of the tests) nothing to compare."""
    try:
        from openpyxl import load_workbook  # noqa: PLC0415  not part of the site
    except ImportError:
        return []
    columns = [Column(f"列{n}", Kind.NUMBER if n else Kind.TEXT) for n in range(12)]
    data = write_workbook(
        [SheetOut("表", columns, [[f"学校{r}", r, *([r % 7] * 10)] for r in range(rows)])]
    )

    def usual(_turn: int) -> list[tuple[object, ...]]:
        sheet = load_workbook(BytesIO(data), data_only=True).worksheets[0]
        return [tuple(row) for row in sheet.iter_rows(values_only=True)]

    def ours(_turn: int) -> list[tuple[object, ...]]:
        return [tuple(row) for row in read_workbook(data, "t.xlsx").sheets[0].rows]

    def parsed(_turn: int) -> list[tuple[object, ...]]:
        sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
        return [tuple(_whole(cell) for cell in row) for row in sheet.to_python()]

    return [
        compare(
            "read_xlsx",
            f"{rows:,} rows x 12, in its fence",
            baseline=usual,
            ours=ours,
            goal=2,
            rounds=rounds,
        ),
        compare(
            "read_xlsx_20k",
            f"{rows:,} rows x 12, the reader alone",
            baseline=usual,
            ours=parsed,
            goal=19,
            rounds=rounds,
        ),
    ]


def _whole(cell: object) -> object:
    """A figure as openpyxl gives it: whole ones without a point."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
