"""What is said of a list in Chinese: row by row for the command line, and the template to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook
from provincial.core.findings import Finding
from provincial.planning.entries.rules import TITLE_OF_COLUMN, Row, verdict_of
from provincial.planning.plans.models import Project
from provincial.rulebook.people_words import TITLES
from provincial.web.filters import translate

_TEMPLATE = (
    *(("序号", 6), ("姓名", 12), ("性别", 6), ("身份证号", 22), ("县(市、区)", 14)),
    *(("工作单位", 28), ("任教学段", 10), ("任教学科", 14), ("职称", 12), ("职务", 10)),
    *(("参加工作时间", 14), ("联系电话", 14), ("通道", 8), ("推荐理由", 20), ("备注", 16)),
)


def row_as_data(row: Row, articles: Mapping[str, str]) -> dict[str, Any]:
    """One row for the command line: its number, verdict and findings, in Chinese."""
    return {
        "number": row.number,
        "verdict": verdict_of(flaw.finding for flaw in row.flaws),
        "findings": [
            {
                "code": flaw.finding.code,
                "column": TITLE_OF_COLUMN.get(flaw.column, flaw.column),
                "message": sentence(flaw.finding, articles),
                "rule": flaw.finding.rule,
            }
            for flaw in row.flaws
        ],
    }


def sentence(finding: Finding, articles: Mapping[str, str]) -> str:
    """A finding as one text: what, how to mend it, and the article."""
    said = translate(finding.message)
    if finding.mend:
        said += translate(finding.mend)
    article = articles.get(finding.rule, "")
    return f"{said}（{article}）" if article and article not in said else said


def template(category: str, projects: list[Project]) -> bytes:
    """The workbook that people fill in; every column is text, so that no number is destroyed."""
    columns = [Column(title, Kind.TEXT, width) for title, width in _TEMPLATE]
    by_stage: dict[str, list[str]] = {}
    for stage, subject in (project.words for project in projects):
        by_stage.setdefault(stage, []).append(subject)
    allowed = "；".join(
        f"{stage}：{'、'.join(subjects)}" if stage else "、".join(subjects)
        for stage, subjects in by_stage.items()
    )
    notes = [
        "说明：1.身份证号、联系电话所在列已设为“文本”格式，请勿改为数值；以数值保存的身份证号末位已丢失，系统不予接收。",
        "说明：2.县(市、区)、工作单位按系统中的名称填写；工作单位也可填学校代码。",
        f"说明：3.任教学段和任教学科限：{allowed}。",
        f"说明：4.职称填{'、'.join(title.name for title in TITLES)}。",
        "说明：5.参加工作时间填2015-09-01或2015-09；通道填普通或绿色，不填为普通；绿色通道须填推荐理由。",
        "说明：6.姓名、身份证号、工作单位、任教学段、任教学科必填。一人只填一行。",
    ]
    sheet = SheetOut("推荐表", columns, [], title=f"{category}推荐表", notes=notes)
    return write_workbook([sheet])
