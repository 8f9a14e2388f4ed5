"""Whole numbers in cells, read tolerantly and reported honestly.

Full-width digits, blanks, numbers kept as text, dashes and empty cells are understood; each kind
of tidying is told once with its number and first cells. A formula counts by its last value and
is a warning; one without a value, an error value or a lone 一 is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace

from provincial.adapters.spreadsheets import CellValue, Sheet, name_list
from provincial.adapters.tables import Findings, cell_count
from provincial.core.findings import Finding, Severity
from provincial.core.identity import match_key
from provincial.core.refusals import Refusal
from provincial.core.text import Text, t

_NOUGHT_SIGNS = set("-－—–―‐‑−─")


class CountReader:
    """Reads the counts of one sheet and remembers what had to be tidied."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._tidied: dict[str, list[str]] = {}

    def tidy(self, code: str, place: tuple[int, int]) -> None:
        """Count one harmless tidying; ``code`` is a key of the sentences below."""
        self._tidied.setdefault(code, []).append(self.sheet.address(*place))

    def read(self, place: tuple[int, int], *, quiet: bool = False) -> int:
        """The whole number at a place, nought for an empty cell or a dash.

        Raises ``Refusal`` with one finding for anything else; ``quiet`` does not count tidyings.
        """
        raw = self.sheet.cell(*place)
        if place in self.sheet.errors or place in self.sheet.uncalculated:
            message = t("This cell holds a formula without a value.")
            mend = t("Open the file in a spreadsheet program and save it, or write the number.")
            finding = Finding(Severity.BLOCK, message, code="formula-without-value", mend=mend)
            raise Refusal(message, findings=[finding])
        if isinstance(raw, str) and match_key(raw) == "一":
            message = t("“一” may be the number one or a dash.")
            mend = t("Write 1, or leave the cell empty for none.")
            finding = Finding(Severity.BLOCK, message, code="dash-or-one", mend=mend)
            raise Refusal(message, findings=[finding])
        places = cell_count(raw)
        if not quiet:
            for code in _tidyings(raw):
                self.tidy(code, place)
            if place in self.sheet.formulas:
                self.tidy("formula", place)
        return places or 0

    def seems_count(self, place: tuple[int, int]) -> bool:
        """Whether a cell holds a number, or words that can be read as one above nought."""
        value = self.sheet.cell(*place)
        if value is None or isinstance(value, bool):
            return False
        if isinstance(value, int | float):
            return True
        try:
            return bool(cell_count(value))
        except Refusal:
            return False

    def tell(self, found: Findings, rule: str) -> None:
        """One finding for each kind of tidying, with how many and the first cells."""
        for code, cells in self._tidied.items():
            severity = Severity.WARN if code == "formula" else Severity.PASS
            values = {"count": len(cells), "cells": name_list(cells)}
            found.add(severity, code, Text(_TIDIED[code].source, values), rule=rule)
            found.items[-1] = replace(found.items[-1], cell=cells[0])


def _tidyings(raw: CellValue) -> Iterable[str]:
    """The harmless tidyings that a cell needed before it was a number."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        yield "blank"
    elif isinstance(raw, str):
        text = unicodedata.normalize("NFKC", raw)
        if set(raw.strip()) <= _NOUGHT_SIGNS:
            yield "dash"
            return
        yield "text-number"
        if any(char.isdigit() and not char.isascii() for char in raw):
            yield "full-width"
        if text != text.strip() or any(char.isspace() for char in text):
            yield "blanks-in-number"


_TIDIED: Mapping[str, Text] = {
    "blank": t("%(count)s empty cells count as none (%(cells)s)."),
    "dash": t("%(count)s dashes count as none (%(cells)s)."),
    "text-number": t("%(count)s numbers were kept as text (%(cells)s)."),
    "full-width": t("%(count)s numbers were written in full-width digits (%(cells)s)."),
    "blanks-in-number": t("%(count)s numbers had blanks around them (%(cells)s)."),
    "blanks-in-name": t("%(count)s names had blanks inside (%(cells)s)."),
    "formula": t("%(count)s places come from formulas; their last value was taken (%(cells)s)."),
}
