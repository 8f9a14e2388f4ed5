"""The journal as a table for people: rows of an export."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, csv_bytes, write_workbook
from provincial.core.clock import CHINA
from provincial.office.journal import queries
from provincial.office.journal.models import JournalEvent
from provincial.web.filters import translate

#: Exports go to Chinese offices; their headings are Chinese like every official table.
TITLES = (
    "编号",
    "时间",
    "人员",
    "单位",
    "身份",
    "操作",
    "说明",
    "对象",
    "对象编号",
    "对象名称",
    "操作前",
    "操作后",
    "理由",
    "请求编号",
)


def row(event: JournalEvent) -> Sequence[object]:
    """One event as cells."""
    return (
        event.id,
        _local(event.at),
        event.actor_name,
        event.actor_body,
        event.role,
        event.action,
        translate(queries.said(event)),
        event.thing_type,
        event.thing_id,
        event.thing_label,
        _values(event.before),
        _values(event.after),
        event.reason,
        event.request_id,
    )


def workbook(rows: Iterable[Sequence[object]]) -> bytes:
    """An Excel workbook of the rows."""
    numbers = {"编号", "对象编号"}
    columns = [Column(title, Kind.NUMBER if title in numbers else Kind.TEXT) for title in TITLES]
    return write_workbook([SheetOut("审计日志", columns, rows, title="审计日志")])


def table(rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV of the rows."""
    return csv_bytes(TITLES, rows)


def _local(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def _values(values: object) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)
