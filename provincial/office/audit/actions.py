"""Taking a part of the journal away; that is itself an event of the journal (R30)."""

from __future__ import annotations

from provincial.core.text import t
from provincial.core.viewer import Viewer
from provincial.office.audit import rules
from provincial.office.jobs.actions import enqueue
from provincial.office.jobs.models import Job
from provincial.office.journal import queries
from provincial.office.journal.actions import record

EXPORT = "audit.export"


def request_export(wanted: queries.Search, ending: str, *, by: Viewer) -> Job | None:
    """Note an export; a long one becomes a job, a short one is the caller's to write."""
    found = queries.count_up_to(by, wanted, rules.COUNTED)
    record(
        "audit.export",
        ("journal_event", None),
        by=by,
        after={"rows": found, "format": ending, "filter": wanted.as_data()},
        said=t("Exported %(count)s events of the journal", count=found),
    )
    if found <= rules.EXPORT_AT_ONCE:
        return None
    title = t("Export %(count)s events of the journal", count=found)
    args = {"search": wanted.as_data(), "format": ending, "total": found}
    return enqueue(EXPORT, title, by=by, args=args, total=found)
