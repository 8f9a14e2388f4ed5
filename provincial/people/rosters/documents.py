"""The empty list of teachers, to be filled in."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook

_TEMPLATE = (
    *(("姓名", 12), ("性别", 6), ("身份证号", 22), ("手机号", 14), ("所在县区", 16), ("学校", 26)),
    *(("学段", 10), ("学科", 14), ("职称", 12), ("职务", 12), ("班主任", 8), ("参加工作时间", 14)),
    *(("任教时间", 14), ("民族", 10), ("政治面貌", 12), ("籍贯", 14), ("在岗状态", 10)),
)
_NOTES = [
    "说明:1.身份证号、手机号所在列请设为“文本”格式后再填写;以数值保存的身份证号末位已丢失,系统不予接收。",
    "说明:2.学校按系统中的名称或学校代码填写;不同县区有同名学校的,须填所在县区。",
    "说明:3.学段填学前、小学、初中、高中、特殊教育、中职之一;学科填语文、数学等,幼儿园教师填幼儿教育。",
    "说明:4.职称填正高级教师、高级教师、一级教师、二级教师、三级教师、未评级。",
    "说明:5.时间填2015-09-01或2015-09,设为文本格式;职务填校长、副校长、教导主任等,无职务可不填。",
    "说明:6.姓名、身份证号、学校、学段、学科必填,其他各列可不填;不填的列不改动已有信息。",
]


def template() -> bytes:
    """The workbook that people fill in; every column is text, so that no number is destroyed."""
    columns = [Column(title, Kind.TEXT, width) for title, width in _TEMPLATE]
    return write_workbook([SheetOut("教师", columns, [], notes=_NOTES)])
