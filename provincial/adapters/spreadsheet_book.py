"""XlsxWriter made safe: texts stay texts, styles are made once, names of sheets are legal (R17)."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import OverlappingRange

from provincial.adapters.spreadsheets import CellValue

_STARTS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")
_LONGEST_TEXT = 32_000
#: Widths of columns in characters.
WIDEST, _NARROWEST = 48, 6
_FONT = "宋体"


class Kind(StrEnum):
    """How a column is written: ``text`` keeps leading noughts and long numbers."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    PERCENT = "percent"


def safe_text(value: object) -> str:
    """The text of a cell that no spreadsheet program takes for a formula.

    A lone sign is left alone: it means "none" in a table and calculates nothing.
    """
    text = str(value).encode("utf-8", "replace").decode("utf-8")[:_LONGEST_TEXT]
    if text.startswith(_STARTS_A_FORMULA) and text not in ("-", "－", "+", "＋"):
        return "'" + text
    return text


def fitting(texts: Iterable[str]) -> int:
    """A column width in characters; a Chinese character counts as two."""
    widest = max(
        (
            sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text[:60])
            for text in texts
        ),
        default=0,
    )
    return min(WIDEST, max(_NARROWEST, widest + 2))


_STYLES: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"},
    "head": {"bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1},
    "text": {"num_format": "@", "valign": "top"},
    "number": {"num_format": "0"},
    "decimal": {"num_format": "#,##0.##"},
    "total": {"num_format": "0", "bold": True},
    "percent": {"num_format": "0.0%"},
    "date": {"num_format": "yyyy-mm-dd"},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm"},
    "time": {"num_format": "hh:mm"},
    "note": {"italic": True},
    "bad": {"bg_color": "#FDE7E7", "font_color": "#8B1A1A", "valign": "top"},
}


class Book:
    """XlsxWriter with its conversions switched off, styles made once, and legal sheet names."""

    def __init__(self) -> None:
        self._stream = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "remove_timezone": True,
            },
        )
        self._styles: dict[tuple[str, bool], Any] = {}
        self._names: set[str] = set()

    def add(self, name: str) -> Any:
        """A new sheet; a name that Excel forbids or that is taken is bent until it is legal."""
        legal = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '")[:28] or "Sheet"
        chosen, number = legal, 2
        while chosen.casefold() in self._names or chosen.casefold() == "history":
            chosen, number = f"{legal}{number}", number + 1
        self._names.add(chosen.casefold())
        return self._book.add_worksheet(chosen)

    def style(self, name: str, *, bad: bool = False) -> Any:
        """The format of that name, in warning colours when ``bad``."""
        if (name, bad) not in self._styles:
            wanted = {"font_name": _FONT} | _STYLES[name] | (_STYLES["bad"] if bad else {})
            self._styles[name, bad] = self._book.add_format(wanted)
        return self._styles[name, bad]

    def range(
        self, paper: Any, top: int, left: int, bottom: int, right: int, text: str, style: str
    ) -> None:
        """A merged range, or a plain cell when it is a single one."""
        if (top, left) == (bottom, right):
            paper.write_string(top, left, safe_text(text), self.style(style))
        else:
            try:
                paper.merge_range(top, left, bottom, right, "", self.style(style))
            except OverlappingRange:
                return
            paper.write_string(top, left, safe_text(text), self.style(style))

    def cell(
        self,
        paper: Any,
        row: int,
        column: int,
        value: object | CellValue,
        *,
        kind: Kind | None = None,
        bad: bool = False,
    ) -> None:
        """One value in the way of its kind; without a kind, by its own type."""
        if value is None:
            return
        if isinstance(value, date) and value.year < 1900:
            value = value.isoformat()
        number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        if kind is not Kind.TEXT and number and abs(float(value)) < 1e300:  # type: ignore[arg-type]
            whole = value == int(value)  # type: ignore[call-overload]
            name = "percent" if kind is Kind.PERCENT else "number" if whole else "decimal"
            paper.write_number(row, column, value, self.style(name, bad=bad))
        elif kind is not Kind.TEXT and isinstance(value, datetime):
            paper.write_datetime(row, column, value, self.style("datetime", bad=bad))
        elif kind is not Kind.TEXT and isinstance(value, date | time | timedelta):
            name = "date" if isinstance(value, date) else "time"
            paper.write_datetime(row, column, value, self.style(name, bad=bad))
        else:
            paper.write_string(row, column, safe_text(value), self.style("text", bad=bad))

    def bytes(self) -> bytes:
        """The finished file."""
        self._book.close()
        return self._stream.getvalue()
