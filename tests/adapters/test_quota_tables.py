"""Quota tables of any hand become places or findings with their cell (HN-01, HN-32)."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provincial.adapters.quota_table_reader import understand, understand_workbook
from provincial.adapters.quota_tables import (
    ColumnName,
    QuotaTable,
    TableLimits,
    UnitName,
    template_workbook,
)
from provincial.adapters.spreadsheets import Merge, Sheet, Workbook, read_workbook
from provincial.core.findings import Severity

DATA = Path(__file__).parents[1] / "data"
EXPECTED = json.loads((DATA / "annex4-quota-table.expected.json").read_text(encoding="utf-8"))
UNITS = [
    UnitName(number, name, (name.removesuffix("市") + "市教育局",), f"41{number:02}00")
    for number, name in enumerate(EXPECTED["units"], start=1)
]
COLUMNS = [
    ColumnName(number, label[:2], label[2:], ("信息技术",) if label.endswith("信息科技") else ())
    for number, label in enumerate(EXPECTED["subjects"], start=101)
]
UNIT = {unit.name: unit.id for unit in UNITS}
PROJECT = {column.label: column.project_id for column in COLUMNS}


def sheet(*rows, merged=(), name="表", **marks) -> Sheet:
    return Sheet(name, [list(row) for row in rows], merged=[Merge(*m) for m in merged], **marks)


def read(*rows, units=UNITS, columns=COLUMNS, **more) -> QuotaTable:
    return understand(sheet(*rows, **more), units, columns)


def found(table: QuotaTable, code: str):
    return [finding for finding in table.findings if finding.code == code]


def blocks(table: QuotaTable) -> list[tuple[str, str]]:
    return [(f.code, f.cell) for f in table.findings if f.severity is Severity.BLOCK]


def places(table: QuotaTable) -> dict[str, dict[str, int]]:
    return table.by_name(UNITS, COLUMNS)


HEAD = ["单位", "小学语文", "小学数学", "合计"]


# --- the sample


@pytest.mark.rule("HN-32")
@pytest.mark.rule("HN-01")
def test_the_sample_is_read_as_it_is():
    file = DATA / "annex4-quota-table.xlsx"
    table = understand_workbook(read_workbook(file.read_bytes(), file.name), UNITS, COLUMNS)
    expected = {
        unit: dict(zip(EXPECTED["subjects"], row, strict=True))
        for unit, row in EXPECTED["units"].items()
    }
    assert places(table) == expected
    assert list(places(table)) == list(EXPECTED["units"])
    assert [COLUMNS[p - 101].label for p in table.project_columns] == EXPECTED["subjects"]
    sums = [sum(table.cells[unit.id, column.project_id] for unit in UNITS) for column in COLUMNS]
    assert sums == EXPECTED["column_sums"]
    assert table.total == table.file_total == EXPECTED["total"]
    assert {finding.severity for finding in table.findings} == {Severity.PASS}
    assert table.title == "2023年省级骨干教师培育项目名额分配一览表"
    assert table.notes == [
        "注：1.各单位不得跨学科调剂。2.绿色通道名额按各省辖市分学科指标的5%另行推荐。"
    ]
    assert table.address(UNIT["洛阳市"], PROJECT["小学语文"]) == "附件4!C7"
    assert table.column_addresses[PROJECT["初中语文"]] == "附件4!L4"


def test_the_sample_tells_each_tidying_once_with_its_first_cells():
    file = DATA / "annex4-quota-table.xlsx"
    table = understand_workbook(read_workbook(file.read_bytes(), file.name), UNITS, COLUMNS)
    told = {finding.code: finding for finding in table.findings}
    assert set(told) == {
        "sums-add-up",
        "text-number",
        "full-width",
        "blanks-in-number",
        "blanks-in-name",
    }
    assert told["full-width"].message.values["count"] == 6
    assert told["full-width"].cell == "附件4!R5"
    assert told["blanks-in-name"].cell == "附件4!B21"
    assert told["sums-add-up"].message.values["count"] == 48


# --- shapes


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        pytest.param([HEAD, ["郑州市", 1, 2, 3], ["滑县", 3, 4, 7]], [], id="one heading row"),
        pytest.param(
            [["单位", "小学", None, "合计"], [None, "语文", "数学"], ["郑州市", 1, 2, 3],
             ["滑县", 3, 4, 7]], [(0, 1, 0, 2)], id="merged stage"),
        pytest.param(
            [["单位", "小学", None, "合计"], [None, "语文", "数学"], ["郑州市", 1, 2, 3],
             ["滑县", 3, 4, 7]], [], id="stage once, not merged"),
        pytest.param(
            [["单位", "小学", "小学"], [None, "语文", "数学"], ["郑州市", 1, 2], ["滑县", 3, 4]],
            [], id="stage repeated"),
        pytest.param(
            [["某通知"], ["单位", "骨干培育", None], [None, "小学", None], [None, "语文", "数学"],
             ["郑州市", 1, 2], ["滑县", 3, 4]], [(1, 1, 1, 2), (2, 1, 2, 2)], id="three rows"),
        pytest.param(
            [["单位", "语文", "数学"], [None, "小学", "小学"], ["郑州市", 1, 2], ["滑县", 3, 4]],
            [], id="subject over stage"),
        pytest.param(
            [["单位", "小学\n语文", "数学（小学）"], ["郑州市", 1, 2], ["滑县", 3, 4]],
            [], id="line break and brackets"),
        pytest.param(
            [["单位", "小学·语文（人）", "小学-数学[名额]"], ["郑州市", 1, 2], ["滑县", 3, 4]],
            [], id="marks and units of counting"),
        pytest.param(
            [[None], [None, None, "小学数学", "单位", None, "小学语文"], [],
             [None, None, 4, "滑县", None, 3], [], [None, None, 2, "郑州市", None, 1]],
            [], id="other order, empty rows and columns"),
        pytest.param(
            [["序号", "单位", "小学语文", "小学数学", "备注"], [1, "郑州市", 1, 2, "第一批"],
             [2, "滑县", 3, 4, 5]], [], id="serial and remarks"),
        pytest.param(
            [["单位代码", "小学语文", "小学数学"], [410100, 1, 2], ["412300", 3, 4]],
            [], id="codes only"),
        pytest.param(
            [["单位", "小学语文", "小学数学"], ["410100", 1, 2], ["412300", 3, 4]],
            [], id="codes for names"),
        pytest.param(
            [HEAD, ["省辖市"], ["郑州市", 1, 2, 3], ["小计", 1, 2, 3], ["省直管县"],
             ["滑县", 3, 4, 7], ["小计", 3, 4, 7], ["合计", 4, 6, 10], ["注：略"]],
            [], id="parts with their sums below"),
        pytest.param(
            [HEAD, ["总计", 4, 6, 10], ["省辖市小计", 1, 2, 3], ["郑州市", 1, 2, 3],
             ["省直管县小计", 3, 4, 7], ["滑县", 3, 4, 7]], [], id="parts with their sums above"),
        pytest.param(
            [["单位", "小学语文", "小学数学"], ["（甲）", "（1）", "（2）"], ["郑州市", 1, 2],
             ["滑县", 3, 4]], [], id="numbered columns"),
        pytest.param(
            [["单位", "小学语文", "小学数学"], ["郑州市", 1, 2], ["单位", "小学语文", "小学数学"],
             ["滑县", 3, 4]], [], id="heading repeated on the next page"),
        pytest.param(
            [["全省", 4, 6], ["单位", "小学语文", "小学数学"], ["郑州市", 1, 2], ["滑县", 3, 4]],
            [], id="sums above the heading are not looked at"),
    ],
)  # fmt: skip
@pytest.mark.rule("HN-32")
def test_shapes(rows, merged):
    table = read(*rows, merged=merged)
    assert blocks(table) == []
    by_unit = places(table)
    assert by_unit["郑州市"] == {"小学语文": 1, "小学数学": 2}
    assert by_unit["滑县"] == {"小学语文": 3, "小学数学": 4}
    assert len(by_unit) == 2


def test_sums_of_stages_and_of_all_are_understood():
    head = [["单位", "小学", None, None, "初中", None, "合计"],
            [None, "语文", "数学", "小计", "语文", "小计"]]  # fmt: skip
    right = [["郑州市", 1, 2, 3, 5, 5, 8], ["合计", 1, 2, 3, 5, 5, 8]]
    table = read(*head, *right, merged=[(0, 1, 0, 3), (0, 4, 0, 5)])
    assert blocks(table) == []
    assert table.file_total == 8
    wrong = [["郑州市", 1, 2, 4, 5, 5, 8], ["合计", 1, 2, 3, 5, 5, 9]]
    table = read(*head, *wrong, merged=[(0, 1, 0, 3), (0, 4, 0, 5)])
    assert blocks(table) == [("sum-differs", "表!D3"), ("sum-differs", "表!G4")]


def test_a_subject_alone_counts_only_where_it_is_unmistakable():
    table = read(["单位", "物理"], ["郑州市", 3])
    assert table.cells == {(UNIT["郑州市"], PROJECT["初中物理"]): 3}
    assert found(table, "alias")
    assert blocks(read(["单位", "语文"], ["郑州市", 3])) == [("column-ambiguous", "表!B1")]
    assert blocks(read(["单位", "小学物理", "小学语文"], ["郑州市", 3, 4])) == [
        ("unknown-column", "表!B1")
    ]


def test_other_names_are_taken_and_told():
    table = read(["单位", "小学信息技术"], ["郑州市教育局", 3])
    assert table.cells == {(UNIT["郑州市"], PROJECT["小学信息科技"]): 3}
    assert "小学信息技术 → 小学信息科技" in str(found(table, "alias")[0].message)
    assert "郑州市教育局 → 郑州市" in str(found(table, "alias")[0].message)


def test_a_plan_without_stages_is_read_by_its_project_names():
    columns = [ColumnName(1, "", "师德专题"), ColumnName(2, "", "心理健康")]
    table = read(["单位", "心理健康", "师德专题"], ["郑州市", 1, 2], columns=columns)
    assert table.cells == {(1, 2): 1, (1, 1): 2}


# --- sheets


def test_the_right_sheet_is_found_and_named():
    book = Workbook("a.xlsx", "xlsx", "", [
        sheet(["说明", "本表一式两份"], name="说明"),
        sheet(HEAD, ["郑州市", 1, 2, 3], ["滑县", 3, 4, 7], name="名额"),
        sheet(HEAD, ["郑州市", 9, 9, 18], name="旧表"),
    ])  # fmt: skip
    table = understand_workbook(book, UNITS, COLUMNS)
    assert table.sheet == "名额"
    assert "名额" in str(table.findings[0].message)
    assert not table.blocked


def test_two_sheets_alike_are_not_guessed_between():
    rows = (HEAD, ["郑州市", 1, 2, 3])
    book = Workbook("a.xlsx", "xlsx", "", [sheet(*rows, name="甲"), sheet(*rows, name="乙")])
    assert blocks(understand_workbook(book, UNITS, COLUMNS)) == [("sheets-alike", "")]


def test_a_hidden_sheet_counts_only_alone():
    hidden = sheet(HEAD, ["郑州市", 1, 2, 3], name="藏", hidden=True)
    seen = sheet(HEAD, ["郑州市", 5, 5, 10], name="见")
    both = understand_workbook(Workbook("a", "xlsx", "", [hidden, seen]), UNITS, COLUMNS)
    assert (both.sheet, both.total) == ("见", 10)
    alone = understand_workbook(Workbook("a", "xlsx", "", [hidden]), UNITS, COLUMNS)
    assert alone.total == 3
    assert found(alone, "sheet-hidden")[0].severity is Severity.WARN


# --- what blocks


@pytest.mark.rule("HN-01")
@pytest.mark.parametrize(
    ("name", "near"),
    [("驻马殿市", "驻马店市"), ("郑州", "郑州市"), ("滑", None), ("火星市", None),
     ("郑洲市", "郑州市")],
)  # fmt: skip
def test_an_unknown_unit_is_never_guessed(name, near):
    table = read(HEAD, ["开封市", 1, 2, 3], [name, 3, 4, 7], ["合计", 4, 6, 10])
    assert blocks(table) == [("unknown-unit", "表!A3")]
    if near:
        assert near in str(found(table, "unknown-unit")[0].message)
    assert list(places(table)) == ["开封市"]


def test_a_table_of_only_near_names_is_still_seen_as_one():
    table = read(HEAD, ["郑州", 1, 2, 3], ["开封", 3, 4, 7])
    assert blocks(table) == [("unknown-unit", "表!A2"), ("unknown-unit", "表!A3")]


def test_the_first_unit_misspelt_is_not_taken_for_a_heading():
    table = read(HEAD, ["郑洲市", 1, 2, 3], ["开封市", 3, 4, 7], ["合计", 4, 6, 10])
    assert blocks(table) == [("unknown-unit", "表!A2")]


@pytest.mark.rule("HN-01")
def test_a_name_of_two_units_needs_the_code():
    units = [UnitName(1, "甲市", ("新区",), "410101"), UnitName(2, "乙市", ("新区",), "410102")]
    head = ["单位", "小学语文"]
    assert blocks(read(head, ["新区", 1], units=units)) == [("unit-ambiguous", "表!A2")]
    with_code = read(["单位代码", *head], [410102, "新区", 1], units=units)
    assert with_code.cells == {(2, 101): 1}
    assert not with_code.blocked


def test_name_and_code_that_differ_block():
    rows = (["单位代码", "单位", "小学语文"], ["410200", "郑州市", 1], ["410200", "开封市", 2])
    assert blocks(read(*rows)) == [("name-and-code-differ", "表!B2")]


def test_a_renamed_unit_goes_by_its_code_with_a_warning():
    table = read(["单位代码", "单位", "小学语文"], ["410100", "郑州都市圈", 1])
    assert table.cells == {(1, 101): 1}
    assert found(table, "unit-by-code")[0].severity is Severity.WARN


@pytest.mark.rule("HN-32")
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([HEAD, ["郑州市", 1, 2, 3], ["郑 州 市", 1, 2, 3]], ("unit-twice", "表!A3")),
        ([["单位", "小学语文", "小学语文"], ["郑州市", 1, 2]], ("column-twice", "表!C1")),
        ([["单位", "小学语文", "小学珠算"], ["郑州市", 1, 2]], ("unknown-column", "表!C1")),
        ([["单位", "小学语文", None], ["郑州市", 1, 2]], ("column-without-heading", "表!C2")),
        ([["单位", "小学语文"], ["郑州市", 1], [None, 2]], ("row-without-unit", "表!A3")),
        ([["单位", "小学语文"], ["郑州市", -1]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", "-1"]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", 1.5]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", 2.0**63]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", "9223372036854775808"]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", "1e3"]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", "五"]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", "5人"]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", "²"]], None),
        ([["单位", "小学语文"], ["郑州市", True]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", date(2023, 1, 5)]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", float("nan")]], ("not-a-number", "表!B2")),
        ([["单位", "小学语文"], ["郑州市", "一"]], ("dash-or-one", "表!B2")),
        ([["地区", "小学语文", "合计"], ["郑州市", 5, 6]], ("sum-differs", "表!C2")),
        ([["单位", "小学语文"], ["郑州市", 5], ["合计", 6]], ("sum-differs", "表!B3")),
    ],
)  # fmt: skip
def test_one_fault_is_one_finding_at_its_cell(rows, expected):
    table = read(*rows)
    assert blocks(table) == ([expected] if expected else [])
    for finding in table.findings:
        if finding.severity is Severity.BLOCK:
            assert finding.mend is not None
            assert finding.rule in {"HN-01", "HN-32"}


@pytest.mark.rule("HN-32")
def test_each_sum_that_differs_is_told_with_both_figures():
    table = read(HEAD, ["郑州市", 1, 2, 4], ["滑县", 3, 4, 7], ["合计", 4, 7, 12])
    told = {f.cell: (f.measured, f.limit) for f in found(table, "sum-differs")}
    assert told == {"表!D2": ("4", "3"), "表!C4": ("7", "6"), "表!D4": ("12", "10")}
    assert "12" in str(found(table, "sum-differs")[-1].message)


def test_a_cell_that_is_no_number_does_not_also_spoil_the_sums():
    table = read(HEAD, ["郑州市", "x", 2, 3], ["滑县", 3, 4, 7], ["合计", 4, 6, 10])
    assert blocks(table) == [("not-a-number", "表!B2")]


def test_a_merged_number_is_not_taken_for_one_place():
    table = read(HEAD, ["郑州市", 5, None, 5], merged=[(1, 1, 1, 2)])
    assert blocks(table) == [("merged-places", "表!B2")]


def test_formulas_and_error_values():
    rows = (HEAD, ["郑州市", 1, 2, 3], ["滑县", None, None, None], ["合计", 1, None, 3])
    marks = {
        "formulas": frozenset({(1, 1), (1, 3), (2, 1), (3, 2)}),
        "uncalculated": frozenset({(2, 1), (3, 2)}),
        "errors": frozenset({(2, 2)}),
    }
    table = read(*rows, **marks)
    assert blocks(table) == [("formula-without-value", "表!B3"), ("formula-without-value", "表!C3")]
    assert found(table, "formula")[0].severity is Severity.WARN
    assert found(table, "formula")[0].cell == "表!B2"
    assert [f.cell for f in found(table, "sum-without-value")] == ["表!C4"]


def test_hidden_rows_and_columns_are_read_and_told():
    table = read(HEAD, ["郑州市", 1, 2, 3], hidden_rows=frozenset({1}),
                 hidden_columns=frozenset({1}))  # fmt: skip
    assert table.total == 3
    assert "表!B1" in str(found(table, "hidden")[0].message)


def test_dashes_and_blanks_count_as_none_and_are_told():
    table = read(HEAD, ["郑州市", "-", None, 0], ["滑县", "——", " ", "-"], ["合计", "－", 0, 0])
    assert set(table.cells.values()) == {0}
    assert len(table.cells) == 4
    assert found(table, "dash")[0].message.values["count"] == 2
    assert found(table, "blank")[0].message.values["count"] == 2


def test_what_the_file_leaves_out_stays_as_it_is():
    table = read(["单位", "小学语文"], ["郑州市", 1], units=UNITS[:2], columns=COLUMNS[:2])
    assert not table.blocked
    assert (table.missing_units, table.missing_projects) == ([2], [102])
    assert {(f.code, f.severity) for f in table.findings} == {
        ("unit-missing", Severity.WARN),
        ("column-missing", Severity.WARN),
    }


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["姓名", "学校"], ["甲", "乙"]], "nothing-recognised"),
        ([[1, 2], [3, 4]], "nothing-recognised"),
        ([], "nothing-recognised"),
        ([["单位", "教师数"], ["郑州市", 4], ["滑县", 5]], "no-columns"),
        ([["学科", "郑州市", "滑县"], ["小学语文", 1, 3], ["小学数学", 2, 4]], "transposed"),
    ],
)
def test_what_is_no_such_table_gets_one_clear_sentence(rows, code):
    table = read(*rows)
    assert [finding.code for finding in table.findings] == [code]
    assert table.blocked
    assert table.cells == {}


def test_a_flood_of_one_kind_is_cut_with_its_count():
    rows = [["单位", "小学语文"], ["郑州市", 1], *([f"外星{n}", 1] for n in range(100))]
    table = understand(sheet(*rows), UNITS, COLUMNS, TableLimits(findings=10))
    told = found(table, "unknown-unit")
    assert len(told) == 11
    assert told[-1].message.values == {"count": 90}
    long = understand(sheet(*rows), UNITS, COLUMNS, TableLimits(rows=50))
    assert found(long, "too-many-rows")[0].cell == "表!A51"


def test_every_finding_can_be_stored_and_said():
    table = read(HEAD, ["郑洲市", "x", 2, 3], ["郑州市", 1, 1, 1], ["郑州市", "-", "５", 9])
    assert json.dumps([finding.as_data() for finding in table.findings])
    assert all(str(finding.message) for finding in table.findings)


# --- the template


def test_the_template_comes_back_as_it_went():
    cells = {(unit.id, column.project_id): unit.id for unit in UNITS for column in COLUMNS}
    held = {column.project_id: 435 for column in COLUMNS}
    data = template_workbook("郑州市名额", UNITS, COLUMNS, cells, held=held, notes=["注：请填整数"])
    table = understand_workbook(read_workbook(data, "a.xlsx"), UNITS, COLUMNS)
    assert table.cells == cells
    assert {finding.severity for finding in table.findings} == {Severity.PASS}
    assert table.notes == ["注：请填整数"]
    assert table.title == "郑州市名额"


def test_the_empty_template_reads_as_nought_everywhere():
    data = template_workbook("空表", UNITS[:3], COLUMNS)
    table = understand_workbook(read_workbook(data, "a.xlsx"), UNITS[:3], COLUMNS)
    assert not table.blocked
    assert table.total == 0
    assert len(table.cells) == 54


def test_a_filled_template_whose_sums_were_not_recalculated_is_not_blocked():
    data = template_workbook("表", UNITS[:2], COLUMNS[:2])
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.active["C4"] = 7
    stream = io.BytesIO()
    book.save(stream)
    table = understand_workbook(read_workbook(stream.getvalue(), "a.xlsx"), UNITS[:2], COLUMNS[:2])
    assert not table.blocked
    assert table.total == 7
    assert found(table, "sum-without-value")


# --- any hand


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
WRITTEN = {
    "number": lambda n: n,
    "float": float,
    "text": str,
    "full": lambda n: str(n).translate(FULL_WIDTH),
    "padded": lambda n: f" {n}\u3000",
    "thousands": lambda n: f"{n:,}",
}
NOUGHTS = ["-", "－", "—", "——", None, " ", 0, "0"]


@st.composite
def tables(draw):
    """A table laid out in one of many ways, and what it means."""
    units = draw(st.lists(st.sampled_from(UNITS), min_size=1, max_size=7, unique=True))
    columns = draw(st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=7, unique=True))
    style = draw(st.sampled_from(["one", "repeated", "merged", "filled", "three", "turned"]))
    if style in ("merged", "filled", "three"):
        columns.sort(key=lambda column: column.stage)
    names = draw(st.sampled_from(["name", "spaced", "code", "both"]))
    numbers = {(u.id, c.project_id): draw(st.integers(0, 2000)) for u in units for c in columns}
    way = st.sampled_from(sorted(WRITTEN))

    def written(n):
        return draw(st.sampled_from(NOUGHTS)) if n == 0 else WRITTEN[draw(way)](n)

    labels = {"code": ["单位代码"], "both": ["单位代码", "单 位"]}.get(names, ["单位"])
    labels = (["序号"] if draw(st.booleans()) else []) + labels
    total = draw(st.booleans())
    ending = ["合计"] if total else []
    stages, subjects = [c.stage for c in columns], [c.subject for c in columns]
    once = [s if i == 0 or stages[i - 1] != s else None for i, s in enumerate(stages)]
    empty = [None] * len(labels)
    heads = {
        "one": [[*labels, *(c.label for c in columns), *ending]],
        "repeated": [[*labels, *stages, *ending], [*empty, *subjects]],
        "merged": [[*labels, *once, *ending], [*empty, *subjects]],
        "filled": [[*labels, *once, *ending], [*empty, *subjects]],
        "three": [[*empty, "省级骨干教师培育"], [*labels, *once, *ending], [*empty, *subjects]],
        "turned": [[*labels, *subjects, *ending], [*empty, *stages]],
    }[style]
    rows = [*heads]
    for serial, unit in enumerate(units, start=1):
        name = " ".join(unit.name) if names == "spaced" else unit.name
        code = int(unit.code) if draw(st.booleans()) else unit.code
        side = {"code": [code], "both": [unit.code, name]}.get(names, [name])
        if labels[0] == "序号":
            side = [serial, *side]
        values = [numbers[unit.id, column.project_id] for column in columns]
        rows.append([*side, *map(written, values), *([sum(values)] if total else [])])
        if draw(st.integers(0, 9)) == 0:
            rows.append([])
    if draw(st.booleans()):
        sums = [sum(numbers[u.id, c.project_id] for u in units) for c in columns]
        rows.append([*empty[:-1], draw(st.sampled_from(["合计", "总　计", "共计"])), *sums,
                     *([sum(sums)] if total else [])])  # fmt: skip
    if draw(st.booleans()):
        rows.append(["注：本表由各单位填报"])
    top = draw(st.lists(st.sampled_from([[], ["附件9"], ["某年名额分配表"]]), max_size=3))
    left = draw(st.integers(0, 2))
    rows = [[*[None] * left, *row] if row else [] for row in [*top, *rows]]
    merges = []
    if style in ("merged", "three"):
        line = len(top) + (style == "three")
        start = left + len(labels)
        for stage in dict.fromkeys(stages):
            width = stages.count(stage)
            merges.append((line, start, line, start + width - 1))
            start += width
    return units, columns, numbers, sheet(*rows, merged=merges)


@pytest.mark.rule("HN-32")
@settings(max_examples=300, deadline=None)
@given(tables())
def test_a_table_of_any_layout_is_read_back_exactly(drawn):
    units, columns, numbers, made = drawn
    table = understand(made, UNITS, COLUMNS)
    assert blocks(table) == []
    assert table.cells == numbers
    assert table.units_in_order == [unit.id for unit in units]
    assert set(table.project_columns) == {column.project_id for column in columns}


CELLS = st.one_of(
    st.none(),
    st.sampled_from(["郑州市", "郑州", "滑县", "小学", "初中", "语文", "小学语文", "合计", "小计",
                     "单位", "单位代码", "410100", "序号", "注：", "本单位持有", "一", "-", "²",
                     "٣", "\u202e", "\x00", "１２"]),
    st.integers(-5, 5), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(),
    st.times(), st.timedeltas(), st.text(max_size=8),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(CELLS, max_size=6), max_size=8),
    st.lists(st.tuples(*[st.integers(0, 8)] * 4), max_size=3),
    st.frozensets(st.tuples(st.integers(0, 7), st.integers(0, 5)), max_size=4),
)
def test_r15_no_content_of_a_sheet_raises(rows, merges, marks):
    made = sheet(*rows, merged=merges, formulas=marks, uncalculated=marks, errors=marks)
    table = understand(made, UNITS, COLUMNS)
    assert json.dumps([finding.as_data() for finding in table.findings])
    assert all(0 <= places <= 1_000_000 for places in table.cells.values())
