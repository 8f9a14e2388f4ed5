"""Days and months, words and numbers as cells of lists of people hold them (security.md part 8: 24 dates)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from provincial.adapters.cells import cell_day_or_month, cell_number_text, guarded
from provincial.adapters.spreadsheets import CellValue
from provincial.core.refusals import Refusal


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2012-09-03", date(2012, 9, 3)),
        ("2012/9/3", date(2012, 9, 3)),
        ("2012.9.3", date(2012, 9, 3)),
        ("2012年9月3日", date(2012, 9, 3)),
        ("２０１２－０９－０３", date(2012, 9, 3)),
        ("20120903", date(2012, 9, 3)),
        (20120903.0, date(2012, 9, 3)),
        ("2012-09", date(2012, 9, 1)),
        ("2012.9", date(2012, 9, 1)),
        ("2012/10", date(2012, 10, 1)),
        ("2012年9月", date(2012, 9, 1)),
        ("201209", date(2012, 9, 1)),
        (201209.0, date(2012, 9, 1)),
        (date(2012, 9, 3), date(2012, 9, 3)),
        (datetime(2012, 9, 3, 12), date(2012, 9, 3)),
        ("2000-02-29", date(2000, 2, 29)),
    ],
)
def test_a_day_or_month_is_read(cell: CellValue, day: date) -> None:
    assert cell_day_or_month(cell) == day


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (1998.1, "may be January or October"),
        ("1998-13", "is expected here"),
        ("2001-02-29", "is expected here"),
        ("98-9", "is expected here"),
        ("九月", "is expected here"),
        ("2012-00", "is expected here"),
        ("0000-00-00", "is expected here"),
        ("110105194912310021", "is expected here"),
    ],
)
def test_r6_what_is_no_day_is_refused_without_repeating_it(cell: CellValue, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        cell_day_or_month(cell)
    said = str(refused.value.as_findings()[0].message)
    assert sentence in said
    assert str(cell) not in said or isinstance(cell, float)


def test_an_id_number_in_a_numeric_cell_is_refused_with_how_to_mend_it() -> None:
    with pytest.raises(Refusal) as refused:
        cell_number_text(110101199003072316.0)
    finding = refused.value.findings[0]
    assert finding.code == "digits-lost"
    assert "Set the column to text" in str(finding.mend)
    assert "110101" not in str(finding.as_data())
    assert cell_number_text("11010119900307231X") == "11010119900307231X"
    assert cell_number_text(13800002316.0) == "13800002316"


@pytest.mark.parametrize(
    "words", ["13800002316", "1380000 2316", "１３８００００２３１６", "110101199003072316"]
)
def test_r6_a_long_number_among_words_is_refused_unread(words: str) -> None:
    with pytest.raises(Refusal) as refused:
        guarded(str)(words)
    assert refused.value.findings[0].code == "number-here"
    assert guarded(str)("教导主任") == "教导主任"
