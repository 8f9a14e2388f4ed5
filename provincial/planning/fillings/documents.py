"""How full the places are, as a workbook: every body below, level by level."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut
from provincial.core.clock import CHINA
from provincial.planning.fillings.queries import ExportRow
from provincial.planning.fillings.rules import Stage

# Exports go to Chinese offices; their headings are Chinese like every official table.
_STAGES = ("录入中", "在学校", "在县区", "在市", "在省", "已确认")
_HEADS = ("层级", "单位代码", "单位", "持有名额", "已推荐", *_STAGES, "空余", "推荐率", "绿色通道")
_TEXTS = {"单位代码", "单位"}


def sheet(title: str, rows: Sequence[ExportRow]) -> SheetOut:
    """One line for each body, everything below it added up."""
    columns = [Column(head, _kind(head)) for head in _HEADS]
    return SheetOut("名额推荐情况", columns, [_line(row) for row in rows], title)


def title_of(category: str, top: str, now: datetime) -> str:
    """The title line, with the moment that the figures are of."""
    return f"{top}{category}名额推荐情况（{now.astimezone(CHINA):%Y-%m-%d %H:%M}）"


def _kind(head: str) -> Kind:
    if head in _TEXTS:
        return Kind.TEXT
    return Kind.PERCENT if head == "推荐率" else Kind.NUMBER


def _line(one: ExportRow) -> tuple[object, ...]:
    row = one.row
    stages = [row.stages.get(stage, 0) for stage in Stage]
    share = float(row.share) if row.share is not None else None
    return (
        *(one.depth, one.code, row.name, row.held, row.filled, *stages),
        *(row.free, share, row.green),
    )
