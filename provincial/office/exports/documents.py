"""A list as the workbook that leaves, and the list of background work itself."""

from __future__ import annotations

from collections.abc import Iterable

from provincial.adapters.spreadsheet_output import Column, Kind, SheetOut, write_workbook
from provincial.core.clock import CHINA
from provincial.core.text import text_from_data
from provincial.core.viewer import Viewer
from provincial.office.exports.rules import Listing, Wanted
from provincial.office.jobs.models import Job
from provincial.web.filters import translate


def workbook(listing: Listing, wanted: Wanted, *, by: Viewer) -> tuple[bytes, str]:
    """The list as Excel, and the name of its file."""
    return written(listing.sheet(by, wanted))


def written(sheet: SheetOut) -> tuple[bytes, str]:
    """A sheet as Excel under its title."""
    return write_workbook([sheet]), f"{sheet.title}.xlsx"


def jobs_sheet(jobs: Iterable[Job]) -> SheetOut:
    """Background work as a table; its headings are Chinese like every official table."""
    columns = [
        Column("工作"),
        Column("状态"),
        Column("已完成", Kind.NUMBER),
        Column("总数", Kind.NUMBER),
        Column("发起人"),
        Column("发起时间"),
        Column("结束时间"),
    ]
    rows = [
        (
            translate(text_from_data(job.title)),
            translate(job.status.label),
            job.done,
            job.total or None,
            (job.acting or {}).get("name") or "系统",
            f"{(job.started_at or job.created_at).astimezone(CHINA):%Y-%m-%d %H:%M}",
            f"{job.ended_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if job.ended_at else "",
        )
        for job in jobs
    ]
    return SheetOut("后台工作", columns, rows, title="后台工作清单")
