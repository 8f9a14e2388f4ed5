"""The empty list of bans with its headings and what they mean."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook

_TEMPLATE = (
    ("姓名", 12),
    ("身份证号", 22),
    ("情形", 12),
    ("事由日期", 14),
    ("培训项目", 36),
    ("文号", 24),
    ("备注", 24),
)


def template() -> bytes:
    """The workbook that people fill in; every column is text, so that no number is destroyed."""
    columns = [Column(title, Kind.TEXT, width) for title, width in _TEMPLATE]
    notes = [
        "说明:1.身份证号所在列请设为“文本”格式后再填写;以数值保存的身份证号末位已丢失,系统不予接收。",
        "说明:2.情形填未参训、被劝退、未结业之一。",
        "说明:3.事由日期:未参训填开班日期,被劝退填决定日期,未结业填班级结束日期,如2023-12-18。",
        "说明:4.文号填通报文件的文号;备注可不填。",
        "说明:5.教师须已在教师名册中;不在名册的,请学校或县市先登记,再导入本名单。",
    ]
    return write_workbook([SheetOut("限制名单", columns, [], notes=notes)])
