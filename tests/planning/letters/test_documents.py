"""Golden text of the quota letters, as the finished PDF gives it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import provincial
from provincial.adapters.pdf import page_count, render_pdf, text_of
from provincial.planning.letters.documents import (
    CellChange,
    GreenChannel,
    LetterCell,
    LetterContact,
    LetterKind,
    QuotaLetter,
    Reference,
)

TEMPLATES = Path(provincial.__file__).parent / "templates"
PLAN = Reference(
    "河南省教育厅办公室关于组织实施2023年义务教育师资薄弱环节改善暨中小学教师素质提升工程的通知",
    "教办师〔2023〕389号",
)
LETTER = QuotaLetter(
    issuer="河南省教育厅办公室",
    number="豫教师培〔2023〕12号",
    issued_on=date(2023, 11, 6),
    recipient="郑州市",
    addressee="郑州市教育局",
    project="2023年省级骨干教师培育项目",
    basis=PLAN,
    basis_article="三（二）",
    cells=(
        LetterCell("小学", "语文", 56, 3),
        LetterCell("小学", "道德与法治", 59, 3),
        LetterCell("初中", "历史", 99, 5),
    ),
    due=date(2023, 11, 20),
    platform="河南省教师教育网",
    contacts=(
        LetterContact("河南省教育厅教师教育处", "李老师", "0371-60000001"),
        LetterContact("“省培计划”项目执行办公室", "王老师", "0371-60000002", "sp@example.cn"),
    ),
    verify_url="https://peixun.example.cn/v/4f8d1c2b9a7e4d6f8b3c5a1e2d7f9b0c",
    short_code="7KQM-4XWP",
    green=GreenChannel(
        "5",
        "half_up",
        "additional",
        "《河南省省级名师、省级骨干教师遴选标准和动态管理方案（试行）》",
    ),
)
CORRECTION = replace(
    LETTER,
    kind=LetterKind.CORRECT,
    number="豫教师培〔2023〕15号",
    issued_on=date(2023, 11, 10),
    masthead="",
    replaces=Reference(LETTER.title, LETTER.number),
    changes=(CellChange("小学", "语文", 60, 56), CellChange("初中", "历史", 92, 99)),
    correction_reason="经核对，附件中部分学段、学科名额有误",
    copies_to="省教育厅财务处，各承训高校",
)
SPLIT = replace(
    LETTER,
    issuer="郑州市教育局",
    masthead="",
    number="郑教师〔2023〕45号",
    recipient="巩义市",
    addressee="巩义市教育局",
    through=Reference(LETTER.title, LETTER.number),
    due=date(2023, 11, 15),
    green=None,
    contacts=(LetterContact("郑州市教育局师资科"),),
)

GOLDEN = """
河南省教育厅办公室文件 豫教师培〔2023〕12号 关于下达2023年省级骨干教师 培育项目名额的通知 郑州市教育局：
根据《河南省教育厅办公室关于组织实施2023年义务教育师资薄弱环节改善暨中小学教师素质提升工程的通知》
（教办师〔2023〕389号）三（二）要求，现将2023年省级骨干教师培育项目名额下达给你单位，并就有关事项通知如下：
一、名额数量 下达你单位2023年省级骨干教师培育项目名额共214人，分学段、学科名额见附件。
二、绿色通道 根据《河南省省级名师、省级骨干教师遴选标准和动态管理方案（试行）》要求，
请按照本单位各学科分配指标的5%，按照有关要求和程序，组织遴选具备绿色通道条件的教师并上报。
绿色通道共11人（逐学段、学科按5%计算，四舍五入；在下达名额之外另计）。
三、遴选要求 请按照参训学员遴选条件，统筹做好参训教师的选派工作，做到名额到校、通知到人，
确保足额完成下达的指标，并于2023年11月20日前，通过河南省教师教育网完成学员遴选。
四、联系方式 河南省教育厅教师教育处：李老师，0371-60000001。
“省培计划”项目执行办公室：王老师，0371-60000002，sp@example.cn。
附件：郑州市2023年省级骨干教师培育项目名额分配表
扫码核验 7KQM-4XWP 河南省教育厅办公室 2023年11月6日
附件 郑州市2023年省级骨干教师培育项目 名额分配表 单位：人
序号学段学科名额绿色通道 1小学语文563 2小学道德与法治593 3初中历史995 合计21411
注：绿色通道按各学段、学科名额的5%计算，四舍五入，在下达名额之外另计。
河南省教育厅办公室 2023年11月6日印发
"""
GOLDEN_CORRECTION = """
河南省教育厅办公室文件 豫教师培〔2023〕15号 关于更正2023年省级骨干教师 培育项目名额的通知 郑州市教育局：
《关于下达2023年省级骨干教师培育项目名额的通知》（豫教师培〔2023〕12号）印发后，
经核对，附件中部分学段、学科名额有误。现就你单位2023年省级骨干教师培育项目名额更正事项通知如下：
一、更正内容 你单位2023年省级骨干教师培育项目名额总数由211人调整为214人，共更正2项，
更正前后对照见附件1，更正后的分学段、学科名额见附件2。
本通知自印发之日起替代《关于下达2023年省级骨干教师培育项目名额的通知》（豫教师培〔2023〕12号），
名额以本通知为准。
"""
GOLDEN_COMPARISON = """
附件1 郑州市2023年省级骨干教师培育项目 名额更正前后对照表 单位：人
序号学段学科更正前更正后增减 1小学语文6056-4 2初中历史9299+7 注：未列入本表的学段、学科名额不变。
附件2 郑州市2023年省级骨干教师培育项目 名额分配表（更正后） 单位：人
"""


def html(letter: QuotaLetter) -> str:
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("papers/quota_letter.html").render(paper=letter)


def packed(text: str) -> str:
    """The text without blanks, line ends and page numbers."""
    return re.sub(r"\s+", "", re.sub(r"— \d+ —", "", text))


def printed(letter: QuotaLetter) -> str:
    return packed(text_of(render_pdf(html(letter))))


@pytest.mark.rule("HN-38")
@pytest.mark.rule("HN-40")
@pytest.mark.rule("HN-41")
@pytest.mark.rule("HN-67")
def test_the_letter_says_exactly_this() -> None:
    assert printed(LETTER) == packed(GOLDEN)


def test_a_correction_names_what_it_replaces_and_each_cell_before_and_after() -> None:
    text = printed(CORRECTION)
    assert text.startswith(packed(GOLDEN_CORRECTION))
    assert packed(GOLDEN_COMPARISON) in text
    assert text.endswith(
        packed("抄送：省教育厅财务处，各承训高校。河南省教育厅办公室2023年11月10日印发")
    )


def test_a_swap_inside_a_correction_keeps_the_total() -> None:
    swap = replace(
        CORRECTION,
        changes=(CellChange("小学", "语文", 60, 56), CellChange("初中", "历史", 95, 99)),
    )
    assert "名额总数214人不变，共更正2项" in printed(swap)


@pytest.mark.rule("HN-32")
def test_a_city_hands_on_with_its_own_head_and_earlier_date() -> None:
    text = printed(SPLIT)
    assert text.startswith("郑州市教育局文件郑教师〔2023〕45号")
    assert (
        "三（二）和《关于下达2023年省级骨干教师培育项目名额的通知》（豫教师培〔2023〕12号）要求"
        in text
    )
    assert "2023年11月15日前" in text
    assert "三、联系方式郑州市教育局师资科。" in text
    assert "绿色通道" not in text


@pytest.mark.parametrize("count", [18, 40, 90])
def test_long_tables_and_rare_names_fill_more_pages_and_lose_nothing(count: int) -> None:
    cells = tuple(
        LetterCell("中等职业学校", f"㛃䶮𬭎艺术（含音乐、美术、舞蹈与戏剧）第{n}组", n)
        for n in range(1, count + 1)
    )
    letter = replace(
        SPLIT,
        recipient="巩义市㛃䶮𬭎试验区",
        addressee="巩义市㛃䶮𬭎试验区教育文化体育和旅游局",
        cells=cells,
        copies_to="，".join(["省教育厅教师教育处", "河南省教师教育网管理中心", "各承训高校"] * 2),
    )
    pdf = render_pdf(html(letter))
    text = text_of(pdf)
    assert packed(text).count("㛃䶮𬭎艺术") == count
    assert f"合计{sum(range(1, count + 1))}" in packed(text)
    assert text.count("序号") == page_count(pdf) - 2
    assert "印发" in text.split("\f")[-1]


def test_marks_in_names_are_text_not_markup() -> None:
    assert "<b>甲</b>&乙" in printed(replace(SPLIT, addressee="<b>甲</b>&乙"))


def test_a_supplementary_letter_needs_its_parts() -> None:
    with pytest.raises(ValueError, match="exactly when"):
        replace(LETTER, kind=LetterKind.SUPPLEMENT)
    with pytest.raises(ValueError, match="exactly when"):
        replace(CORRECTION, replaces=None)
    with pytest.raises(ValueError, match="says why"):
        replace(CORRECTION, changes=())
