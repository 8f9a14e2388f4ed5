"""The empty list of teachers, and the export of a list with its numbers masked (R7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provincial.adapters.keys import mask_phone
from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook
from provincial.people.teachers import queries
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import ETHNIC_GROUPS, POLITICAL, TITLE_OF, masked_id
from provincial.rulebook import vocabulary

_TEMPLATE = (
    *(("姓名", 12), ("性别", 6), ("身份证号", 22), ("手机号", 14), ("所在县区", 16), ("学校", 26)),
    *(("学段", 10), ("学科", 14), ("职称", 12), ("职务", 12), ("班主任", 8), ("参加工作时间", 14)),
    *(("任教时间", 14), ("民族", 10), ("政治面貌", 12), ("在岗状态", 10)),
)
#: Exports go to Chinese offices; their headings are Chinese like every official table.
_COLUMNS = tuple(
    Column(title)
    for title in (
        *("县区", "学校", "姓名", "性别", "身份证号", "手机号", "学段", "学科", "职称", "职务"),
        *("班主任", "参加工作时间", "任教时间", "民族", "政治面貌"),
    )
)
_SEX = {"1": "男", "2": "女"}
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


def subject_name(code: str) -> str:
    """The Chinese name of a subject; nothing where none is known."""
    return vocabulary.subject(code).name if code else ""


def row(teacher: Teacher) -> Sequence[object]:
    """One teacher as cells, ID number and phone masked."""
    school = teacher.organisation
    return (
        school.parent.name if school.parent else "",
        school.name,
        teacher.name,
        _SEX.get(teacher.sex, ""),
        masked_id(queries.id_number_of(teacher)),
        mask_phone(queries.phone_of(teacher)),
        vocabulary.stage(teacher.stage).name if teacher.stage else "",
        subject_name(teacher.subject),
        TITLE_OF[teacher.title].name if teacher.title else "",
        teacher.post,
        "是" if teacher.is_class_teacher else "",
        teacher.since or "",
        teacher.teaching_since or "",
        ETHNIC_GROUPS.get(teacher.ethnic_code, ""),
        POLITICAL[teacher.political_code][0] if teacher.political_code else "",
    )


def workbook(rows: Iterable[Sequence[object]]) -> bytes:
    """A list of teachers as a workbook."""
    return write_workbook([SheetOut("教师", _COLUMNS, rows, title="教师名册")])
