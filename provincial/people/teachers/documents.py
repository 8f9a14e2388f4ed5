"""A record in words, for pages; the export of a list with its numbers masked (R7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from provincial.adapters.keys import mask_phone
from provincial.adapters.spreadsheet_output import Column, SheetOut, write_workbook
from provincial.core.text import Text, t
from provincial.people.teachers import queries
from provincial.people.teachers.models import Teacher
from provincial.people.teachers.rules import FIELDS, masked_id
from provincial.rulebook import vocabulary
from provincial.rulebook.people_words import (
    DEGREES,
    EDUCATION_KINDS,
    ETHNIC_GROUPS,
    POLITICAL,
    QUALIFICATIONS,
    SEXES,
    STATUSES,
    TITLE_OF,
)

#: Exports go to Chinese offices; their headings are Chinese like every official table.
_COLUMNS = tuple(
    Column(title)
    for title in (
        *("县区", "学校", "姓名", "性别", "身份证号", "手机号", "学段", "学科", "职称", "职务"),
        *("班主任", "参加工作时间", "任教时间", "民族", "政治面貌"),
    )
)
_YES, _NO = t("yes"), t("no")
_LISTS: dict[str, Mapping[str, Text | str]] = {
    "stage": {term.code: term.label for term in vocabulary.STAGES},
    "subject": {term.code: term.label for term in vocabulary.SUBJECTS},
    "title": {code: title.label for code, title in TITLE_OF.items()},
    "status": STATUSES,
    "ethnic_code": ETHNIC_GROUPS,
    "political_code": {code: label for code, (_name, label) in POLITICAL.items()},
    "sex": SEXES,
}
_SEX = {"1": "男", "2": "女"}


def words(teacher: Teacher) -> dict[str, Text | str]:
    """Every field of a record as people read it, numbers masked; empty where nothing is known."""
    said = {
        "name": teacher.name,
        "id_number": masked_id(queries.id_number_of(teacher)),
        "phone": mask_phone(queries.phone_of(teacher)),
    }
    return said | {name: word(name, getattr(teacher, name)) for name in FIELDS if name not in said}


def word(field: str, value: Any) -> Text | str:
    """One value of a field as people read it; for numbers, the masked one is up to the caller."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, date):
        return value.isoformat()
    if field in _LISTS:
        return _LISTS[field].get(str(value), str(value))
    return str(value)


def education_words(teacher: Teacher) -> list[dict[str, Text | str]]:
    """The blocks of education in words (PE-131), full-time first."""
    blocks = queries.educations(teacher)
    return [
        {
            "kind": EDUCATION_KINDS[kind],
            "level": QUALIFICATIONS[blocks[kind].qualification][1],
            "degree": DEGREES[blocks[kind].degree][1],
            "months": "–".join(
                f"{day:%Y-%m}" if day else "?"
                for day in (blocks[kind].entered_on, blocks[kind].graduated_on)
            ),
            "school": " ".join(
                part for part in (blocks[kind].institution, blocks[kind].major) if part
            ),
        }
        for kind in EDUCATION_KINDS
        if kind in blocks
    ]


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
