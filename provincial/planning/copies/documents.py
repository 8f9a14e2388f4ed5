"""A copy as workbook and as paper: the same rows, each with its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook
from provincial.people.teachers.queries import id_number_of
from provincial.people.teachers.rules import masked_id
from provincial.planning.copies import queries
from provincial.planning.copies.models import NominationCopy
from provincial.planning.copies.rules import CODE, VERSION
from provincial.planning.nominations.models import Nomination

_HEAD = (
    *((CODE, 11), ("序号", 6), ("姓名", 12), ("身份证号", 22), ("工作单位", 28)),
    *(("任教学段", 9), ("任教学科", 13), ("职称", 12), ("参加工作时间", 14), ("通道", 8)),
    *(("推荐理由", 22), ("备注", 18)),
)


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One name on a copy."""

    code: str
    number: int
    name: str
    id_number: str
    school: str
    stage: str
    subject: str
    title: str
    since: str
    channel: str
    grounds: str
    note: str

    def cells(self) -> list[object]:
        """The row as cells, in the order of the headings."""
        return [getattr(self, name) for name in self.__dataclass_fields__]


def rows_of(copy: NominationCopy) -> list[CopyRow]:
    """The names of a copy that still stand, as it said them when it went out."""
    found = queries.standing(copy.category_id, copy.organisation.quota_path)
    kept = [one for one in found if one.code in copy.rows]
    return [_row(number, one, copy) for number, one in enumerate(kept, start=1)]


def _row(number: int, one: Nomination, copy: NominationCopy) -> CopyRow:
    stage, subject = one.project.words
    said = copy.rows[one.code]
    return CopyRow(
        *(one.code, number, one.teacher.name, masked_id(id_number_of(one.teacher))),
        *(one.school.name, stage, subject, said["title"], said["since"]),
        "绿色" if one.channel == "green" else "普通",
        *(said["grounds"], said["note"]),
    )


def title_of(copy: NominationCopy) -> str:
    """The line above the list, with the number of the copy."""
    return f"{copy.organisation.name}{copy.category.name}推荐名单（{VERSION}：{copy.number}）"


def workbook(copy: NominationCopy, rows: Sequence[CopyRow]) -> bytes:
    """The copy to be filled in and sent back."""
    columns = [Column(title, Kind.TEXT, width) for title, width in _HEAD]
    notes = [
        "说明：1.请勿改动行编码和标题中的版本号，系统据此合并。",
        "说明：2.可修改职称、参加工作时间、推荐理由、备注；只合并改动过的内容。",
        "说明：3.名单发出后系统内已修改的内容不会被覆盖，将逐行列出两处内容。",
    ]
    sheet = SheetOut(
        "推荐名单", columns, [row.cells() for row in rows], title=title_of(copy), notes=notes
    )
    return write_workbook([sheet])
