"""The list of bans as a workbook (report 6 of the catalogue); without ID numbers (R7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut
from provincial.planning.integrity.models import Ban
from provincial.planning.integrity.queries import stage as stage_now
from provincial.planning.integrity.rules import CAUSE_WORDS, Stage, days_left

#: Exports go to Chinese offices; their headings are Chinese like every official table.
_COLUMNS = (
    Column("县(市、区)"),
    Column("学校"),
    Column("姓名"),
    Column("情形"),
    Column("事由日期", Kind.DATE),
    Column("限制截止日期", Kind.DATE),
    Column("剩余天数", Kind.NUMBER),
    Column("状态"),
    Column("培训项目"),
    Column("计划"),
    Column("文号"),
)
_STAGES = {
    Stage.PROPOSED: "拟限制",
    Stage.SIGNED: "拟限制(待复核)",
    Stage.DISMISSING: "拟限制(拟不予限制)",
    Stage.IN_FORCE: "限制中",
    Stage.LIFTING: "限制中(拟解除)",
    Stage.EXPIRED: "已到期",
    Stage.LIFTED: "已解除",
    Stage.EXEMPTED: "已豁免",
    Stage.DISMISSED: "不予限制",
}


def row(ban: Ban, today: date) -> Sequence[object]:
    """One ban as cells; days are left only while it is in force."""
    school = ban.teacher.organisation
    stage = stage_now(ban, today)
    running = stage in (Stage.IN_FORCE, Stage.LIFTING)
    return (
        school.parent.name if school.parent else "",
        school.name,
        ban.teacher.name,
        CAUSE_WORDS[ban.cause][0],
        ban.event_on,
        ban.ends_on,
        days_left(ban.ends_on, today) if running else "",
        _STAGES[stage],
        ban.training_name,
        ban.plan.title if ban.plan else "",
        ban.notice_number,
    )


def sheet(bans: Iterable[Ban], today: date) -> SheetOut:
    """A list of bans as a table."""
    rows = [row(ban, today) for ban in bans]
    return SheetOut("限制名单", _COLUMNS, rows, title="教师参训限制名单")
