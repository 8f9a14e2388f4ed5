"""Lists inside sheets: headings anywhere, columns in any order, one finding per bad cell."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provincial.adapters.spreadsheets import Sheet
from provincial.adapters.tables import (
    ListColumn,
    NameIndex,
    cell_count,
    cell_date,
    cell_digits,
    heading_key,
    read_list,
)
from provincial.core.findings import Severity
from provincial.core.refusals import Refusal

COLUMNS = [
    ListColumn("code", ["学校代码", "代码"], parse=cell_digits),
    ListColumn("name", ["学校名称", "学校"]),
    ListColumn("teachers", ["教师数"], required=False, parse=cell_count),
]


def read(*rows, **marks):
    return read_list(Sheet("表", [list(row) for row in rows], **marks), COLUMNS)


def blocks(table):
    return [(f.code, f.cell) for f in table.findings if f.severity is Severity.BLOCK]


def test_a_list_is_read_below_its_headings_wherever_they_stand():
    table = read(
        ["某市学校名单"], [], [None, "教师数", "学校 名称", "备注", "学校代码（必填）"],
        [None, "１２", " 第一　小学 ", "x", "0012"], [], [None, None, "第二小学", None, 13],
        [None, "注：以上属实"],
    )  # fmt: skip
    assert table.header_row == 2
    assert [row.values for row in table.rows] == [
        {"code": "0012", "name": "第一 小学", "teachers": 12},
        {"code": "13", "name": "第二小学", "teachers": None},
    ]
    assert [row.number for row in table.rows] == [4, 6]
    assert table.notes == ["注：以上属实"]
    assert blocks(table) == []
    assert [f.code for f in table.findings] == ["columns-ignored"]
    assert table.address(table.rows[0], "code") == "表!E4"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["甲", "乙"], ["1", "2"]], [("no-heading", "")]),
        ([], [("no-heading", "")]),
        ([["学校代码", "学校"]], [("no-rows", "表!A1")]),
        ([["学校"], ["第一小学"]], [("column-missing", "表!A1")]),
        ([["学校代码", "学校", "代码"], ["1", "a", "2"]], [("column-twice", "表!C1")]),
        ([["学校代码", "学校"], ["1", None]], [("empty", "表!B2")]),
        ([["学校代码", "学校"], [4.10381198305060e17, "a"]], [("digits-lost", "表!A2")]),
        ([["学校代码", "学校", "教师数"], ["1", "a", "1.5"]], [("value", "表!C2")]),
        ([["学校代码", "学校", "教师数"], ["1", "a", date(2023, 1, 1)]], [("value", "表!C2")]),
    ],
)
def test_each_fault_is_told_at_its_cell(rows, expected):
    assert blocks(read(*rows)) == expected


def test_a_formula_without_value_is_not_an_empty_cell():
    table = read(["学校代码", "学校", "教师数"], ["1", "a", None], errors=frozenset({(1, 2)}))
    assert blocks(table) == [("no-value", "表!C2")]
    assert table.rows[0].findings[0].code == "no-value"


def test_too_long_a_list_is_cut():
    rows = [["学校代码", "学校"], *(["1", "a"] for _ in range(9))]
    table = read_list(Sheet("表", rows), COLUMNS, max_rows=5)
    assert blocks(table) == [("too-many-rows", "表!A7")]


@pytest.mark.parametrize(
    "raw", ["2023-09-01", "2023.9.1", "2023/9/1", "2023年9月1日", "20230901", "２０２３-09-01",
            date(2023, 9, 1), datetime(2023, 9, 1, 5)],
)  # fmt: skip
def test_days_in_all_usual_ways(raw):
    assert cell_date(raw) == date(2023, 9, 1)


@pytest.mark.parametrize("raw", ["2023-13-01", "2023年9月", 45000, True, "昨天"])
def test_what_is_no_day_is_refused(raw):
    with pytest.raises(Refusal):
        cell_date(raw)


def test_names_alike_are_offered_and_never_taken():
    index = NameIndex([(1, "郑州市", ["郑州市"]), (2, "驻马店市", ["驻马店市"])])
    assert index.find("郑 州市") == (1,)
    assert index.find("郑州") == ()
    assert index.near("驻马殿市") == ["驻马店市"]
    assert index.near("") == []
    assert heading_key("小学·语文（人）") == heading_key("小学语文")


def test_a_list_of_strangers_costs_a_limited_search():
    index = NameIndex((n, f"第{n}小学", [f"第{n}小学"]) for n in range(2000))
    assert index.near("第5小雪")
    offered = [index.near(f"外星{n}小学") for n in range(3000)]
    assert offered[-1] == []


CELLS = st.one_of(
    st.none(), st.sampled_from(["学校代码", "学校", "教师数", "注：", "1"]), st.floats(),
    st.integers(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.text(max_size=5),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=7))
def test_r15_no_content_of_a_list_raises(rows):
    columns = [*COLUMNS, ListColumn("day", ["日期"], required=False, parse=cell_date)]
    table = read_list(Sheet("表", [["学校代码", "日期"], *rows]), columns)
    assert json.dumps([finding.as_data() for finding in table.findings])
