"""The empty list of schools with its headings and what they mean."""

from __future__ import annotations

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook

_TEMPLATE = (
    ("学校代码", 16),
    ("学校名称", 30),
    ("所属县(市、区)", 20),
    ("学段", 20),
    ("乡村学校", 10),
    ("民办学校", 10),
)


def template() -> bytes:
    """The workbook that people fill in."""
    columns = [Column(title, Kind.TEXT, width) for title, width in _TEMPLATE]
    notes = [
        "说明:1.学校代码为全国统一的学校(机构)标识码或本省代码,不得重复。",
        "说明:2.所属县(市、区)按系统中的名称填写;市直属学校填市名。",
        "说明:3.学段填小学、初中、九年一贯制、完全中学、十二年一贯制、高中、幼儿园、特殊教育、中职,多个用顿号分开。",
        "说明:4.乡村学校、民办学校填“是”或“否”,不填为否。",
    ]
    return write_workbook([SheetOut("学校", columns, [], notes=notes)])
