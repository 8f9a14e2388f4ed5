"""The names of a category as a workbook, ID numbers masked (R7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut
from provincial.core.clock import china_date
from provincial.people.teachers.queries import id_number_of
from provincial.people.teachers.rules import masked_id
from provincial.planning.nominations.models import Nomination
from provincial.planning.nominations.rules import Channel, NominationState

#: Exports go to Chinese offices; their words are Chinese like every official table.
_COLUMNS = (
    *(Column("编码"), Column("项目"), Column("名额单位"), Column("学校"), Column("姓名")),
    *(Column("身份证号"), Column("渠道"), Column("状态"), Column("待办单位"), Column("逾期")),
    *(Column("提示数", Kind.NUMBER), Column("说明"), Column("绿色通道理由"), Column("备注")),
    *(Column("填报人"), Column("填报日期", Kind.DATE)),
)
_STATES = {
    NominationState.DRAFT: "已填报，待签",
    NominationState.RETURNED: "已退回",
    NominationState.SCHOOL_CONFIRMED: "学校已确认",
    NominationState.COUNTY_APPROVED: "县级已审核",
    NominationState.CITY_SUBMITTED: "市级已报送",
    NominationState.GREEN_PENDING: "绿色通道，待省级审核",
    NominationState.GREEN_APPROVED: "绿色通道已通过",
    NominationState.PROVINCE_CONFIRMED: "省级已确认",
    NominationState.REFUSED: "未通过",
    NominationState.WITHDRAWN: "已撤回",
    NominationState.REPLACED: "已替换",
    NominationState.RELEASED: "名额已释放",
}
_CHANNELS = {Channel.REGULAR: "常规", Channel.GREEN: "绿色通道"}


def row(nomination: Nomination) -> Sequence[object]:
    """One nomination as cells."""
    teacher = nomination.teacher
    return (
        nomination.code,
        nomination.project.name,
        nomination.nominator.name,
        nomination.school.name,
        teacher.name,
        masked_id(id_number_of(teacher)),
        _CHANNELS[nomination.way],
        _STATES[nomination.status],
        nomination.waits_at.name if nomination.waits_at else "",
        "是" if nomination.late else "",
        len(nomination.warnings) or None,
        nomination.reason,
        nomination.grounds,
        nomination.note,
        nomination.entered_by,
        china_date(nomination.created_at),
    )


def sheet(category: str, rows: Iterable[Sequence[object]]) -> SheetOut:
    """The names as a table; its title names the file."""
    return SheetOut("名单", _COLUMNS, rows, title=f"{category}遴选名单")
