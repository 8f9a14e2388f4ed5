from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from provincial.core.findings import Finding, Severity
from provincial.core.text import t
from provincial.planning.plans.rules import heads_by_stage
from provincial.web.filters import bracketed, colon, day, folded, printed, translate


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("省直管县(市)教育局,厅直属单位:", "省直管县（市）教育局，厅直属单位："),
        ("共1,065名;8:59开始", "共1,065名；8:59开始"),
        ("平台(www.smartedu.cn)", "平台(www.smartedu.cn)"),
        ("plain (text), here", "plain (text), here"),
    ],
)
def test_the_notice_is_printed_with_full_width_marks(stored: str, shown: str) -> None:
    assert printed(stored) == shown


def test_a_day_kept_in_json_reads_as_a_day(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh"}):
        assert day("2027-11-23") == "2027年11月23日"
        assert day("later") == "later"
        assert translate(t("%(day)s", day="2027-11-23")) == "2027年11月23日"
        assert translate(t("%(day)s", day=date(2027, 11, 23))) == "2027年11月23日"
        assert (colon("截止"), bracketed("3页")) == ("截止：", "（3页）")


def test_many_findings_of_one_kind_are_folded() -> None:
    alike = [Finding(Severity.WARN, t("x"), code="unit-missing") for _ in range(25)]
    other = [Finding(Severity.BLOCK, t("y"), code="over")]
    shown = [(len(first), len(rest)) for first, rest in folded([*other, *alike])]
    assert shown == [(1, 0), (3, 22)]


def test_columns_stand_below_their_stage() -> None:
    words = [("小学", "语文"), ("小学", "数学"), ("初中", "语文")]
    assert heads_by_stage(words) == [("小学", 2), ("初中", 1)]
    assert heads_by_stage([("小学", "语文")]) is None
    assert heads_by_stage([("", "校长"), ("小学", "语文")]) is None


def test_a_template_read_first_in_one_language_speaks_the_other_too(app: Flask) -> None:
    """Of a constant, a compiled template would keep the first reader's colon and brackets."""
    page = app.jinja_env.from_string('{{ ""|colon }}{{ "3"|bracketed }}')
    said = []
    for language in ("zh_Hans", "en"):
        with app.test_request_context(), force_locale(language):
            said.append(page.render())
    assert said == ["：（3）", ":  (3)"]
