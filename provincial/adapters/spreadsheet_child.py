"""Reads one workbook inside a fenced process and answers with plain JSON (R18, security.md 2.5).

The parent (``spreadsheets``) starts one such process per file, so that a hostile workbook can
at worst kill the process it is read in: 1 GB of memory, 20 s of processor time. Nothing but
plain values goes back; the parent never unpickles what a parser has touched.
"""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import sys
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from provincial.adapters.spreadsheet_scan import (
    Limits,
    Marks,
    Package,
    Unreadable,
    kind_of,
    ods_marks,
    refuse_size,
    xlsx_marks,
)
from provincial.adapters.spreadsheet_xls import ole_kind, xls_marks

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 20
TEXT_ENDINGS = ("csv", "txt", "tsv", "tab")
BOOK_ENDINGS = ("xlsx", "xlsm", "xltx", "xls", "et", "ods")
#: The answer is held in memory on both sides; a text repeated into every cell must not fill it.
LARGEST_ANSWER = 128 * 1024 * 1024
_DELIMITERS = ",\t;|，；"
_NUMBERED_APOSTROPHE = re.compile(r"'(?=[=+\-@\t\r])")


def main() -> int:
    """Read ``header line + bytes`` from standard input, write one JSON object to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    header = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        answer = read(data, str(header["filename"]), Limits(**header["limits"]))
    except Unreadable as refused:
        answer = {"refused": refused.code, "values": refused.values}
    except MemoryError:
        answer = {"refused": "memory", "values": {}}
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LARGEST_ANSWER:
        text = json.dumps({"refused": "memory", "values": {}})
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return 0


def read(data: bytes, filename: str, limits: Limits) -> dict[str, Any]:
    """The workbook as plain values: ``{"kind", "encoding", "sheets": [...]}``."""
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    kind = kind_of(data)
    if ending and ending not in TEXT_ENDINGS + BOOK_ENDINGS:
        raise Unreadable("ending", ending=ending[:12])
    if kind == "text":
        return _read_text(data, ending, limits)
    if kind == "zip":
        package = Package(data, limits)
        kind = package.kind()
        marks = xlsx_marks(package, limits) if kind == "xlsx" else ods_marks(package, limits)
        return _read_book(data, kind, marks, limits)
    return _read_book(data, ole_kind(data), {}, limits)


def _read_book(data: bytes, kind: str, marks: dict[str, Marks], limits: Limits) -> dict[str, Any]:
    # Also tells a password, which the library reports as an unknown format.
    in_order = xls_marks(data, limits) if kind == "xls" else []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            metadata = [m for m in book.sheets_metadata if m.typ is SheetTypeEnum.WorkSheet]
            if len(metadata) > limits.sheets:
                raise Unreadable("sheets", limit=limits.sheets)
            marks = marks or dict(zip((m.name for m in metadata), in_order, strict=False))
            sheets = []
            cells = 0
            for meta in metadata:
                sheet = _sheet(book, meta.name, marks.get(meta.name, Marks()), limits)
                sheet["hidden"] = meta.visible is not SheetVisibleEnum.Visible
                cells += sum(len(row) for row in sheet["rows"])
                if cells > limits.cells:
                    raise Unreadable("memory")
                sheets.append(sheet)
            return {"kind": kind, "encoding": "", "sheets": sheets}
    except (Unreadable, MemoryError):
        raise
    except PasswordError as error:
        raise Unreadable("encrypted") from error
    except (CalamineError, ValueError, OverflowError, TypeError) as error:
        raise Unreadable("broken") from error
    except BaseException as error:
        # A panic of the parser arrives as a BaseException: the file is at fault, not the site.
        raise Unreadable("broken") from error


def _sheet(book: CalamineWorkbook, name: str, marks: Marks, limits: Limits) -> dict[str, Any]:
    sheet = book.get_sheet_by_name(name)
    if sheet.end is None:
        rows: list[list[Any]] = []
    else:
        refuse_size(name, sheet.end[0] + 1, sheet.end[1] + 1, limits)
        rows = [_row(row) for row in sheet.to_python(skip_empty_area=False)]
    while rows and not rows[-1]:
        rows.pop()
    ranges = sheet.merged_cell_ranges
    merged = [[*first, *last] for first, last in ranges] if ranges else marks.merged
    return {
        "name": name,
        "rows": rows,
        "merged": merged[:20_000],
        "hidden_rows": marks.hidden_rows,
        "hidden_columns": marks.hidden_columns,
        "formulas": marks.formulas,
        "uncalculated": marks.uncalculated,
        "errors": marks.errors,
    }


def _row(row: Sequence[Any]) -> list[Any]:
    """The cells as JSON can hold them, without the empty ones at the end."""
    plain = [_plain(value) for value in row]
    while plain and plain[-1] is None:
        plain.pop()
    return plain


def _plain(value: Any) -> Any:
    if value == "" and isinstance(value, str):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    return value


def _read_text(data: bytes, ending: str, limits: Limits) -> dict[str, Any]:
    text, encoding = _decode(data)
    if ending not in TEXT_ENDINGS and ending:
        raise Unreadable("foreign", kind="text")
    lines = text.splitlines()
    delimiter = ""
    if lines and re.fullmatch(r"sep=.", lines[0]):
        delimiter = lines[0][-1]
        text = text.split("\n", 1)[1] if "\n" in text else ""
    delimiter = delimiter or _delimiter(lines)
    csv.field_size_limit(100_000)
    rows = []
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ):
            cells = [_NUMBERED_APOSTROPHE.sub("", cell, count=1) or None for cell in row]
            while cells and (cells[-1] is None or not cells[-1].strip()):
                cells.pop()
            if cells:
                refuse_size("CSV", number + 1, len(cells), limits)
            rows.append(cells)
    except csv.Error as error:
        raise Unreadable("broken") from error
    while rows and not rows[-1]:
        rows.pop()
    sheet = {"name": "CSV", "rows": rows, "hidden": False}
    return {"kind": "csv", "encoding": encoding, "sheets": [sheet]}


def _decode(data: bytes) -> tuple[str, str]:
    """Text and the name of its encoding; a mark at the start decides, else UTF-8, else GB 18030."""
    tries = ["utf-8", "gb18030"]
    if data.startswith(b"\xef\xbb\xbf"):
        tries = ["utf-8-sig"]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = ["utf-16"]
    for encoding in tries:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]", text):
            break
        return text, encoding
    raise Unreadable("foreign", kind="unknown")


def _delimiter(lines: Sequence[str]) -> str:
    """The mark that splits most of the first lines into the same number of fields."""
    sample = [line for line in lines[:40] if line.strip()]

    def weight(mark: str) -> tuple[int, int]:
        counts = [line.count(mark) for line in sample if mark in line]
        if not counts:
            return (0, 0)
        usual = max(set(counts), key=counts.count)
        return (counts.count(usual), usual)

    best = max(_DELIMITERS, key=lambda mark: (weight(mark), -_DELIMITERS.index(mark)))
    return best if weight(best)[0] else ","


if __name__ == "__main__":
    raise SystemExit(main())
