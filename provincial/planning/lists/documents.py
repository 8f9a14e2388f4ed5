"""The list as plain values: for its paper, for a workbook. ID numbers only masked (R7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook
from provincial.core.clock import CHINA
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import Kind as BodyKind
from provincial.people.teachers.queries import id_number_of
from provincial.people.teachers.rules import masked_id
from provincial.planning.lists.queries import ProjectTotal
from provincial.planning.nominations.models import Nomination, NominationList
from provincial.planning.nominations.rules import Channel
from provincial.planning.plans.models import Plan
from provincial.rulebook.people_words import TITLE_OF

#: Official papers and their workbooks are Chinese.
_HEADS = (
    *("序号", "编码", "姓名", "身份证号", "工作单位", "所在县区", "学段", "学科"),
    *("职称", "参加工作", "推荐渠道", "绿色通道依据"),
)
_KEYS = (
    *("number", "code", "name", "id_number", "school", "county", "stage", "subject"),
    *("title", "since", "channel", "grounds"),
)
_CHANNEL = {Channel.REGULAR: "常规", Channel.GREEN: "绿色通道"}
_STATE = {
    "submitted": "已提交",
    "stamped": "已收盖章件",
    "confirmed": "省级已确认",
    "returned": "已退回",
    "withdrawn": "已撤回",
}


def row_of(number: int, nomination: Nomination) -> dict[str, str]:
    """One name as the paper shows it."""
    teacher, (stage, subject) = nomination.teacher, nomination.project.words
    return {
        "number": str(number),
        "code": f"{nomination.code[:4]} {nomination.code[4:]}",
        "name": teacher.name,
        "id_number": masked_id(id_number_of(teacher)),
        "school": nomination.school.name,
        "county": county_of(nomination.school),
        "stage": stage,
        "subject": subject,
        "title": TITLE_OF[teacher.title].name if teacher.title else "",
        "since": month(teacher.since),
        "channel": _CHANNEL[nomination.way],
        "grounds": nomination.grounds,
    }


def county_of(school: Organisation) -> str:
    """The body between a school and its city, as tables name it; a city's own school has none."""
    above = school.quota_parent
    if above is None or school.kind != BodyKind.SCHOOL:
        return school.name
    return above.name


def month(day: date | None) -> str:
    """``2005.08``: the month is enough for the start of work."""
    return f"{day.year}.{day.month:02d}" if day else ""


def content_of(
    handed_in: NominationList,
    plan: Plan,
    names: Sequence[Nomination],
    totals: Sequence[ProjectTotal],
) -> dict[str, Any]:
    """Everything that stands on the paper, as plain values."""
    body = handed_in.organisation
    green = handed_in.channel == Channel.GREEN
    return {
        "unit": body.letter_name,
        "category": handed_in.category.name,
        "basis": f"《{plan.title}》（{plan.doc_number}）"
        if plan.doc_number
        else f"《{plan.title}》",
        "green": green,
        "list_number": handed_in.number,
        "people": len(names),
        "rows": [row_of(n, one) for n, one in enumerate(names, start=1)],
        "totals": [
            {
                "project": one.project,
                "held": one.held,
                "before": one.before,
                "here": one.here,
                "left": one.left,
            }
            for one in totals
        ],
        "sums": {
            "held": sum(one.held for one in totals),
            "before": sum(one.before for one in totals),
            "here": sum(one.here for one in totals),
            "left": sum(one.left for one in totals),
        },
        "late": handed_in.late,
        "contact": body.contact_name,
        "maker": handed_in.by_name,
        # What the site itself compares later; not printed.
        "codes": [one.code for one in names],
    }


def names_workbook(title: str, rows: Sequence[dict[str, str]]) -> bytes:
    """The names of one list as a workbook, as its paper shows them."""
    columns = [Column(head, Kind.TEXT) for head in _HEADS]
    lines = ([row[key] for key in _KEYS] for row in rows)
    return write_workbook([SheetOut("推荐名单", columns, lines, title)])


_LIST_HEADS = (
    *("编号", "项目类别", "报送单位", "渠道", "人数"),
    *("状态", "提交时间", "提交人", "逾期", "盖章件"),
)


def lists_sheet(lists: Iterable[NominationList]) -> SheetOut:
    """A list of lists as a table."""
    columns = [Column(head, Kind.NUMBER if head == "人数" else Kind.TEXT) for head in _LIST_HEADS]
    return SheetOut("推荐名单", columns, [_line(one) for one in lists], title="推荐名单汇总")


def _line(one: NominationList) -> tuple[object, ...]:
    return (
        one.paper.number if one.paper else "",
        one.category.name,
        one.organisation.name,
        _CHANNEL[Channel(one.channel)],
        one.people,
        _STATE[one.state],
        f"{one.submitted_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        one.by_name,
        "逾期" if one.late else "",
        "已收" if one.stamped_id else ("须收" if one.needs_stamp else ""),
    )
