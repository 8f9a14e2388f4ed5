"""Tables of bodies for people: the export of a list and the template of the schools import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook
from provincial.people.organisations.models import Organisation
from provincial.people.organisations.rules import STAGES, OrganisationState
from provincial.people.organisations.rules import Kind as BodyKind
from provincial.web.filters import translate

#: Exports go to Chinese offices; their headings are Chinese like every official table.
_COLUMNS = (
    Column("代码"),
    Column("名称"),
    Column("公文抬头"),
    Column("类别"),
    Column("上级单位"),
    Column("其他名称"),
    Column("学段"),
    Column("乡村"),
    Column("民办"),
    Column("状态"),
    Column("联系人"),
)
_TEMPLATE = (
    ("学校代码", 16),
    ("学校名称", 30),
    ("所属县(市、区)", 20),
    ("学段", 20),
    ("乡村学校", 10),
    ("民办学校", 10),
)


def row(body: Organisation, parent: str) -> Sequence[object]:
    """One body as cells."""
    return (
        body.code,
        body.name,
        body.letter_name,
        translate(BodyKind(body.kind).label),
        parent,
        "、".join(body.aliases),
        "、".join(translate(STAGES[stage]) for stage in body.stages if stage in STAGES),
        "是" if body.is_rural else "",
        "是" if body.is_private else "",
        translate(OrganisationState(body.state).label),
        body.contact_name,
    )


def workbook(rows: Iterable[Sequence[object]]) -> bytes:
    """A list of bodies as a workbook."""
    return write_workbook([SheetOut("单位", _COLUMNS, rows, title="单位一览表")])


def schools_template() -> bytes:
    """An empty list of schools with its headings and what they mean."""
    columns = [Column(title, Kind.TEXT, width) for title, width in _TEMPLATE]
    notes = [
        "说明:1.学校代码为全国统一的学校(机构)标识码或本省代码,不得重复。",
        "2.所属县(市、区)按系统中的名称填写;市直属学校填市名。",
        "3.学段填小学、初中、九年一贯制、完全中学、十二年一贯制、高中、幼儿园、特殊教育、中职,多个用顿号分开。",
        "4.乡村学校、民办学校填“是”或“否”,不填为否。",
    ]
    return write_workbook([SheetOut("学校", columns, [], notes=notes)])
