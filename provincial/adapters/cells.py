"""Cells of lists of people: words that hide no number, numbers kept as text, days and months."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from provincial.adapters.spreadsheets import CellValue
from provincial.adapters.tables import cell_date, cell_digits, cell_words
from provincial.core.findings import Finding, Severity
from provincial.core.identity import has_hidden_characters, match_key
from provincial.core.refusals import Refusal
from provincial.core.text import t

#: What looks like a mobile number or an ID number, with or without blanks in between.
_PERSONAL = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])|[0-9]{14}")


def guarded(parse: Callable[[str], object]) -> Callable[[CellValue], object]:
    """Read words; a number as long as a phone or ID is refused unread.

    When columns are shifted, the sentence about a wrong word would repeat the number (R6).
    """

    def read(value: CellValue) -> object:
        words = cell_words(value)
        if _PERSONAL.search(re.sub(r"[-\s]", "", unicodedata.normalize("NFKC", words))):
            message = t("A long number does not belong into this column.")
            mend = t("Check whether the columns are shifted.")
            finding = Finding(Severity.BLOCK, message, code="number-here", mend=mend)
            raise Refusal(message, findings=[finding])
        if has_hidden_characters(words):
            raise Refusal(t("The cell holds characters that cannot be seen."))
        return parse(words)

    return read


def cell_number_text(value: CellValue) -> str:
    """An ID number or phone as typed; one kept as a figure too long for it is refused."""
    return value if isinstance(value, str) else cell_digits(value)


def cell_day_or_month(value: CellValue) -> date:
    """A day, or the first of a month as 1998.09, 1998-9, 1998年9月 or 199809 tell it.

    A figure such as 1998.1 is refused: it may be January or October.
    """
    if isinstance(value, float) and not value.is_integer():
        message = t("As a figure 1998.1 may be January or October.")
        mend = t("Write the month as text, like 1998-10.")
        raise Refusal(
            message, findings=[Finding(Severity.BLOCK, message, code="month-figure", mend=mend)]
        )
    if isinstance(value, date | datetime):
        return cell_date(value)
    words = match_key(str(int(value) if isinstance(value, float) else value))
    month = re.fullmatch(r"([0-9]{4})(?:[-./年]([0-9]{1,2})月?|([0-9]{2}))", words)
    if month and 1 <= int(month[2] or month[3]) <= 12:
        return cell_date(f"{month[1]}-{month[2] or month[3]}-1")
    try:
        return cell_date(words)
    except Refusal as refusal:
        # Its own sentence repeats the cell, which may hold a number of a shifted column (R6).
        message = t("A day like 2023-09-01 or a month like 2023-09 is expected here.")
        raise Refusal(message) from refusal
