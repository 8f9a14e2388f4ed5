"""The board as a workbook: every body below, level by level, with its places by project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut
from provincial.core.clock import CHINA
from provincial.people.organisations.rules import Kind as BodyKind
from provincial.planning.boards.queries import ExportRow
from provincial.planning.plans.models import Project

# Exports go to Chinese offices; their headings are Chinese like every official table.
_LEADING = ("层级", "单位代码", "单位", "持有", "已分解", "未分配")


def sheet(title: str, projects: Sequence[Project], rows: Sequence[ExportRow]) -> SheetOut:
    """A table with one line for each body; a school's places are not "unassigned"."""
    columns = [
        Column(name, Kind.NUMBER if n not in (1, 2) else Kind.TEXT)
        for n, name in enumerate(_LEADING)
    ]
    for project in projects:
        columns.append(Column(f"{project.name}持有", Kind.NUMBER))
        columns.append(Column(f"{project.name}未分配", Kind.NUMBER))
    return SheetOut("名额看板", columns, [_line(projects, r) for r in rows], title)


def title_of(category: str, top: str, as_at: datetime | None, now: datetime) -> str:
    """The title line, with the moment that the figures are of."""
    moment = (as_at or now).astimezone(CHINA)
    return f"{top}{category}名额（{moment:%Y-%m-%d %H:%M}）"


def _line(projects: Sequence[Project], row: ExportRow) -> list[object]:
    held = sum(h for h, _g in row.by_project.values())
    placed = sum(p for _h, p in row.by_project.values())
    is_school = row.kind == BodyKind.SCHOOL
    line: list[object] = [row.depth, row.code, row.name, held, placed - row.used]
    line.append(None if is_school else held - placed)
    for project in projects:
        own, handed = row.by_project.get(project.id, (0, 0))
        line += [own, None if is_school else own - handed]
    return line
