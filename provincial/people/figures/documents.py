"""The table of a year as a workbook; filled in, it is also the template of the import."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook

_COLUMNS = (
    Column("代码"),
    Column("单位"),
    Column("教师数", Kind.NUMBER, 10),
    Column("骨干教师数", Kind.NUMBER, 12),
    Column("乡村教师数", Kind.NUMBER, 12),
    Column("县域标记", Kind.TEXT, 20),
    Column("注册完成率", Kind.PERCENT, 12),
    Column("报到率", Kind.PERCENT, 10),
    Column("得分", Kind.NUMBER, 8),
    Column("等次", Kind.TEXT, 8),
)
_FLAGS = {
    "contiguous_poor": "集中连片特困",
    "national_poverty": "国家级贫困",
    "deep_poverty": "深度贫困",
}
_GRADES = {"excellent": "优秀", "good": "良好", "qualified": "合格", "unqualified": "不合格"}


def workbook(year: int, rows: Iterable[Any]) -> bytes:
    """The figures of ``year``, one body per row; empty cells are not known."""
    cells = [
        (
            row.code,
            row.name,
            row.teachers,
            row.key_teachers,
            row.rural_teachers,
            "、".join(_FLAGS[flag] for flag in row.flags or () if flag in _FLAGS),
            row.registration_rate,
            row.check_in_rate,
            row.score,
            _GRADES.get(row.grade or "", ""),
        )
        for row in rows
    ]
    notes = ["说明:单位按名称或代码匹配;率可填98.5%或0.985;县域标记多个用顿号分开;空白为未知。"]
    title = f"{year}年市县教师队伍数据"
    return write_workbook([SheetOut(f"{year}年", _COLUMNS, cells, title=title, notes=notes)])
