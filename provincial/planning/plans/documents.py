"""Plans as plain values: lines of windows and notices for a page, the list as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook
from provincial.core import clock
from provincial.core.text import Text
from provincial.planning.plans.models import Plan, SupplementaryNotice, Window
from provincial.planning.plans.queries import last_day
from provincial.planning.plans.rules import LIVE, PlanState, kind_label

__all__ = ["LIVE", "WindowLine", "notice_lines", "window_lines", "workbook"]


@dataclass(frozen=True, slots=True)
class WindowLine:
    """A window for a page: ``phase`` is future, open or closed; days count to its last day."""

    id: int
    label: Text
    opens: date
    closes: date
    phase: str
    days_left: int
    rule: str
    extended: int


def window_lines(windows: Iterable[Window], at: datetime) -> list[WindowLine]:
    """Windows in the order in which they close."""
    today = clock.china_date(at)
    lines = [
        WindowLine(
            window.id,
            kind_label(window.kind),
            clock.china_date(window.opens_at),
            last_day(window),
            "future" if at < window.opens_at else "open" if at < window.closes_at else "closed",
            clock.days_left(last_day(window), today),
            window.rule,
            sum(1 for one in window.extensions if one.withdrawn_at is None),
        )
        for window in windows
    ]
    return sorted(lines, key=lambda line: (line.closes, line.id))


def notice_lines(
    notices: Sequence[SupplementaryNotice], sees_drafts: bool
) -> list[SupplementaryNotice]:
    """The supplementary notices that may be shown."""
    shown = ("approved", "in_force")
    return [notice for notice in notices if sees_drafts or notice.state in shown]


def workbook(plans: Iterable[Plan], say: Callable[[Text], str]) -> bytes:
    """The list of plans as Excel; headings are Chinese as on every paper."""
    columns = [
        Column("编号"),
        Column("名称"),
        Column("文号"),
        Column("年度", Kind.NUMBER),
        Column("成文日期", Kind.DATE),
        Column("开始", Kind.DATE),
        Column("结束", Kind.DATE),
        Column("状态"),
    ]
    rows = [
        [
            plan.code,
            plan.title,
            plan.doc_number,
            plan.year,
            plan.issued_on,
            plan.starts_on,
            plan.ends_on,
            say(PlanState(plan.state).label),
        ]
        for plan in plans
    ]
    return write_workbook([SheetOut("培训计划", columns, rows, title="培训计划一览表")])
