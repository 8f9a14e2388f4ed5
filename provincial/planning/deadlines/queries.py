"""Reading the day that binds a body, and the one it hands down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text

from provincial.core.clock import china_date, end_of
from provincial.core.db import db
from provincial.planning.deadlines.rules import effective_due
from provincial.planning.ledger.models import QuotaSheet

#: The windows whose close binds splitting, the first that the plan has (HN-40).
SPLIT_WINDOWS = ("quotas.split_due", "nominations.selection_due")


@dataclass(frozen=True, slots=True)
class Due:
    """The deadline that binds a body: its last day, the instant it closes, an extension if any."""

    day: date | None
    closes_at: datetime | None
    extended: bool = False

    def closed(self, now: datetime) -> bool:
        """Whether it has passed; half-open, the last day included."""
        return self.closes_at is not None and now >= self.closes_at


#: The plan's window, the earliest date set above, and the latest extension of the body or one above.
_DUE = text(
    """
    WITH RECURSIVE above AS (
      SELECT parent_id FROM quota_sheet WHERE id = :sheet
      UNION ALL
      SELECT quota_sheet.parent_id FROM quota_sheet JOIN above ON quota_sheet.id = above.parent_id
    ), bound AS (
      SELECT plan_window.id, closes_at FROM plan_window
      JOIN project_category ON project_category.plan_id = plan_window.plan_id
      WHERE project_category.id = :category AND plan_window.kind = ANY(:kinds)
      ORDER BY plan_window.kind DESC LIMIT 1
    )
    SELECT (SELECT closes_at FROM bound) AS closes_at,
           (SELECT min(due_below) FROM quota_sheet
            WHERE id IN (SELECT parent_id FROM above)) AS set_above,
           (SELECT max(window_extension.closes_at) FROM window_extension
            JOIN bound ON bound.id = window_id
            JOIN organisation ON organisation.id = :body
             AND organisation_id = ANY(
                   CAST(string_to_array(trim(BOTH '/' FROM quota_path), '/') AS bigint[]))
            WHERE withdrawn_at IS NULL) AS extended
    """
)


def deadline(sheet: QuotaSheet) -> Due:
    """The earliest of the plan's window (with an extension for this body) and the dates set above."""
    closes, set_above, extension = db.session.execute(
        _DUE,
        {
            "sheet": sheet.id,
            "category": sheet.category_id,
            "body": sheet.organisation_id,
            "kinds": list(SPLIT_WINDOWS),
        },
    ).one()
    if extension is not None and extension > closes:
        return Due(_last_day(extension), extension, extended=True)
    own = _last_day(closes) if closes else None
    day = effective_due(own, [set_above])
    if day is None:
        return Due(None, None)
    return Due(day, closes if day == own else end_of(day))


def _last_day(closes_at: datetime) -> date:
    return china_date(closes_at - timedelta(microseconds=1))


def deadline_below(sheet: QuotaSheet) -> date | None:
    """The last day for those directly below: the holder's own, or an earlier one it has set."""
    return effective_due(deadline(sheet).day, [sheet.due_below])
