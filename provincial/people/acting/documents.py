"""Mandates as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut
from provincial.people.accounts.models import Mandate
from provincial.people.accounts.rules import term_state
from provincial.web.filters import translate

_NAMES = ("代办单位", "被代办单位", "依据文件", "开始日期", "截止日期", "状态", "理由")


def sheet(mandates: Iterable[Mandate], on: date) -> SheetOut:
    """Mandates with where each stands on a day; headings are Chinese like every official table."""
    columns = [Column(name, Kind.DATE if "日期" in name else Kind.TEXT) for name in _NAMES]
    rows = [
        (
            one.by_organisation.name,
            one.for_organisation.name,
            one.document_number,
            one.starts_on,
            one.ends_on,
            translate(term_state(one.starts_on, one.ends_on, one.ended_at, on).label),
            one.reason,
        )
        for one in mandates
    ]
    return SheetOut("代办授权", columns, rows, title="代办授权清单")
